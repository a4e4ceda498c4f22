"""`voice-trainer attempts`: list, show, compare, correct, re-score, delete."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from voice_trainer.cli.compare import comparison_object, show_comparison
from voice_trainer.cli.console import agree, console
from voice_trainer.cli.course import show_course
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.options import engine_options, house, json_option, person_options
from voice_trainer.cli.show import show_result
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import as_judged
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.exports.course import course_object
from voice_trainer.exports.score_json import score_object
from voice_trainer.exports.wording import CRITERIA
from voice_trainer.practice.attempts import delete_attempt, rescore
from voice_trainer.practice.compare import compare
from voice_trainer.practice.recovery import recover


@click.group("attempts")
def attempts_command() -> None:
    """List, show, compare, correct, re-score and delete attempts."""


@attempts_command.command("list")
@click.option("--all", "everybody", is_flag=True, help="Of every person on this machine.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(min=1), help="How many, newest first."
)
@person_options
@json_option
def list_command(
    everybody: bool, limit: int, person: str | None, data_dir: Path | None, as_json: bool
) -> int:
    """Attempts, newest first."""
    home = house(person=person, data_dir=data_dir)
    recover(home.store, home.blobs)
    rows = home.store.summaries(person=None if everybody else home.settings.person, limit=limit)
    if as_json:
        for row in rows:
            value: dict[str, object] = {
                "id": row.id,
                "person": row.person,
                "created_at": row.created_at.isoformat(),
            }
            value |= {"scenario": row.scenario_id, "title": row.title}
            value |= {"drill": row.drill.value if row.drill else None}
            points = {"listening": row.listening_points, "delivery": row.delivery_points}
            click.echo(json.dumps({**value, "takes": row.takes, "overall": points}, ensure_ascii=False))
        return ExitStatus.DONE
    if not rows:
        console().print("No attempts yet. Start with `voice-trainer practice`.")
        return ExitStatus.DONE
    table = Table(box=None, pad_edge=False)
    for head in ("attempt", "when", "who", "call", "takes", "listening", "delivery"):
        table.add_column(head, no_wrap=head == "attempt")
    for row in rows:
        shown = ["–" if p is None else str(p) for p in (row.listening_points, row.delivery_points)]
        when = row.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        title = f"drill: {CRITERIA[row.drill].lower()} ({row.title})" if row.drill else row.title
        table.add_row(row.id, when, escape(row.person), escape(title), str(row.takes), *shown)
    console().print(table)
    return ExitStatus.DONE


@attempts_command.command("show")
@click.argument("attempt_id")
@person_options
@json_option
def show_command(attempt_id: str, person: str | None, data_dir: Path | None, as_json: bool) -> int:
    """One attempt with everything that was found."""
    attempt = house(person=person, data_dir=data_dir).store.get(attempt_id)
    if as_json:
        for take in attempt.takes:
            click.echo(json.dumps(_take_object(attempt, take), ensure_ascii=False, allow_nan=False))
        return ExitStatus.DONE
    when = attempt.created_at.astimezone()
    title, speaker = escape(attempt.scenario.title), escape(attempt.person)
    console().print(f"[head]{title}[/head], {speaker}, {when:%Y-%m-%d %H:%M}")
    if len(attempt.scenario.turns) > 1:
        show_course(attempt)
    for take in attempt.takes:
        _show_take(attempt, take)
    return ExitStatus.DONE


def _take_object(attempt: Attempt, take: Take) -> dict[str, object]:
    value = score_object(
        f"{attempt.id}/{take.id}",
        scenario_id=attempt.scenario.id,
        turn_id=take.turn_id,
        transcript=take.transcript,
        delivery=take.delivery,
        listening=take.listening,
        score=take.score,
    )
    return {**value, "state": str(take.state), "take": take.number, "call": course_object(attempt, take)}


def _show_take(attempt: Attempt, take: Take) -> None:
    out = console()
    out.rule(f"{take.turn_id}, take {take.number}")
    if take.recovered:
        out.print("This take was interrupted; what was recorded until then was kept.")
    if take.score is None:
        words = {
            TakeState.DISCARDED: "Discarded; its sound is deleted.",
            TakeState.RECORDING: "Being recorded just now.",
        }
        way = f"Not judged yet: `voice-trainer attempts rescore {attempt.id}`."
        out.print(words.get(take.state, way))
        return
    show_result(
        turn=as_judged(attempt, take),
        transcript=take.transcript,
        delivery=take.delivery,
        listening=take.listening,
        score=take.score,
    )


@attempts_command.command("compare")
@click.argument("attempt_id")
@click.option("--turn", "turn_id", help="Which turn; by default the one with the most judged takes.")
@click.option("--takes", nargs=2, type=int, help="Which two, by their numbers; by default first and best.")
@person_options
@json_option
def compare_command(
    attempt_id: str,
    turn_id: str | None,
    takes: tuple[int, int] | None,
    person: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Two takes of one turn side by side: the first against the best."""
    attempt = house(person=person, data_dir=data_dir).store.get(attempt_id)
    found = compare(attempt, turn_id=turn_id, numbers=takes)
    if as_json:
        click.echo(json.dumps(comparison_object(attempt, found), ensure_ascii=False))
    else:
        show_comparison(attempt, found)
    return ExitStatus.DONE


