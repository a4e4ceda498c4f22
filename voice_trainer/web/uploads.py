"""Recordings sent by a browser: held to size, length and what they decode to. Their names are only shown."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from starlette.datastructures import Headers

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioFileError, UsageError

UPLOAD_MAX_BYTES = 256 << 20  # of one request
FILE_MAX_BYTES = 128 << 20  # five minutes of 96 kHz stereo in 32 bits are 220 MB, in 16 bits 115
FILES_MAX = 200
_NAME_MAX = 80


@dataclass(frozen=True, slots=True)
class Sent:
    """One file of an upload; `name` is what the browser calls it, made fit to be shown."""

    name: str
    content: BinaryIO
    size_bytes: int

    @property
    def is_bundle(self) -> bool:
        """Whether it is an exported attempt (a zip) rather than a recording."""
        self.content.seek(0)
        head = self.content.read(4)
        self.content.seek(0)
        return head == b"PK\x03\x04"


def check_length(headers: Headers) -> None:
    """Refuse a request that is too large, or does not say how large it is, before any of it is read.

    A server stops reading at the declared length, so what is declared is what comes.
    """
    declared = headers.get("content-length", "")
    if not declared.isdecimal():
        raise UsageError(
            "upload_length_missing",
            "The upload does not say how long it is.",
            remedy="Send it with a Content-Length, as every browser does.",
        )
    if int(declared) > UPLOAD_MAX_BYTES:
        raise UsageError(
            "upload_too_large",
            f"The upload is larger than {UPLOAD_MAX_BYTES >> 20} MiB.",
            remedy="Send fewer recordings at once, or convert them to FLAC.",
        )


def shown_name(name: str | None) -> str:
    """The last part of a file's name, without what cannot be printed: for eyes, never for a path."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    plain = "".join(sign for sign in last if sign.isprintable()).strip()
    return plain[:_NAME_MAX] or "recording"


def decoded(sent: Sent, load: Callable[[Path], Waveform]) -> Waveform:
    """The sound in a file; raises `AudioFileError` for what is none, or too much of it."""
    if sent.size_bytes > FILE_MAX_BYTES:
        raise AudioFileError(
            "upload_too_large",
            f"{sent.name} is larger than {FILE_MAX_BYTES >> 20} MiB.",
            remedy="Convert it to FLAC, or cut it.",
        )
    with tempfile.TemporaryDirectory(prefix="voice-trainer-") as folder:
        path = Path(folder) / "recording"
        sent.content.seek(0)
        with path.open("wb") as file:
            shutil.copyfileobj(sent.content, file)
        try:
            return load(path)
        except AudioFileError as error:
            told = error.message.replace(str(path), sent.name)
            raise AudioFileError(error.code, told, remedy=error.remedy) from error
