"""`voice-trainer demo`: the same loop without a microphone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
from rich.markup import escape

from voice_trainer.cli.console import console
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.options import device_options, engine_options, house
from voice_trainer.cli.show import show_result
from voice_trainer.domain.rubric import Rubric
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, ExitStatus, StorageError, UsageError, VoiceTrainerError
from voice_trainer.exports.panel import ReportPanel
from voice_trainer.ports import VoiceSettings
from voice_trainer.practice.assess import Assessment, SpokenReply, assess
from voice_trainer.practice.baseline import profile_of
from voice_trainer.practice.demonstration import RecordedReply, recorded_replies
from voice_trainer.practice.events import CustomerSpeaking
from voice_trainer.wiring import House, fixtures_folder

SCENARIO = "late-coffee-machine"
GOOD, POOR = "coffee-good-rms", "coffee-poor-rms"


@click.command("demo")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("voice-trainer-demo.html"),
    show_default=True,
    help="Where the page is written.",
)
@click.option("--quiet", is_flag=True, help="Play nothing, even if there is an output.")
@device_options
@engine_options
def demo_command(
    report: Path,
    quiet: bool,
    input_device: str | None,
    output_device: str | None,
    engine: str | None,
    model: str | None,
) -> int:
    """The same loop without a microphone: a good and a poor recorded reply.

    The complaint is spoken aloud where there is an output; the replies are heard, measured and judged
    like yours, and all evidence is written as one page.
    """
    if not report.absolute().parent.is_dir():
        raise UsageError(
            "report_folder_missing",
            f"There is no folder {report.parent}.",
            remedy="Name another with --report.",
        )
    home = house(engine=engine, model=model, input_device=input_device, output_device=output_device)
    call = home.library.get(SCENARIO)
    out = console()
    out.print("[head]voice-trainer demo[/head]: no microphone is used and nothing is kept but one page.")
    out.print("The replies are spoken by a synthetic voice, not by a person.")
    out.print(f"[quiet]{escape(home.recogniser[1])}[/quiet]")
    _customer(home, call, quiet=quiet)
    panels = [
        _reply(home, call, reply) for reply in recorded_replies(fixtures_folder(), good=GOOD, poor=POOR)
    ]
    _write(report, call, panels)
    out.print(f"\nThe whole evidence, with sound: [head]{escape(str(report))}[/head] (open it in a browser).")
    out.print("Your turn: `python3 bootstrap.py practice late-coffee-machine`, with a headset.")
    return ExitStatus.DONE


def _customer(home: House, call: Scenario, *, quiet: bool) -> None:
    """The complaint is really synthesised, and played where there is an output."""
    turn = call.opening
    line: Waveform | None = None
    try:
        voice = VoiceSettings(call.persona.voice, turn.emotion, call.language, call.persona.name)
        line = home.synthesizer.synthesize(turn.says, voice=voice)
    except VoiceTrainerError as error:
        console().print(f"[middle]Note:[/middle] {escape(f'{error.message} {error.remedy}')}")
    player = None
    if line is not None and not quiet:
        with suppress(AudioDeviceError):
            player = home.player if home.player.device else None
    Drawing(call)(CustomerSpeaking(turn, audible=player is not None))
    if line is None:
        return
    if player is None:
        console().print(f"[quiet]Synthesised: {line.duration_s:.1f} s of speech, not played.[/quiet]")
        return
    try:
        player.play(line)
    except AudioDeviceError as error:
        console().print(f"[middle]Note:[/middle] {escape(error.message)}")


def _reply(home: House, call: Scenario, reply: RecordedReply) -> ReportPanel:
    out = console()
    out.print()
    out.rule(f"{reply.label} (synthetic voice “{reply.voice}”)", align="left")
    load = home.loader()
    waveform = load(reply.audio)
    baseline = profile_of([load(reply.baseline)], detector=home.detector)
    drawing = Drawing(call)
    result = assess(
        SpokenReply(waveform, baseline=baseline),
        scenario=call,
        turn=call.opening,
        engines=home.engines,
        emit=drawing,
    )
    show_result(
        turn=call.opening,
        transcript=result.transcript,
        delivery=result.delivery,
        listening=result.listening,
        score=result.score,
    )
    return _panel(call, reply, result, waveform, home.engines.rubric)


def _panel(
    call: Scenario, reply: RecordedReply, result: Assessment, waveform: Waveform, rubric: Rubric
) -> ReportPanel:
    from voice_trainer.adapters.soundfile import encode
    from voice_trainer.exports.envelope import envelope_of

    return ReportPanel(
        scenario=call,
        turn=call.opening,
        label=reply.label,
        note=f"A synthetic voice (flite “{reply.voice}”) speaks here, not a person.",
        transcript=result.transcript,
        delivery=result.delivery,
        listening=result.listening,
        score=result.score,
        baseline=result.baseline,
        audio=encode(waveform),
        envelope=envelope_of(waveform),
        duration_s=waveform.duration_s,
        pace_band_wpm=rubric.pace_band_wpm,
    )


def _write(report: Path, call: Scenario, panels: list[ReportPanel]) -> None:
    from voice_trainer.exports.report import render_report

    page = render_report(call.title, panels, intro="The same complaint, answered twice.")
    try:
        report.write_text(page, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            "report_failed",
            f"{report} cannot be written: {error}.",
            remedy="Name another place with --report.",
        ) from error
