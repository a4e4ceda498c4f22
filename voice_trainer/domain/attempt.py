"""An attempt is one run through a scenario by a person; a take is one recorded reply to one turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from voice_trainer.domain.delivery import Delivery, VoiceProfile
from voice_trainer.domain.feeling import NamedFeeling
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.score import Criterion, Score
from voice_trainer.domain.transcript import Transcript


class TakeState(StrEnum):
    """Where a take stands. No take is ever overwritten by another."""

    RECORDING = "recording"  # audio is being written; found at start-up, it was interrupted
    RECORDED = "recorded"  # the audio is complete, nothing judged yet
    SCORED = "scored"
    DISCARDED = "discarded"  # the agent threw it away: the audio is gone


@dataclass(frozen=True, slots=True)
class EngineVersions:
    """What judged a take, so that the same recording can be judged the same again."""

    program: str
    recogniser: str
    recogniser_model: str
    rubric: str


@dataclass(frozen=True, slots=True)
class Take:
    """One recorded reply.

    `audio_key` names the recording in the blob store, None for typed replies and discarded takes.
    `machine_transcript` stays beside a corrected `transcript`. `feeling` is the customer's as the agent named
    it before answering, None where that step was left out.
    """

    id: str
    turn_id: str
    number: int  # 1, 2, ... within the turn
    created_at: datetime
    state: TakeState
    audio_key: str | None = None
    device: str = ""
    duration_s: float | None = None
    recovered: bool = False
    lost_frames: int = 0  # not delivered by the device while recording
    customer_end_s: float | None = None  # the end of the customer's speech on the take's clock, may be < 0
    baseline: VoiceProfile | None = None
    transcript: Transcript | None = None
    machine_transcript: Transcript | None = None
    delivery: Delivery | None = None
    listening: Listening | None = None
    score: Score | None = None
    engines: EngineVersions | None = None
    feeling: NamedFeeling | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run through a scenario, with the scenario as it was.

    `drill` names the one skill that was trained where it was no whole call but a drill. `closed` says that
    nothing more is to come: the call ended, or was left for good.
    """

    id: str
    person: str
    created_at: datetime
    scenario: Scenario
    scenario_sha256: str
    takes: tuple[Take, ...] = ()
    imported_from: str | None = None
    drill: Criterion | None = None
    closed: bool = False

    def with_take(self, take: Take) -> Attempt:
        """The attempt with `take` added, or put in the place of the take of the same id."""
        others = tuple(t for t in self.takes if t.id != take.id)
        return replace(self, takes=(*others, take))


@dataclass(frozen=True, slots=True)
class Consent:
    """A person agreed to be recorded, to a text of that version."""

    person: str
    version: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Baseline:
    """A person's relaxed reading on one device."""

    id: str
    person: str
    device: str
    created_at: datetime
    profile: VoiceProfile
    audio_key: str | None = None
