"""What the inside of the house needs from the outside world. Adapters implement these; wiring joins them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from voice_trainer.domain.attempt import Attempt, Baseline, Consent, Take
from voice_trainer.domain.checkin import CheckIn
from voice_trainer.domain.progress import PractisedTake
from voice_trainer.domain.queue import DeskLine
from voice_trainer.domain.review import Override, Remark, Review
from voice_trainer.domain.scenario import Gender
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.transcript import Transcript, Word
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How a line is to be spoken.

    `temperature` (0..100) makes the voice softer or sharper than the emotion alone; None leaves it as it is.
    """

    gender: Gender = Gender.FEMALE
    emotion: str = "calm"
    language: str = "en-GB"
    persona: str = ""
    temperature: int | None = None


class Synthesizer(Protocol):
    """Turns text into the customer's voice."""

    def synthesize(self, text: str, *, voice: VoiceSettings) -> Waveform:
        """Speak `text` into a waveform; raises `AudioDeviceError` when no engine can speak."""
        ...


class Player(Protocol):
    """Plays sound aloud."""

    @property
    def device(self) -> str:
        """The name of the output."""
        ...

    @property
    def heard_until_s(self) -> float | None:
        """`time.monotonic()` at which the last play's last sample was heard; None if stopped or unknown."""
        ...

    def play(self, waveform: Waveform, *, stop: Callable[[], bool] | None = None) -> None:
        """Play to the end (returns once the last sample was heard) or until `stop()` is true."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class AudioBlock:
    """A piece of live sound.

    `lost_frames` counts frames that the device did not deliver just before this block.
    """

    samples: FloatArray
    lost_frames: int = 0


class Microphone(Protocol):
    """An open microphone: iterate to receive blocks until it is closed.

    Iteration raises `AudioDeviceError` with code ``device_stalled`` or ``device_vanished`` when no
    block has come for half a second.
    """

    @property
    def rate_hz(self) -> int:
        """Samples per second of every block."""
        ...

    @property
    def latency_s(self) -> float:
        """Seconds between sound at the microphone and its arrival in a block."""
        ...

    @property
    def began_s(self) -> float | None:
        """`time.monotonic()` at which the first sample sounded, best known at the end; None if unknown."""
        ...

    def __iter__(self) -> Iterator[AudioBlock]: ...


class Recorder(Protocol):
    """Opens the microphone."""

    @property
    def device(self) -> str:
        """The name of the input."""
        ...

    def open(self) -> AbstractContextManager[Microphone]:
        """Start listening; the context's end closes the device."""
        ...


class SpeechStream(Protocol):
    """Voice activity of live sound; keeps its state between blocks."""

    def feed(self, samples: FloatArray) -> list[float]:
        """Probabilities (0..1) of the frames completed by `samples`."""
        ...

    def finish(self) -> SpeechFrames | None:
        """All frames as `SpeechDetector.detect` finds them in the same samples; None if they may differ."""
        ...


class SpeechDetector(Protocol):
    """Tells speech from everything else."""

    hop_s: float

    def detect(self, waveform: Waveform) -> SpeechFrames:
        """Probabilities over a whole recording."""
        ...

    def stream(self, rate_hz: int) -> SpeechStream:
        """A detector for live blocks at `rate_hz`."""
        ...


class Transcriber(Protocol):
    """Turns speech into words with times."""

    engine: str
    model: str

    def transcribe(self, waveform: Waveform, *, speech: SpeechFrames, language: str) -> Transcript:
        """Recognise; the result carries word times and a reliability. Raises `ModelError`."""
        ...


class Aligner(Protocol):
    """Finds when known words were spoken."""

    def align(self, waveform: Waveform, words: Sequence[str]) -> tuple[Word, ...] | None:
        """Times for `words` (those in the dictionary), None where they do not fit the sound."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their likeness."""

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Shape ``(len(texts), dimensions)``, rows of unit length."""
        ...


class BlobWriter(Protocol):
    """A recording being written; what was written survives a crash."""

    def write(self, samples: FloatArray) -> FloatArray:
        """Append and return the samples as they will be read back (16-bit files round).

        Raises `StorageError` when the disk is full, keeping what was written.
        """
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class BlobStore(Protocol):
    """Recordings, by key."""

    def writer(self, key: str, *, rate_hz: int) -> BlobWriter:
        """Begin a recording under `key`."""
        ...

    def read(self, key: str) -> Waveform:
        """The recording; an unfinished one is read as far as it goes."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Store a whole file."""
        ...

    def get(self, key: str) -> bytes:
        """The whole file."""
        ...

    def delete(self, key: str) -> None:
        """Remove the recording and everything derived from it; missing is fine."""
        ...

    def keys(self) -> list[str]:
        """All keys."""
        ...

    def recover(self, key: str) -> float:
        """Finish a recording that was cut short; its seconds.

        Raises `StorageError` ``recording_missing`` where nothing had been written.
        """
        ...

    def upload(self) -> int:
        """Carry recordings that could not be carried to their place before; returns how many were."""
        ...


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """A line of the list of attempts."""

    id: str
    person: str
    created_at: datetime
    scenario_id: str
    title: str
    takes: int
    listening_points: int | None
    delivery_points: int | None
    drill: Criterion | None = None  # the one skill that was trained; None for a whole call


