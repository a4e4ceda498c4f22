"""`voice-trainer practice`: the live loop."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape

from voice_trainer.cli.baseline import record_now
from voice_trainer.cli.console import agree, ask, console
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.models import RECOMMENDED, fetch_now
from voice_trainer.cli.options import device_options, engine_options, house, person_options
from voice_trainer.cli.show import show_result
from voice_trainer.domain.attempt import Consent, Take
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.errors import AudioDeviceError, ExitStatus, UsageError, VoiceTrainerError
from voice_trainer.library.snapshot import sha256
from voice_trainer.practice.check import MicrophoneState, check_microphone
from voice_trainer.practice.consent import CONSENT_TEXT, CONSENT_VERSION
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.recovery import recover
from voice_trainer.practice.retention import sweep
from voice_trainer.practice.session import Desk, PracticeSession
from voice_trainer.practice.suggestion import suggest
from voice_trainer.wiring import House

MENU = "(a)gain, (n)ext, (l)isten, (c)orrect the words, (d)iscard, (q)uit"


@click.command("practice")
@click.argument("scenario", required=False)
@click.option("--no-check", is_flag=True, help="Skip the microphone check.")
@person_options
@device_options
@engine_options
def practice_command(
    scenario: str | None,
    no_check: bool,
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
    )
    call = home.library.get(scenario) if scenario else None
    _welcome(home)
    if not _consented(home):
        console().print("Nothing was recorded. Come back any time; `voice-trainer demo` records nothing.")
        return ExitStatus.DONE
    _offer_better_recogniser(home)
    call = call or _choose(home)
    if not no_check and not _microphone_ready(home):
        return ExitStatus.AUDIO_DEVICE
    _offer_baseline(home)
    while call is not None:
        call = _take_call(home, call)
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


def _consented(home: House) -> bool:
    """Asked once for each version of the text."""
    given = home.store.consent(home.settings.person)
    if given is not None and given.version == CONSENT_VERSION:
        return True
    console().print(f"\n{CONSENT_TEXT.format(days=home.settings.retention_days)}\n", markup=False)
    if not agree("Do you agree to be recorded?", default=False):
        return False
    home.store.save_consent(Consent(home.settings.person, CONSENT_VERSION, home.clock.now()))
    return True


def _offer_better_recogniser(home: House) -> None:
    """Offered until it was answered once: pocketsphinx is refused often on free speech."""
    transcriber, why = home.recogniser
    console().print(f"[quiet]{escape(why)}[/quiet]")
    asked = home.settings.data_dir / "asked-for-whisper"
    if transcriber.engine == "whisper" or asked.exists() or home.engine or home.settings.engine:
        return
    console().print(
        "Whisper hears free speech far better. Fetching its weights is the one download (145 MB, once); "
        "or name a folder that holds them. Without it your words may often be too uncertain to judge."
    )
    answer = ask("(f)etch, a folder, or Enter to go on without:")
    asked.parent.mkdir(parents=True, exist_ok=True)
    asked.touch()
    try:
        if answer.lower() in {"f", "fetch"}:
            fetch_now(home, RECOMMENDED)
        elif answer:
            home.__dict__["recogniser"] = House(home.settings, None, answer).recogniser
            return
        else:
            return
    except VoiceTrainerError as error:
        console().print(f"[middle]Going on without:[/middle] {escape(str(error))}")
        return
    home.__dict__.pop("recogniser", None)
    console().print(f"[quiet]{escape(home.recogniser[1])}[/quiet]")


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


def _microphone_ready(home: House) -> bool:
    """Check until it is good or the agent goes on anyway."""
    while True:
        console().print(f"\n[head]Microphone check[/head] ({escape(home.recorder.device)}): say a sentence.")
        drawing = Drawing()
        try:
            with watching() as keys:
                result = check_microphone(
                    home.recorder, detector=home.detector, emit=drawing, stop_requested=keys.stop_requested
                )
        finally:
            drawing.close()
        style = "good" if result.state is MicrophoneState.GOOD else "middle"
        levels = [f"speech {result.speech_dbfs:.0f} dB"] if result.speech_dbfs is not None else []
        levels += [f"noise {result.noise_dbfs:.0f} dB"] if result.noise_dbfs is not None else []
        numbers = f" ({', '.join(levels)})" if levels else ""
        console().print(f"[{style}]{result.message}[/{style}]{numbers} {result.remedy}".rstrip())
        if result.state is MicrophoneState.GOOD:
            return True
        match ask("(r)epeat, (g)o on anyway, (q)uit?", default="r").lower()[:1]:
            case "g":
                return True
            case "q":
                return False


def _offer_baseline(home: House) -> None:
    """The first time on this microphone: without a baseline tone is not scored."""
    if home.store.baseline(home.settings.person, home.recorder.device) is not None:
        return
    console().print(
        "\nTone is measured against your own relaxed voice; there is no baseline for this microphone."
    )
    if agree("Record it now (15 seconds)?", default=True):
        try:
            made = record_now(home)
            console().print(f"[good]Your baseline is set[/good] ({made.profile.voiced_s:.0f} s of voice).")
        except UsageError:
            console().print("Going on without; tone will not be scored.")


def _take_call(home: House, call: Scenario) -> Scenario | None:
    """One call from its opening to its end; returns the next call, None to leave."""
    drawing = Drawing(call)
    desk = Desk(
        synthesizer=home.synthesizer,
        player=home.player if _has_output(home) else None,
        recorder=home.recorder,
        engines=home.engines,
        store=home.store,
        blobs=home.blobs,
        clock=home.clock,
        limits=Limits(home.settings.trailing_silence_s, home.settings.longest_take_s),
    )
    session = PracticeSession(
        desk, scenario=call, scenario_sha256=sha256(call), person=home.settings.person, emit=drawing
    )
    who = escape(", ".join(filter(None, (call.persona.name, call.persona.about))))
    console().print(f"\n[head]{escape(call.title)}[/head]  {who}")
    console().print("[quiet]The customer's voice is being prepared ...[/quiet]")
    session.prepare(call.opening)
    ask("Press Enter when your headset is on.")
    turn: Turn | None = call.opening
    while turn is not None:
        take = _exchange(session, turn, drawing)
        choice, take = _after_take(session, take, drawing)
        if choice == "q":
            return None
        if choice == "n":
            turn = session.following(take)
    console().print("\nThe call is over.")
    return _choose(home) if agree("Another call?", default=True) else None


def _exchange(session: PracticeSession, turn: Turn, drawing: Drawing) -> Take:
    """Record and judge; Ctrl-C while recording keeps what was said."""
    try:
        with watching() as keys:
            session.stop_with(keys.stop_requested)
            take = session.play_turn(turn)
    finally:
        drawing.close()
    judged = session.judge(take)
    _show(session, judged)
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
    """The choice after a take: ``a``, ``n`` or ``q``; listening, correcting and discarding stay here."""
    while True:
        choice = ask(f"\n{MENU}?", default="a").lower()[:1]
        if choice in {"a", "n", "q"}:
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


def _has_output(home: House) -> bool:
    """Without an output the customer's words are shown instead of played."""
    try:
        return bool(home.player.device)
    except AudioDeviceError as error:
        console().print(
            f"[middle]No sound out:[/middle] {escape(error.message)} The customer's words are shown."
        )
        return False
