"""Reads the lists of labelled recordings that `voice-trainer bench delivery` measures on."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import UsageError

if TYPE_CHECKING:
    from voice_trainer.delivery.trials import PaceClip, ToneClip

Load = Callable[[Path], Waveform]
Row = TypeVar("Row", bound=BaseModel)
Clip = TypeVar("Clip")

# What corpora call their classes and speakers.
_LABELS = {"anger": "angry", "raised": "angry", "calm": "neutral", "steady": "neutral", "fear": "fearful",
           "anxious": "fearful", "happiness": "happy", "joy": "happy"}  # fmt: skip
_GENDERS = {"f": "F", "female": "F", "w": "F", "woman": "F", "m": "M", "male": "M", "man": "M"}


class ToneRow(BaseModel):
    """A line of the CSV."""

    model_config = ConfigDict(extra="ignore")

    file: str
    speaker: str
    label: str
    gender: str = ""

    @field_validator("label")
    @classmethod
    def _one_name(cls, value: str) -> str:
        label = value.strip().lower()
        return _LABELS.get(label, label)

    @field_validator("gender")
    @classmethod
    def _one_letter(cls, value: str) -> str:
        return _GENDERS.get(value.strip().lower(), "")


class SpeechRow(BaseModel):
    """A line of the JSON Lines."""

    model_config = ConfigDict(extra="ignore")

    file: str
    transcript: str
    style: str = "read"
    speaker: str = ""


def tone_clips(manifest: Path, *, load: Load) -> list[ToneClip]:
    """The recordings of a CSV with the columns file, speaker, gender and label."""
    from voice_trainer.delivery.trials import ToneClip

    clips = []
    with _opened(manifest) as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            given = _checked(ToneRow, {k: v for k, v in row.items() if v is not None}, manifest, number)
            sound = load(manifest.parent / given.file)
            clips.append(ToneClip(given.file, sound, given.speaker, given.gender, given.label))
    return _some(clips, manifest)


def pace_clips(manifest: Path, *, load: Load) -> list[PaceClip]:
    """The recordings of JSON Lines with file, transcript and style."""
    import json

    from voice_trainer.delivery.trials import PaceClip

    clips = []
    with _opened(manifest) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as error:
                raise _wrong(manifest, number, f"is no JSON: {error}") from error
            given = _checked(SpeechRow, value, manifest, number)
            sound = load(manifest.parent / given.file)
            clips.append(PaceClip(given.file, sound, given.transcript, given.style, given.speaker))
    return _some(clips, manifest)


def _opened(manifest: Path) -> Any:
    """Open as UTF-8; wrong bytes become marks and so a wrong file name, never an end of the program."""
    try:
        return manifest.open(encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        raise UsageError(
            "manifest_unreadable",
            f"The manifest {manifest} cannot be read: {error.strerror}.",
            remedy="Name the CSV or JSON Lines file itself; paths in it are relative to its folder.",
        ) from error


def _checked(kind: type[Row], value: Any, manifest: Path, number: int) -> Row:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the line"
        raise _wrong(manifest, number, f"is wrong at {where}: {fault['msg']}") from error


def _some(clips: list[Clip], manifest: Path) -> list[Clip]:
    if not clips:
        raise UsageError(
            "manifest_empty", f"The manifest {manifest} names no recording.", remedy="Add one a line."
        )
    return clips


def _wrong(manifest: Path, number: int, what: str) -> UsageError:
    return UsageError(
        "manifest_line",
        f"Line {number} of {manifest} {what}.",
        remedy="A CSV needs file, speaker, gender, label; JSON Lines need file and transcript.",
    )
