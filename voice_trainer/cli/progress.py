"""`voice-trainer progress`: what practice adds up to, in the terminal, as a page, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from voice_trainer.cli.checkin import show_trend
from voice_trainer.cli.console import console, is_live
from voice_trainer.cli.options import house, json_option, person_options
from voice_trainer.domain.progress import Direction, Estimate, Point, Progress, SkillProgress
from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import ExitStatus
from voice_trainer.exports.progress_page import DIRECTIONS, notes, render_progress
from voice_trainer.exports.wording import CRITERIA, count, estimate_in_words
from voice_trainer.practice.progress import progress
from voice_trainer.practice.suggestion import suggest
from voice_trainer.wiring import House

_BARS = "▁▂▃▄▅▆▇█"
_SHOWN = 20  # the newest takes of a sparkline


@click.command("progress")
@click.option(
    "--skill", type=click.Choice([one.value for one in Criterion]), help="One skill, with every take."
)
@click.option(
    "--html", type=click.Path(path_type=Path), help="Write a page with plots; no check-in is on it."
)
@person_options
@json_option
def progress_command(
    skill: str | None, html: Path | None, person: str | None, data_dir: Path | None, as_json: bool
) -> int:
    """Where each skill stands, how sure that is, and where it goes.

    Only takes under one version of the rubric are put together, and only yours.
    """
    home = house(person=person, data_dir=data_dir)
    found = progress(home.settings.person, home.growth)
    chosen = [one for one in found.skills if skill in (None, one.skill.value)]
    if as_json:
        click.echo(json.dumps(_object(found, chosen), ensure_ascii=False))
    if html is not None:
        html.write_text(render_progress(found, suggestion=_today(home)), encoding="utf-8")
        console().print(f"Written: {html}", markup=False) if not as_json else None
    if as_json or html is not None:
        return ExitStatus.DONE
    if not chosen:
        console().print("No take was judged yet. Start with `voice-trainer practice`, or with a drill.")
        return ExitStatus.DONE
    _show(found, chosen)
    if skill is None:
        _show_feelings(found)
        show_trend(found.check_ins)
        console().print(f"\n[head]Today[/head]  {escape(_today(home))}")
    else:
        _show_takes(chosen[0])
    return ExitStatus.DONE


def _today(home: House) -> str:
    today = suggest(home.library.all(), person=home.settings.person, store=home.growth, clock=home.clock)
    return f"“{today.scenario.title}”. {today.because}"


def _show(found: Progress, skills: Sequence[SkillProgress]) -> None:
    out = console()
    out.print(
        f"[head]{escape(found.person)}[/head]: {count(found.calls, 'call')}, {count(found.drills, 'drill')}"
    )
    for skill in skills:
        sign, word = DIRECTIONS[skill.direction]
        style = {Direction.UP: "good", Direction.DOWN: "bad"}.get(skill.direction, "quiet")
        change = f" ({skill.change_points:+.0f} points)" if skill.change_points is not None else ""
        out.print(f"\n[head]{CRITERIA[skill.skill]:<12}[/head] {_standing(skill)}")
        if skill.takes:
            line = sparkline([point.points for point in skill.takes[-_SHOWN:]])
            out.print(f"  {line}  [{style}]{sign if is_live() else ''} {word}[/{style}]{change}")
        for line in notes(skill):
            out.print(f"  [quiet]{escape(line)}[/quiet]")


def _standing(skill: SkillProgress) -> str:
    if skill.estimate is None:
        return f"[quiet]{estimate_in_words(None)} ({count(len(skill.takes), 'take')})[/quiet]"
    points = round(skill.estimate.points)
    style = "good" if points >= TOP_POINTS else "middle" if points >= MIDDLE_POINTS else "bad"
    return f"[{style}]{estimate_in_words(skill.estimate)}[/{style}]"


def sparkline(points: Sequence[int]) -> str:
    """A bar for each take on a scale of 0 to 100; plain numbers for a screen reader or a pipe."""
    if not is_live():
        return " ".join(str(one) for one in points)
    return "".join(_BARS[min(len(_BARS) - 1, one * len(_BARS) // 101)] for one in points)


def _show_takes(skill: SkillProgress) -> None:
    table = Table(box=None, pad_edge=False)
    for head in ("when", "points", "in a", "call", "attempt"):
        table.add_column(head, justify="right" if head == "points" else "left", no_wrap=head != "call")
    marked = [(point, "call") for point in skill.takes] + [(point, "drill") for point in skill.drills]
    for point, kind in sorted(marked, key=lambda entry: entry[0].at, reverse=True):
        when = point.at.astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(when, str(point.points), kind, escape(point.title), point.attempt_id)
    console().print()
    console().print(table)


def _show_feelings(found: Progress) -> None:
    if not found.feelings_named:
        return
    out = console()
    out.print(f"\n[head]Naming the customer's feeling[/head] {estimate_in_words(found.feelings)}")
    line = sparkline([point.points for point in found.feelings_named[-_SHOWN:]])
    out.print(f"  {line}  [quiet]right 100, near 50; apart from the skills above[/quiet]")


def _object(found: Progress, skills: Sequence[SkillProgress]) -> dict[str, object]:
    """Without check-ins: JSON is made to be handed on, they are not."""
    return {
        "person": found.person,
        "calls": found.calls,
        "drills": found.drills,
        "skills": [_skill_object(one) for one in skills],
        "feelings_named": {
            "estimate": _estimate_object(found.feelings),
            "takes": [_point_object(one) for one in found.feelings_named],
        },
    }


def _skill_object(skill: SkillProgress) -> dict[str, object]:
    return {
        "skill": skill.skill.value,
        "rubric": skill.rubric,
        "estimate": _estimate_object(skill.estimate),
        "direction": skill.direction.value,
        "change_points": None if skill.change_points is None else round(skill.change_points, 1),
        "first": None if skill.first is None else _point_object(skill.first),
        "best": None if skill.best is None else _point_object(skill.best),
        "takes": [_point_object(one) for one in skill.takes],
        "drills": {
            "estimate": _estimate_object(skill.drill_estimate),
            "takes": [_point_object(one) for one in skill.drills],
        },
        "not_scored": skill.withheld,
        "other_rubrics": dict(skill.other_rubrics),
    }


def _estimate_object(found: Estimate | None) -> dict[str, float] | None:
    if found is None:
        return None
    figures = {"points": found.points, "low": found.low, "high": found.high}
    return {name: round(value, 1) for name, value in figures.items()} | {"takes": found.takes}


def _point_object(point: Point) -> dict[str, object]:
    at = point.at.isoformat()
    return {"at": at, "points": point.points, "attempt": point.attempt_id, "take": point.take_id}
