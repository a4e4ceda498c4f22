"""`voice-trainer practice`: the live loop."""

from __future__ import annotations

import secrets
from pathlib import Path

import click
from rich.markup import escape

from voice_trainer.cli.checkin import offer_check_in
from voice_trainer.cli.console import agree, ask, console
from voice_trainer.cli.feeling import hear_and_name, show_feeling
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.options import device_options, engine_options, house, person_options
from voice_trainer.cli.ready import (
    consented,
    desk_of,
    microphone_ready,
    offer_baseline,
    offer_better_recogniser,
)
from voice_trainer.cli.show import show_result
from voice_trainer.domain.attempt import Take
from voice_trainer.domain.checkin import Moment
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.errors import ExitStatus, UsageError, VoiceTrainerError
from voice_trainer.library.snapshot import sha256
from voice_trainer.practice.recovery import recover
from voice_trainer.practice.retention import sweep
from voice_trainer.practice.session import PracticeSession
from voice_trainer.practice.suggestion import suggest
from voice_trainer.wiring import House

MENU = "(a)gain, (f)eeling first, (n)ext, (l)isten, (c)orrect the words, (d)iscard, (q)uit"


@click.command("practice")
@click.argument("scenario", required=False)
@click.option("--no-check", is_flag=True, help="Skip the microphone check.")
@click.option(
    "--name-feeling/--no-name-feeling", default=None, help="Name the customer's feeling before answering."
)
@click.option(
    "--check-in/--no-check-in", default=None, help="Two taps on stress and confidence, before and after."
)
@person_options
@device_options
@engine_options
def practice_command(
    scenario: str | None,
    no_check: bool,
    name_feeling: bool | None,
    check_in: bool | None,
    person: str | None,
    data_dir: Path | None,
    input_device: str | None,
    output_device: str | None,
    engine: str | None,
    model: str | None,
) -> int:
    """Take a call: hear a complaint, answer aloud, learn how it landed.

    SCENARIO is a call's name or file; without it you choose from the list.
    """
    home = house(
        engine=engine,
        model=model,
        person=person,
        data_dir=data_dir,
        input_device=input_device,
        output_device=output_device,
        name_feeling=name_feeling,
        check_in=check_in,
    )
    call = home.library.get(scenario) if scenario else None
    _welcome(home)
    if not consented(home):
        console().print("Nothing was recorded. Come back any time; `voice-trainer demo` records nothing.")
        return ExitStatus.DONE
    offer_better_recogniser(home)
    call = call or _choose(home)
    if not no_check and not microphone_ready(home):
        return ExitStatus.AUDIO_DEVICE
    offer_baseline(home)
    session = secrets.token_hex(8)
    if home.settings.check_in:
        offer_check_in(home, Moment.BEFORE, session)
    while call is not None:
        call = _take_call(home, call)
    if home.settings.check_in:
        offer_check_in(home, Moment.AFTER, session)
    console().print("Well done. Your attempts: `voice-trainer attempts list`.")
    return ExitStatus.DONE


def _welcome(home: House) -> None:
    out = console()
    person = escape(home.settings.person)
    out.print(f"[head]voice-trainer[/head]: practising as {person}. Ctrl-C leaves at any time.")
    deleted = sweep(home.store, home.blobs, clock=home.clock, retention_days=home.settings.retention_days)
    if deleted:
        out.print(f"{deleted} recordings older than {home.settings.retention_days} days were deleted.")
    for found in recover(home.store, home.blobs):
        if found.duration_s > 0:
            out.print(
                f"An interrupted take of “{found.title}” was recovered ({found.duration_s:.0f} s): "
                f"`voice-trainer attempts rescore {found.attempt_id}` judges it.",
                markup=False,
            )
    home.recorder.device  # noqa: B018 - no microphone: say so before anything is asked


