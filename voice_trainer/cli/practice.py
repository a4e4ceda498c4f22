"""`voice-trainer practice`: the live loop."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click
from rich.markup import escape

from voice_trainer.cli.checkin import offer_check_in
from voice_trainer.cli.console import agree, ask, console
from voice_trainer.cli.course import show_course, show_strip
from voice_trainer.cli.feeling import hear_and_name, show_feeling
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.options import device_options, engine_options, house, person_options, sound_options
from voice_trainer.cli.ready import (
    consented,
    desk_of,
    microphone_ready,
    offer_baseline,
    offer_better_recogniser,
    warm_up_meanwhile,
)
from voice_trainer.cli.show import show_result
from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import as_judged, follow_call
from voice_trainer.domain.checkin import Moment
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.errors import AudioDeviceError, ExitStatus, UsageError, VoiceTrainerError
from voice_trainer.exports.wording import count
from voice_trainer.library.snapshot import sha256
from voice_trainer.ports import Player
from voice_trainer.practice.call_sound import hold_music
from voice_trainer.practice.recovery import recover
from voice_trainer.practice.retention import sweep
from voice_trainer.practice.session import PracticeSession
from voice_trainer.practice.suggestion import suggest
from voice_trainer.wiring import House

MENU = "(a)gain, (f)eeling first, (n)ext, (l)isten, (c)orrect the words, (d)iscard, (q)uit"


@click.command("practice")
@click.argument("scenario", required=False)
@click.option(
    "--resume", is_flag=True, help="Go on with a call that was broken off: the newest, or SCENARIO."
)
@click.option("--no-check", is_flag=True, help="Skip the microphone check.")
@click.option(
    "--name-feeling/--no-name-feeling", default=None, help="Name the customer's feeling before answering."
)
@click.option(
    "--check-in/--no-check-in", default=None, help="Two taps on stress and confidence, before and after."
)
@sound_options
@click.option("--hold-music/--no-hold-music", default=None, help="Music while you are put through.")
@click.option(
    "--clock", "clock_s", type=float, metavar="SECONDS", help="A call clock against this much talk."
)
@person_options
@device_options
@engine_options
def practice_command(
    scenario: str | None,
    resume: bool,
    no_check: bool,
    name_feeling: bool | None,
    check_in: bool | None,
    line: str | None,
    background: str | None,
    hold_music: bool | None,
    clock_s: float | None,
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
        line=line,
        background=background,
        hold_music=hold_music,
        clock_s=clock_s,
    )
    left = _broken_off(home, scenario) if resume else None
    call = home.library.get(scenario) if scenario and not resume else None
    _welcome(home, resuming=resume)
    if not consented(home):
        console().print("Nothing was recorded. Come back any time; `voice-trainer demo` records nothing.")
        return ExitStatus.DONE
    offer_better_recogniser(home)
    warm_up_meanwhile(home)
    call = call or (left.scenario if left else _choose(home))
    if not no_check and not microphone_ready(home):
        return ExitStatus.AUDIO_DEVICE
    offer_baseline(home)
    session = secrets.token_hex(8)
    if home.settings.check_in:
        offer_check_in(home, Moment.BEFORE, session)
    while call is not None:
        call = _take_call(home, call, left)
        left = None
    if home.settings.check_in:
        offer_check_in(home, Moment.AFTER, session)
    console().print("Well done. Your attempts: `voice-trainer attempts list`.")
    return ExitStatus.DONE


def _broken_off(home: House, scenario: str | None) -> Attempt:
    """The newest call that was left in the middle; one that had ended is closed for good on the way."""
    recover(home.store, home.blobs)
    for attempt in home.store.unfinished(home.settings.person):
        if follow_call(attempt).upcoming is None:
            home.store.save(replace(attempt, closed=True))
        elif scenario in (None, attempt.scenario.id, attempt.id):
            return attempt
    raise UsageError(
        "nothing_to_resume",
        f"No call was broken off{f' at {scenario}' if scenario else ''}.",
        remedy="Start one: `voice-trainer practice`.",
    )


def _welcome(home: House, *, resuming: bool) -> None:
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
    left = [] if resuming else home.store.unfinished(home.settings.person)
    if left and follow_call(left[0]).upcoming is not None:
        out.print(
            f"“{left[0].scenario.title}” was broken off: `voice-trainer practice --resume` goes on with it.",
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


def _take_call(home: House, call: Scenario, left: Attempt | None) -> Scenario | None:
    """One call to its end, from its opening or from where it was `left`; the next call, None to leave."""
    drawing = Drawing(call, clock_s=home.settings.clock_s)
    desk = desk_of(home)
    if left is not None:
        session = PracticeSession.resume(desk, left, emit=drawing)
    else:
        session = PracticeSession(
            desk, scenario=call, scenario_sha256=sha256(call), person=home.settings.person, emit=drawing
        )
    who = escape(", ".join(filter(None, (call.persona.name, call.persona.about))))
    console().print(f"\n[head]{escape(call.title)}[/head]  {who}")
    if left is not None:
        show_strip(left)
        console().print(f"Broken off after {count(len(session.summary.steps), 'turn')}.")
    console().print("[quiet]The customer's voice is being prepared ...[/quiet]")
    session.prepare(session.upcoming or call.opening)
    if left is None:
        ask("Press Enter when your headset is on.")
    elif ask("Enter goes on when your headset is on; c closes the call for good.").lower() == "c":
        session.close()
        console().print("Closed. What you said so far is kept.")
        return _choose(home) if agree("Another call?", default=True) else None
    if home.settings.hold_music and desk.player is not None:
        _put_through(desk.player)
    if not _turn_by_turn(home, session, drawing):
        if session.attempt.takes:
            console().print("The call waits for you: `voice-trainer practice --resume`.")
        return None
    console().print("\nThe call is over.")
    if len(session.summary.steps) > 1:
        show_course(session.attempt)
    return _choose(home) if agree("Another call?", default=True) else None


def _put_through(player: Player) -> None:
    """Music for some seconds; a player that fails is told of again, and dealt with, by the call itself."""
    console().print("You are being put through. Space or Enter cuts the music short.")
    with suppress(AudioDeviceError), watching() as keys:
        player.play(hold_music(), stop=keys.stop_requested)


def _turn_by_turn(home: House, session: PracticeSession, drawing: Drawing) -> bool:
    """Until the call ends (True) or is left in the middle (False); one that ended is closed."""
    turn = session.upcoming
    naming = home.settings.name_feeling
    while turn is not None:
        take = _exchange(session, turn, drawing, naming=naming)
        choice, take = _after_take(session, take, drawing)
        if choice == "q":
            if session.upcoming is None and session.attempt.takes:
                session.close()
                return True
            return False
        if choice == "n":
            turn = session.following(take)
        naming = home.settings.name_feeling or choice == "f"
    session.close()
    return True


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
    if len(session.attempt.scenario.turns) > 1:
        show_strip(session.attempt)
    return judged


def _show(session: PracticeSession, take: Take) -> None:
    if take.score is not None:
        show_result(
            turn=as_judged(session.attempt, take),
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
