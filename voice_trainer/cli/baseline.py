"""`voice-trainer baseline`: the agent's relaxed voice."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import click
from rich.markup import escape

from voice_trainer.cli.console import agree, ask, console
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing
from voice_trainer.cli.options import device_options, house, json_option, person_options
from voice_trainer.domain.attempt import Baseline
from voice_trainer.errors import AudioDeviceError, ExitStatus, UsageError
from voice_trainer.practice.baseline import READING, delete_baseline, import_baseline, record_baseline
from voice_trainer.practice.recording import Limits
from voice_trainer.wiring import House

_LIMITS = Limits(trailing_silence_s=2.0, longest_s=40.0, wait_for_speech_s=20.0)


@click.command("baseline")
@click.argument("audio", nargs=-1, type=click.Path(path_type=Path))
@click.option("--record", is_flag=True, help="Record it now: about 15 seconds of reading aloud.")
@click.option("--delete", "deleted", metavar="ID", help="Delete one, its recording too.")
@click.option("--yes", is_flag=True, help="With --delete: do not ask.")
@click.option("--device", help="With files: the microphone they were recorded with.")
@person_options
@device_options
@json_option
def baseline_command(
    audio: tuple[Path, ...],
    record: bool,
    deleted: str | None,
    yes: bool,
    device: str | None,
    person: str | None,
    data_dir: Path | None,
    input_device: str | None,
    output_device: str | None,
    as_json: bool,
) -> int:
    """Record your relaxed voice; tone is measured against it.

    Set your baseline with --record or from AUDIO; without either, see the ones there are. The newest on a
    microphone counts; older ones are history.
    """
    home = house(person=person, data_dir=data_dir, input_device=input_device, output_device=output_device)
    if sum((bool(audio), record, deleted is not None)) > 1:
        raise UsageError(
            "usage", "Files, --record and --delete exclude each other.", remedy="Give one of them."
        )
    if deleted is not None:
        _delete(home, deleted, ask_first=not (yes or as_json))
    elif record:
        _show([record_now(home)], as_json)
    elif audio:
        load = home.loader()
        baseline = import_baseline(
            [load(path) for path in audio],
            person=home.settings.person,
            device=device or _microphone_here(home),
            detector=home.detector,
            store=home.store,
            clock=home.clock,
        )
        _show([baseline], as_json)
    else:
        _show(home.store.baselines(home.settings.person), as_json)
    return ExitStatus.DONE


def _delete(home: House, identity: str, *, ask_first: bool) -> None:
    person = home.settings.person
    if ask_first and not agree(f"Delete the baseline {identity} of {person} for good?", default=False):
        console().print("Kept.")
        return
    gone = delete_baseline(identity, person=person, store=home.store, blobs=home.blobs)
    left = home.store.baseline(person, gone.device)
    console().print(f"Deleted {gone.id}.", markup=False)
    console().print(
        f"On {gone.device} your reading of {_when(left)} counts now."
        if left
        else f"On {gone.device} there is no baseline now: tone is not scored until you record one.",
        markup=False,
    )


def _microphone_here(home: House) -> str:
    try:
        return home.recorder.device
    except AudioDeviceError as error:
        raise AudioDeviceError(
            error.code,
            f"{error.message} A baseline belongs to the microphone it was recorded with.",
            remedy="Name that microphone with `--device NAME`.",
        ) from error


def record_now(home: House) -> Baseline:
    """Guide through the reading; offer to redo it where it cannot be used.

    Raises `AudioDeviceError` before anybody reads where there is no microphone.
    """
    out = console()
    _ = home.recorder.device
    out.print("\n[head]Your baseline[/head]: read this aloud, relaxed, as if to a colleague.\n")
    out.print(textwrap.indent(textwrap.fill(READING, 72), "  "), markup=False)
    while True:
        ask("\nPress Enter, then read.")
        drawing = Drawing()
        try:
            with watching() as keys:
                baseline, _ = record_baseline(
                    home.recorder,
                    person=home.settings.person,
                    detector=home.detector,
                    blobs=home.blobs,
                    store=home.store,
                    clock=home.clock,
                    limits=_LIMITS,
                    emit=drawing,
                    stop_requested=keys.stop_requested,
                )
            return baseline
        except UsageError as error:
            out.print(f"[middle]{escape(error.message)}[/middle] {escape(error.remedy)}")
            if not agree("Read it again?", default=True):
                raise
        finally:
            drawing.close()


def _show(baselines: list[Baseline], as_json: bool) -> None:
    if as_json:
        for b in baselines:
            click.echo(
                json.dumps(
                    {
                        "id": b.id,
                        "person": b.person,
                        "device": b.device,
                        "created_at": b.created_at.isoformat(),
                        "f0_semitones": round(b.profile.f0_semitones, 2),
                        "snr_db": round(b.profile.snr_db, 1),
                        "voiced_s": round(b.profile.voiced_s, 1),
                    },
                    ensure_ascii=False,
                )
            )
        return
    if not baselines:
        console().print("No baseline yet. Record one with `voice-trainer baseline --record`.")
    counting: set[str] = set()
    for b in baselines:  # newest first
        hertz = 2 ** (b.profile.f0_semitones / 12)
        older = "" if b.device not in counting else " (older, not used)"
        counting.add(b.device)
        console().print(
            f"{b.id}  {_when(b)}  {b.person} on {b.device}: {b.profile.voiced_s:.0f} s of voice, "
            f"median pitch {hertz:.0f} Hz, {b.profile.snr_db:.0f} dB above the noise{older}.",
            markup=False,
        )


def _when(baseline: Baseline) -> str:
    return f"{baseline.created_at.astimezone():%Y-%m-%d %H:%M}"
