"""A judgement that was asked for: what is to be judged, how far it has come, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Where a judgement stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    PARKED = "parked"  # tried as often as is allowed: a person looks at the fault and asks again


class Stage(StrEnum):
    """What a worker is doing, in this order; recognition takes the longest."""

    READING = "reading"  # fetching the sound
    HEARING = "hearing"  # recognising the words
    MEASURING = "measuring"
    SCORING = "scoring"


@dataclass(frozen=True, slots=True, order=True)
class JudgingKey:
    """One judgement: a take under a version of the rubric and of its words.

    `revision` counts what the words are: 1 as the machine hears them, one more for every correction.
    """

    attempt_id: str
    take_id: str
    rubric: str
    revision: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a judgement failed, in the words of a `VoiceTrainerError`; nothing that was said is in it."""

    code: str
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Judging:
    """A judgement that was asked for. Moments are the database's, not this machine's."""

    key: JudgingKey
    state: JobState
    asked_at: datetime
    updated_at: datetime
    stage: Stage | None = None  # of the running or last try
    tries: int = 0
    said: str | None = None  # the words as a person corrected them; None: as the machine hears them
    fault: Fault | None = None  # of the last try that failed

    @property
    def settled(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state in (JobState.DONE, JobState.PARKED)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one judgement took, seconds by stage, and how reliable its words were (0..1, None: no words)."""

    seconds: dict[Stage, float] = field(default_factory=dict)
    reliability: float | None = None


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """The queue as a whole, for those who watch it.

    `oldest_waiting_s` is the age of the longest waiting judgement that is due, 0 where none waits. The means
    are over the last hour, None (or missing) where nothing was judged in it.
    """

    counts: dict[JobState, int]
    oldest_waiting_s: float
    mean_seconds: dict[Stage, float]
    judged_last_hour: int
    mean_reliability: float | None
