"""What browser and server say to each other beside the sound.

A piece of sound is a binary message: its number (0, 1, ...) as four bytes, then 16-bit samples, all of it
little-endian. The server answers ``{"type": "ack", "number": n}`` once all pieces up to `n` are on disk.
What is not acknowledged the browser keeps, and sends again after it has connected again.
"""

from __future__ import annotations

import struct
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from voice_trainer.domain.score import Criterion
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import UsageError, VoiceTrainerError

PIECE_S_MAX = 2.0
_NUMBER = struct.Struct("<I")
_Identity = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Begin(_Message):
    type: Literal["begin"]
    rate_hz: int = Field(ge=8000, le=192_000)
    device: str = Field(default="", max_length=200)


class BeginTake(_Begin):
    """Record a reply: to the opening of `call`, or to `turn` of an attempt that has begun.

    `drill`: the one skill it is for, where a new attempt is no whole call; then `turn` is one of `call`.
    `lead_in_s`: how much of the sound comes from before the customer's last word. `customer_end_s`: when the
    customer's speech ended on the take's clock; None where nothing was played.
    """

    kind: Literal["take"]
    call: str | None = Field(default=None, max_length=200)
    attempt: _Identity | None = None
    turn: str | None = Field(default=None, max_length=200)
    drill: Criterion | None = None
    lead_in_s: float = Field(default=0.0, ge=0, le=5)
    customer_end_s: float | None = Field(default=None, ge=-60, le=60)


class BeginBaseline(_Begin):
    """Record the relaxed reading."""

    kind: Literal["baseline"]


class BeginCheck(_Begin):
    """Listen to the microphone for some seconds; nothing is stored."""

    kind: Literal["check"]


class Resume(_Message):
    """Go on with the recording of that ticket on a new connection."""

    type: Literal["resume"]
    ticket: str = Field(min_length=1, max_length=64)


class End(_Message):
    """The agent has finished; `pieces` were sent in all."""

    type: Literal["end"]
    pieces: int = Field(ge=0, lt=2**32)


class Cancel(_Message):
    """Throw this recording away: the agent wants to hear the customer again."""

    type: Literal["cancel"]


Opening = Annotated[BeginTake | BeginBaseline | BeginCheck, Field(discriminator="kind")]
_OPENINGS: TypeAdapter[BeginTake | BeginBaseline | BeginCheck | Resume] = TypeAdapter(Opening | Resume)
_LATER: TypeAdapter[End | Cancel] = TypeAdapter(Annotated[End | Cancel, Field(discriminator="type")])


def opening(text: str) -> BeginTake | BeginBaseline | BeginCheck | Resume:
    """The first message of a connection; raises `UsageError` ``live_wrong``."""
    try:
        return _OPENINGS.validate_json(text)
    except ValidationError as error:
        raise _wrong(error.errors()[0]["msg"]) from error


def later(text: str) -> End | Cancel:
    """Any further text message; raises `UsageError` ``live_wrong``."""
    try:
        return _LATER.validate_json(text)
    except ValidationError as error:
        raise _wrong(error.errors()[0]["msg"]) from error


def piece(data: bytes, *, rate_hz: int) -> tuple[int, FloatArray]:
    """Number and samples of a binary message; raises `UsageError` ``live_wrong``."""
    samples = len(data) - _NUMBER.size
    if samples <= 0 or samples % 2:
        raise _wrong(f"{len(data)} bytes are no number and whole samples")
    if samples / 2 > PIECE_S_MAX * rate_hz:
        raise _wrong(f"a piece is {PIECE_S_MAX:.0f} s at most, got {samples / 2 / rate_hz:.1f} s")
    pcm = np.frombuffer(data, dtype="<i2", offset=_NUMBER.size)
    return int(_NUMBER.unpack_from(data)[0]), pcm.astype(np.float32) / np.float32(32768)


def fault(error: VoiceTrainerError) -> dict[str, Any]:
    """A fault as the browser is told of it."""
    return {"type": "fault", "code": error.code, "message": error.message, "remedy": error.remedy}


def _wrong(what: str) -> UsageError:
    return UsageError("live_wrong", f"This is not how sound is sent: {what}.", remedy="Load the page again.")
