"""One self-contained HTML page: a person's skills over time, each with how sure one can be of it.

Check-ins are never on it: a page can be handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from voice_trainer.domain.progress import Direction, Estimate, Point, Progress, SkillProgress
from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS
from voice_trainer.exports.page import render_page
from voice_trainer.exports.plots import y_of
from voice_trainer.exports.wording import CRITERIA, count, estimate_in_words

WIDTH, HEIGHT = 640.0, 150.0
_LEFT, _RIGHT = 12.0, 60.0  # room beside the first take, and for where the skill stands
_STEP_MAX = 44.0  # pixels from take to take, however few there are


@dataclass(frozen=True, slots=True)
class Mark:
    """One take in the plot."""

    x: float
    y: float
    kind: str  # call | drill
    title: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Points over takes, in order; `band` is (x, y, width, height) of the interval, None where unknown."""

    alt: str
    marks: tuple[Mark, ...]
    path: str
    band: tuple[float, float, float, float] | None
    middle_y: float | None
    first_day: str
    last_day: str
    last_x: float


@dataclass(frozen=True, slots=True)
class SkillView:
    """One skill as the page shows it."""

    name: str
    standing: str
    direction: str
    lines: tuple[str, ...]
    plot: Plot | None
    table: tuple[tuple[str, str, str, int], ...]  # day, what, call, points


DIRECTIONS = {
    Direction.UP: ("↑", "rising"),
    Direction.DOWN: ("↓", "falling"),
    Direction.LEVEL: ("→", "no clear change"),
    Direction.UNKNOWN: ("·", "too few takes to see a direction"),
}


def render_progress(progress: Progress, *, suggestion: str = "", language: str = "en") -> str:
    """The page; `suggestion` is the sentence on today's call."""
    return render_page(
        "progress.html.j2",
        styles=("report.css", "panel.css", "progress.css"),
        title=f"Practice of {progress.person}",
        intro=f"{count(progress.calls, 'call')} and {count(progress.drills, 'drill')}.",
        suggestion=suggestion,
        language=language,
        **progress_values(progress),
    )


def progress_values(progress: Progress) -> dict[str, Any]:
    """What ``skills.html.j2`` shows, here and on the server's page."""
    named = progress.feelings_named
    feelings = (
        "" if not named else f"{estimate_in_words(progress.feelings)}; named {count(len(named), 'time')}"
    )
    return {
        "skills": [_skill_view(skill) for skill in progress.skills],
        "feelings": feelings,
        "width": WIDTH,
        "height": HEIGHT,
        "lines": [(_y(points), str(points)) for points in (MIDDLE_POINTS, TOP_POINTS)],
    }


def _skill_view(skill: SkillProgress) -> SkillView:
    sign, word = DIRECTIONS[skill.direction]
    together = sorted([(p, "call") for p in skill.takes] + [(p, "drill") for p in skill.drills], key=_when)
    return SkillView(
        CRITERIA[skill.skill],
        estimate_in_words(skill.estimate),
        f"{sign} {word}"
        + (f" ({skill.change_points:+.0f} points)" if skill.change_points is not None else ""),
        tuple(notes(skill)),
        _plot(CRITERIA[skill.skill], together, skill.estimate) if together else None,
        tuple((str(_day(p)), kind, p.title, p.points) for p, kind in reversed(together)),
    )


def notes(skill: SkillProgress) -> list[str]:
    """What belongs beside the figure: first against best, drills, what was not scored, other rubrics."""
    lines = []
    if skill.first is not None and skill.best is not None:
        lines.append(f"First {skill.first.points}, best {skill.best.points} ({_day(skill.best)}).")
    if skill.drills:
        lines.append(f"Drills apart: {estimate_in_words(skill.drill_estimate)}; {len(skill.drills)} takes.")
    if skill.withheld:
        lines.append(f"Not scored in {count(skill.withheld, 'take')}; that is no zero.")
    for version, takes in skill.other_rubrics:
        lines.append(f"{count(takes, 'take')} under rubric {version} not compared: it counts differently.")
    return lines


def _plot(name: str, together: Sequence[tuple[Point, str]], found: Estimate | None) -> Plot:
    step = min(_STEP_MAX, (WIDTH - _LEFT - _RIGHT) / max(1, len(together) - 1))
    marks = tuple(
        Mark(
            round(_LEFT + step * at, 1),
            _y(point.points),
            kind,
            f"{_day(point)}, {kind}: {point.points} points, {point.title}",
        )
        for at, (point, kind) in enumerate(together)
    )
    calls = [mark for mark in marks if mark.kind == "call"]
    path = "M" + "L".join(f"{mark.x},{mark.y}" for mark in calls) if len(calls) > 1 else ""
    told = ", ".join(f"{point.points} ({kind})" for point, kind in together)
    alt = f"{name}, oldest first: {told}. Where it stands: {estimate_in_words(found)}."
    band = None
    if found is not None:
        top, bottom = _y(found.high), _y(found.low)
        band = (round(marks[-1].x + 10, 1), top, 26.0, round(max(2.0, bottom - top), 1))
    return Plot(
        alt,
        marks,
        path,
        band,
        None if found is None else _y(found.points),
        str(_day(together[0][0])),
        str(_day(together[-1][0])) if len(together) > 2 else "",
        marks[-1].x,
    )


def _y(points: float) -> float:
    return y_of(points, low=0, high=100, height=HEIGHT)


def _when(entry: tuple[Point, str]) -> tuple[object, ...]:
    return entry[0].at, entry[0].attempt_id, entry[0].take_id


def _day(point: Point) -> date:
    return point.at.astimezone().date()
