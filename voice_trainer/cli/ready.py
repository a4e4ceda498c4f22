"""Before the first word: consent, the recogniser, the microphone, the baseline, the desk itself."""

from __future__ import annotations

import threading
from contextlib import suppress

from rich.markup import escape
from rich.padding import Padding

from voice_trainer.cli.baseline import record_now
from voice_trainer.cli.console import agree, ask, console
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.models import RECOMMENDED, fetch_now
from voice_trainer.domain.attempt import Consent
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, UsageError, VoiceTrainerError
from voice_trainer.practice.assess import assess_text
from voice_trainer.practice.check import MicrophoneState, check_microphone
from voice_trainer.practice.consent import CONSENT_TITLE, CONSENT_VERSION, consent_sentences
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.session import Desk
from voice_trainer.wiring import House


def consented(home: House) -> bool:
    """Asked once for each version of the text."""
    given = home.store.consent(home.settings.person)
    if given is not None and given.version == CONSENT_VERSION:
        return True
    console().print(f"\n[head]{CONSENT_TITLE}[/head]")
    for sentence in consent_sentences(retention_days=home.settings.retention_days):
        console().print(Padding(escape(sentence), (0, 0, 0, 2)))
    console().print()
    if not agree("Do you agree to be recorded?", default=False):
        return False
    home.store.save_consent(Consent(home.settings.person, CONSENT_VERSION, home.clock.now()))
    return True


def offer_better_recogniser(home: House) -> None:
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


def warm_up_meanwhile(home: House) -> None:
    """Load what judging needs while the agent reads and listens: cold, it takes seconds after the reply."""

    def load() -> None:
        with suppress(Exception):  # what fails here fails again, and is told, where it is needed
            load_judging(home)

    threading.Thread(target=load, name="warm-up", daemon=True).start()


def load_judging(home: House) -> None:
    """Judge two seconds of noise and a model reply, and forget them: every model is loaded then."""
    import numpy as np

    from voice_trainer.delivery import measure_delivery, warm_up

    warm_up()
    noise = np.random.default_rng(1).standard_normal(32_000).astype(np.float32)
    sound = Waveform(0.05 * noise, 16_000)
    measure_delivery(sound, speech=home.detector.detect(sound), words=(), reliability=None)
    call = home.library.get(home.library.ids()[0])
    reply = next(iter(call.opening.model_replies), "I see.")
    engines = home.engines
    assess_text(reply, scenario=call, turn=call.opening, rubric=engines.rubric, embedder=engines.embedder)


def microphone_ready(home: House) -> bool:
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


def offer_baseline(home: House) -> None:
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


def has_output(home: House) -> bool:
    """Without an output the customer's words are shown instead of played."""
    try:
        return bool(home.player.device)
    except AudioDeviceError as error:
        console().print(
            f"[middle]No sound out:[/middle] {escape(error.message)} The customer's words are shown."
        )
        return False


def desk_of(home: House) -> Desk:
    """The house's devices, engines and stores, as a session takes them."""
    return Desk(
        synthesizer=home.synthesizer,
        player=home.player if has_output(home) else None,
        recorder=home.recorder,
        engines=home.engines,
        store=home.store,
        blobs=home.blobs,
        clock=home.clock,
        limits=Limits(home.settings.trailing_silence_s, home.settings.longest_take_s),
    )
