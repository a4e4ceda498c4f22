"""`voice-trainer drill`: a minute on one skill."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from voice_trainer.cli.console import ask, clock, console
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.options import device_options, engine_options, house, person_options
from voice_trainer.cli.progress import sparkline
from voice_trainer.cli.ready import consented, desk_of, offer_baseline, warm_up_meanwhile
from voice_trainer.domain.attempt import Take
from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS
from voice_trainer.domain.score import Criterion, CriterionScore
from voice_trainer.errors import ExitStatus
from voice_trainer.exports.wording import CRITERIA
from voice_trainer.library.snapshot import sha256
from voice_trainer.practice.drill import (
    DRILLS,
    PACE_GOAL_WPM,
    DrillTurn,
    choose_turn,
    drill_for,
    drill_session,
    drilled_score,
    skill_due,
)
from voice_trainer.practice.session import Desk, PracticeSession
from voice_trainer.wiring import House

_MENU = "(a)gain, (o)ther words to answer, (q)uit"


@click.command("drill")
@click.argument("skill", type=click.Choice([one.value for one in DRILLS]), required=False)
@person_options
@device_options
@engine_options
def drill_command(
    skill: str | None,
    person: str | None,
    data_dir: Path | None,
    input_device: str | None,
    output_device: str | None,
    engine: str | None,
    model: str | None,
) -> int:
    """A minute on one skill: a short turn, a short answer, one score, again.

    Answers last up to 20 seconds. Without SKILL: the one that is due.
    """
    home = house(
        engine=engine,
        model=model,
        person=person,
        data_dir=data_dir,
        input_device=input_device,
        output_device=output_device,
    )
    home.recorder.device  # noqa: B018 - no microphone: say so before anything is asked
    if not consented(home):
        console().print("Nothing was recorded.")
        return ExitStatus.DONE
    warm_up_meanwhile(home)
    me, growth = home.settings.person, home.growth
    chosen = (
        Criterion(skill) if skill else skill_due(me, growth, takes=growth.practised(me), now=home.clock.now())
    )
    drill = drill_for(chosen)
    if chosen is Criterion.TONE_CALMNESS:
        offer_baseline(home)
    console().print(f"\n[head]{escape(drill.title)}[/head]  [quiet]{CRITERIA[chosen]}[/quiet]")
    console().print(escape(drill.task))
    ask("Press Enter when you are ready.")
    _run(home, desk_of(home), chosen)
    return ExitStatus.DONE


def _run(home: House, desk: Desk, skill: Criterion) -> None:
    """Round after round until the agent leaves."""
    practised = home.growth.practised(home.settings.person)
    heard: list[tuple[str, str]] = []
    points: list[int] = []
    choice = "o"
    while choice != "q":
        if choice == "o":
            on = choose_turn(home.library.all(), skill, practised=practised, skipping=heard)
            heard.append((on.scenario.id, on.turn.id))
            drawing = Drawing(on.scenario)
            session = _session(home, desk, skill, on, drawing)
        took = _round(session, on, drawing)
        found = drilled_score(took, skill)
        _show(took, found, points)
        if found is not None and found.points is not None:
            points.append(found.points)
        choice = _asked()
    if points:
        first = f" First {points[0]}, best {max(points)}." if len(points) > 1 else ""
        console().print(f"{sparkline(points)}{first} `voice-trainer progress` keeps count.", markup=False)


def _session(home: House, desk: Desk, skill: Criterion, on: DrillTurn, drawing: Drawing) -> PracticeSession:
    return drill_session(
        desk,
        skill,
        on=on,
        scenario_sha256=sha256(on.scenario),
        person=home.settings.person,
        emit=drawing,
    )


def _round(session: PracticeSession, on: DrillTurn, drawing: Drawing) -> Take:
    try:
        with watching() as keys:
            session.stop_with(keys.stop_requested)
            take = session.play_turn(on.turn)
    finally:
        drawing.close()
    return session.judge(take)


def _asked() -> str:
    while True:
        choice = ask(f"\n{_MENU}?", default="a").lower()[:1]
        if choice in {"a", "o", "q"}:
            return choice
        console().print("Please choose one of the letters.")


def _show(take: Take, found: CriterionScore | None, before: list[int]) -> None:
    """The one score, what made it, and what to try."""
    out = console()
    if found is None or found.points is None:
        why = found.withheld if found else None
        told = f"{why.reason} {why.remedy}" if why else "Nothing could be judged."
        out.print(f"\n[middle]Not scored:[/middle] {escape(told)}")
        return
    style = "good" if found.points >= TOP_POINTS else "middle" if found.points >= MIDDLE_POINTS else "bad"
    change = f" ({found.points - before[-1]:+d})" if before else ""
    out.print(f"\n[{style}]{found.points}[/{style}]{change}  {escape(found.band or '')}")
    rate = next((m.value for m in found.measurements if m.name == "speech_rate_wpm"), None)
    if found.criterion is Criterion.PACE and rate is not None:
        off = rate - PACE_GOAL_WPM
        side = "on the mark" if abs(off) <= 10 else f"{abs(off):.0f} too {'quick' if off > 0 else 'slow'}"
        out.print(f"  {rate:.0f} words a minute, the mark is {PACE_GOAL_WPM}: {side}.")
    for reason in found.reasons[:2] if found.criterion is not Criterion.PACE else ():
        at = next((clock(h.start_s) for h in reason.heard if h.start_s is not None), "")
        out.print(f"  {escape(reason.text)}{f' (at {at})' if at else ''}")
    if take.transcript is not None and found.criterion not in (Criterion.PACE, Criterion.TONE_CALMNESS):
        out.print(f"  [quiet]Heard: “{escape(take.transcript.text)}”[/quiet]")