@attempts_command.command("rescore")
@click.argument("attempt_id")
@click.option("--take", "take_id", help="With --transcript: which take; the last one by default.")
@click.option("--transcript", metavar="TEXT", help="What was really said; kept beside the machine's words.")
@person_options
@engine_options
@json_option
def rescore_command(
    attempt_id: str,
    take_id: str | None,
    transcript: str | None,
    person: str | None,
    data_dir: Path | None,
    engine: str | None,
    model: str | None,
    as_json: bool,
) -> int:
    """Judge again with today's recogniser and rubric."""
    home = house(person=person, data_dir=data_dir, engine=engine, model=model)
    recover(home.store, home.blobs)
    attempt = home.store.get(attempt_id)
    said = {_take_named(attempt, take_id).id: transcript} if transcript is not None else None
    attempt = rescore(
        attempt,
        engines=home.engines,
        store=home.store,
        blobs=home.blobs,
        said=said,
        emit=(lambda _event: None) if as_json else Drawing(attempt.scenario),
    )
    for take in attempt.takes:
        if as_json:
            click.echo(json.dumps(_take_object(attempt, take), ensure_ascii=False, allow_nan=False))
        else:
            _show_take(attempt, take)
    return ExitStatus.DONE


def _take_named(attempt: Attempt, take_id: str | None) -> Take:
    kept = [take for take in attempt.takes if take.audio_key is not None]
    found = kept[-1] if kept and take_id is None else next((t for t in kept if t.id == take_id), None)
    if found is None:
        raise UsageError(
            "take_unknown",
            f"{attempt.id} has no recorded take {take_id or ''}".rstrip() + ".",
            remedy=f"Its takes: {', '.join(take.id for take in kept) or 'none'}.",
        )
    return found


@attempts_command.command("delete")
@click.argument("attempt_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@person_options
def delete_command(attempt_id: str, yes: bool, person: str | None, data_dir: Path | None) -> int:
    """Delete one attempt: rows, recordings and everything derived from them."""
    home = house(person=person, data_dir=data_dir)
    attempt = home.store.get(attempt_id)
    title = f"“{attempt.scenario.title}” of {attempt.person}, {len(attempt.takes)} takes"
    if not yes and not agree(f"Delete {title} for good?", default=False):
        console().print("Kept.")
        return ExitStatus.DONE
    recordings = delete_attempt(attempt, store=home.store, blobs=home.blobs)
    console().print(f"Deleted {attempt.id} and {recordings} recordings.")
    return ExitStatus.DONE