class AttemptStore(Protocol):
    """Attempts, baselines and consents."""

    def save(self, attempt: Attempt) -> None:
        """Insert or update the attempt and all its takes, in one transaction."""
        ...

    def save_take(self, attempt_id: str, take: Take) -> None:
        """Insert or update one take."""
        ...

    def get(self, attempt_id: str) -> Attempt:
        """The attempt; an unambiguous prefix of the id will do. Raises `UsageError` where there is none."""
        ...

    def summaries(
        self, *, person: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[AttemptSummary]:
        """Newest first."""
        ...

    def delete(self, attempt_id: str) -> None:
        """Remove the attempt and its takes."""
        ...

    def unfinished(self, person: str) -> list[Attempt]:
        """The person's own calls that are not closed, newest first; no drills, nothing imported."""
        ...

    def interrupted(self) -> list[tuple[Attempt, Take]]:
        """Takes left in state ``recording`` by processes that no longer run."""
        ...

    def save_baseline(self, baseline: Baseline) -> None:
        """Add to the history."""
        ...

    def baseline(self, person: str, device: str | None = None) -> Baseline | None:
        """The newest baseline of the person on that device (on any, if None)."""
        ...

    def baselines(self, person: str) -> list[Baseline]:
        """All, newest first."""
        ...

    def delete_baseline(self, baseline_id: str) -> None:
        """Remove it from the history; one that is gone already is fine."""
        ...

    def save_consent(self, consent: Consent) -> None:
        """Remember that a person agreed."""
        ...

    def consent(self, person: str) -> Consent | None:
        """The newest consent of the person."""
        ...

    def consents(self, person: str) -> list[Consent]:
        """All, newest first."""
        ...

    def delete_consents(self, person: str) -> int:
        """Forget, in copies too, that a person agreed; returns how often they had."""
        ...


class ReviewStore(Protocol):
    """What coaches and agents add to attempts; it goes when the attempt goes."""

    def add(self, attempt_id: str, remark: Remark) -> None:
        """Append; the same id again changes nothing. Raises `UsageError` ``attempt_unknown``."""
        ...

    def review(self, attempt_id: str) -> Review:
        """All of one attempt, oldest first; empty where there is none."""
        ...

    def remove(self, attempt_id: str, remark_id: str) -> None:
        """Take back one remark; one that is gone already is fine."""
        ...

    def overrides(self) -> list[Override]:
        """The newest points of each coach for each criterion of each take, oldest first."""
        ...

    def desk(self, *, limit: int = 200, among: Collection[str] | None = None) -> list[DeskLine]:
        """The newest attempts that hold a judged take, as the queue needs them; only those of `among`."""
        ...


class PersonRecords(Protocol):
    """What accounts, training and the audit log hold on one person, for export and erasure."""

    def held(self, person: str) -> dict[str, object]:
        """All of it as JSON values by kind; no password hash and no digest that opens a door."""
        ...

    def shut_out(self, person: str) -> None:
        """Disable the account: its sign-ins open nothing any more, and nothing new begins."""
        ...

    def forget(self, person: str) -> dict[str, int]:
        """Delete it, in copies too; how many rows went, by the names `Receipt` uses.

        Where the person acted on others' things the row is theirs and stays, its actor called "erased".
        """
        ...


class GrowthStore(Protocol):
    """What adds up over a person's practice. Check-ins and cards are the person's alone."""

    def practised(self, person: str) -> list[PractisedTake]:
        """Every judged take that was not discarded, oldest first."""
        ...

    def save_check_in(self, check_in: CheckIn) -> None:
        """Add; the same person, session and moment again replaces it."""
        ...

    def check_ins(
        self, person: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[CheckIn]:
        """Those of a person from `since` until before `until`, oldest first."""
        ...

    def cards(self, person: str) -> dict[Criterion, str]:
        """When each skill is due, as the scheduler wrote it (JSON)."""
        ...

    def save_cards(self, person: str, cards: Mapping[Criterion, str]) -> None:
        """Insert or update these skills' cards."""
        ...

    def forget_check_ins(self, person: str) -> int:
        """Delete a person's check-ins, in copies too; returns how many there were."""
        ...

    def forget(self, person: str) -> None:
        """Delete check-ins and cards of a person, in copies too."""
        ...


class Clock(Protocol):
    """Time, injected so that tests own it."""

    def now(self) -> datetime:
        """The current time with its zone (UTC)."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""
        ...