def _choose(home: House) -> Scenario:
    calls = sorted(home.library.all(), key=lambda s: (s.difficulty, s.industry, s.id))
    today = suggest(calls, person=home.settings.person, store=home.growth, clock=home.clock)
    suggested = today.scenario
    console().print("\n[head]Calls[/head]")
    for number, call in enumerate(calls, start=1):
        mark = ">" if call.id == suggested.id else " "
        console().print(
            f" {mark}{number:>3}  {call.difficulty}/5  {call.industry:<16} {call.title}", markup=False
        )
    console().print(f"\nToday: “{suggested.title}”. {today.because}", markup=False)
    while True:
        answer = ask(f"\nWhich call? A number or a name; Enter takes “{suggested.title}”.")
        if not answer:
            return suggested
        if answer.isdigit() and 1 <= int(answer) <= len(calls):
            return calls[int(answer) - 1]
        try:
            return home.library.get(answer)
        except UsageError as error:
            console().print(f"{error.message} {error.remedy}", markup=False)


def _take_call(home: House, call: Scenario) -> Scenario | None:
    """One call from its opening to its end; returns the next call, None to leave."""
    drawing = Drawing(call)
    session = PracticeSession(
        desk_of(home), scenario=call, scenario_sha256=sha256(call), person=home.settings.person, emit=drawing
    )
    who = escape(", ".join(filter(None, (call.persona.name, call.persona.about))))
    console().print(f"\n[head]{escape(call.title)}[/head]  {who}")
    console().print("[quiet]The customer's voice is being prepared ...[/quiet]")
    session.prepare(call.opening)
    ask("Press Enter when your headset is on.")
    turn: Turn | None = call.opening
    naming = home.settings.name_feeling
    while turn is not None:
        take = _exchange(session, turn, drawing, naming=naming)
        choice, take = _after_take(session, take, drawing)
        if choice == "q":
            return None
        if choice == "n":
            turn = session.following(take)
        naming = home.settings.name_feeling or choice == "f"
    console().print("\nThe call is over.")
    return _choose(home) if agree("Another call?", default=True) else None


def _exchange(session: PracticeSession, turn: Turn, drawing: Drawing, *, naming: bool) -> Take:
    """Record and judge; Ctrl-C while recording keeps what was said."""
    feeling = hear_and_name(session, turn, drawing) if naming else None
    try:
        with watching() as keys:
            session.stop_with(keys.stop_requested)
            take = session.play_turn(turn, heard=naming, feeling=feeling)
    finally:
        drawing.close()
    judged = session.judge(take)
    _show(session, judged)
    show_feeling(judged.feeling)
    return judged


def _show(session: PracticeSession, take: Take) -> None:
    turn = session.attempt.scenario.turn(take.turn_id) or session.attempt.scenario.opening
    if take.score is not None:
        show_result(
            turn=turn,
            transcript=take.transcript,
            delivery=take.delivery,
            listening=take.listening,
            score=take.score,
        )


def _after_take(session: PracticeSession, take: Take, drawing: Drawing) -> tuple[str, Take]:
    """The choice after a take: ``a``, ``f``, ``n`` or ``q``; what else can be done with it is done here."""
    while True:
        choice = ask(f"\n{MENU}?", default="a").lower()[:1]
        if choice in {"a", "f", "n", "q"}:
            return choice, take
        if choice == "l":
            _listen(session, take)
        elif choice == "c":
            take = _correct(session, take)
        elif choice == "d":
            session.discard(take)
            console().print("Discarded; its sound is deleted.")
            return "a" if agree("Answer this again?", default=True) else "q", take
        else:
            console().print("Please choose one of the letters.")
        drawing.close()


def _listen(session: PracticeSession, take: Take) -> None:
    console().print("Playing your take. Space or Enter stops it.")
    try:
        with watching() as keys:
            session.stop_with(keys.stop_requested)
            session.listen(take)
    except VoiceTrainerError as error:
        console().print(f"[middle]{escape(error.message)}[/middle] {escape(error.remedy)}")


def _correct(session: PracticeSession, take: Take) -> Take:
    heard = take.transcript.text if take.transcript else "(nothing)"
    console().print(f"Heard: {heard}", markup=False)
    said = ask("Type what you really said (Enter leaves it as it is):")
    if not said:
        return take
    take = session.judge(take, said=said)
    _show(session, take)
    return take
