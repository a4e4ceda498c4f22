"""What happens in a session, as it happens. Terminal and web page only draw these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.scenario import Reaction, Turn
from voice_trainer.domain.score import Score
from voice_trainer.domain.transcript import Transcript


class StopReason(StrEnum):
    """Why a recording ended."""

    SILENCE = "silence"  # the agent had spoken and fell silent
    ASKED = "asked"  # a key was pressed
    MAXIMUM = "maximum"  # the longest allowed take
    NOBODY_SPOKE = "nobody_spoke"
    FAULT = "fault"  # device or disk; what was recorded so far is kept


@dataclass(frozen=True, slots=True)
class CustomerSpeaking:
    """The customer begins to speak; `audible` is False when only the text can be shown.

    `says` are the words now: the turn's own, or a request to say it again. `temperature` (0..100) is how
    tense the customer is.
    """

    turn: Turn
    audible: bool
    says: str = ""
    temperature: int | None = None


@dataclass(frozen=True, slots=True)
class ListeningNow:
    """The microphone delivers and the customer has finished: speak now."""

    device: str


@dataclass(frozen=True, slots=True)
class Level:
    """Level of the last tenth of a second or so.

    `level_dbfs` is RMS, -120 for digital silence; `clipped` says that samples touched full scale.
    """

    elapsed_s: float
    level_dbfs: float
    clipped: bool
    speaking: bool


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """First speech, seconds from the start of the take."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The recording ended; `at_s` is its length."""

    at_s: float
    reason: StopReason


@dataclass(frozen=True, slots=True)
class Transcribing:
    """Recognition begins; it takes the longest."""

    engine: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The words; None where nobody spoke."""

    transcript: Transcript | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of the take."""

    delivery: Delivery | None
    listening: Listening | None


@dataclass(frozen=True, slots=True)
class Scored:
    """The judgement."""

    score: Score


@dataclass(frozen=True, slots=True)
class Reacted:
    """How the customer takes it, and how tense (0..100) that leaves them."""

    reaction: Reaction
    reason: str
    temperature: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """On disk and in the database."""

    attempt_id: str
    take_id: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something went wrong and the session goes on."""

    code: str
    message: str
    remedy: str


Event = (
    CustomerSpeaking
    | ListeningNow
    | Level
    | SpeechStarted
    | SpeechEnded
    | Transcribing
    | Transcribed
    | Measured
    | Scored
    | Reacted
    | Saved
    | Notice
)
Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """For callers that draw nothing."""
    del event
