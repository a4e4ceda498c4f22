"""A desk of fakes: a practice session without devices, disk or database."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.findings import CALL
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.waveform import Waveform
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.events import Event
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.session import Desk, PracticeSession
from voice_trainer.scoring import load_rubric
from voice_trainer.testing.audio import (
    EnergyDetector,
    FakePlayer,
    FakeRecorder,
    FakeSynthesizer,
    FixedClock,
    ScriptedTranscriber,
    joined,
    silence,
    tone,
)
from voice_trainer.testing.stores import MemoryAttemptStore, MemoryBlobStore

GOOD = (
    "You sound really fed up, and I can see why. Your coffee machine was ordered three weeks ago and there "
    "is still no sign of it. Every call brings a different explanation. And on Tuesday you stayed home and "
    "nobody came. You want to know when it is really coming. Is that right?"
)
POOR = "Please calm down. It is your own fault. Our policy is two weeks."
REPLY: Waveform = joined(silence(0.3), tone(3.0))


@dataclass
class FakeDesk:
    """Everything a session needs, and what happened."""

    script: list[str] = field(default_factory=lambda: [GOOD])
    recorder: FakeRecorder = field(default_factory=lambda: FakeRecorder(REPLY))
    player: FakePlayer | None = field(default_factory=FakePlayer)
    synthesizer: FakeSynthesizer = field(default_factory=FakeSynthesizer)
    store: MemoryAttemptStore = field(default_factory=MemoryAttemptStore)
    blobs: MemoryBlobStore = field(default_factory=MemoryBlobStore)
    clock: FixedClock = field(default_factory=FixedClock)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.transcriber = ScriptedTranscriber(self.script)
        self.engines = Engines(self.transcriber, EnergyDetector(), load_rubric())

    def session(self, scenario: Scenario = CALL, person: str = "ann") -> PracticeSession:
        desk = Desk(
            self.synthesizer,
            self.player,
            self.recorder,
            self.engines,
            self.store,
            self.blobs,
            self.clock,
            Limits(2.0, 30.0, 5.0),
        )
        return PracticeSession(
            desk, scenario=scenario, scenario_sha256="ab" * 32, person=person, emit=self.events.append
        )
