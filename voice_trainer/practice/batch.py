"""Judges recordings and typed replies that exist already, one request at a time; models load once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from voice_trainer.domain.delivery import VoiceProfile
from voice_trainer.domain.rubric import Rubric
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import ScenarioError, UsageError
from voice_trainer.ports import Embedder
from voice_trainer.practice.assess import (
    Assessment,
    Engines,
    SpokenReply,
    assess,
    assess_indicative,
    assess_text,
    scenario_of,
)
from voice_trainer.practice.baseline import profile_of


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to judge: `audio` or `reply`, against `scenario` or `complaint`."""

    id: str
    scenario: str | None = None
    turn: str | None = None
    audio: Path | None = None
    reply: str | None = None
    complaint: str | None = None
    baseline: tuple[Path, ...] = ()
    transcript: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgement and the call it belongs to."""

    scenario: Scenario
    turn: Turn
    assessment: Assessment
    waveform: Waveform | None


@dataclass(slots=True)
class Judge:
    """Judges requests; engines are asked for only when a recording comes."""

    scenarios: Callable[[str], Scenario]
    load: Callable[[Path], Waveform]
    engines: Callable[[], Engines]
    rubric: Rubric
    embedder: Callable[[], Embedder | None]
    load_baseline: Callable[[Path], Waveform] | None = None  # where baselines are read differently
    _profiles: dict[tuple[Path, ...], VoiceProfile] = field(default_factory=dict)

    def judge(self, request: Request) -> Judged:
        """Judge one request; raises `VoiceTrainerError` where it cannot be judged at all."""
        if (request.audio is None) == (request.reply is None):
            raise UsageError(
                "nothing_to_score",
                "Exactly one of a recording and a typed reply is needed.",
                remedy="Give `audio` or `reply`.",
            )
        scenario, turn = self._call(request)
        if request.reply is not None:
            return Judged(scenario, turn, self._typed(request, scenario, turn), None)
        assert request.audio is not None
        waveform = self.load(request.audio)
        spoken = SpokenReply(waveform, baseline=self._baseline(request.baseline), said=request.transcript)
        return Judged(
            scenario, turn, assess(spoken, scenario=scenario, turn=turn, engines=self.engines()), waveform
        )

    def _typed(self, request: Request, scenario: Scenario, turn: Turn) -> Assessment:
        reply = request.reply or ""
        if request.scenario is None and request.complaint is not None:
            return assess_indicative(
                reply, complaint=request.complaint, rubric=self.rubric, embedder=self.embedder()
            )
        return assess_text(reply, scenario=scenario, turn=turn, rubric=self.rubric, embedder=self.embedder())

    def _call(self, request: Request) -> tuple[Scenario, Turn]:
        if request.scenario is None and request.complaint is not None:
            scenario = scenario_of(request.complaint)
        elif request.scenario is None:
            raise UsageError(
                "scenario_missing",
                "It is not said which call this answers.",
                remedy="Name the call (--scenario ID), or give the customer's words (--complaint TEXT).",
            )
        else:
            scenario = self.scenarios(request.scenario)
        return scenario, turn_of(scenario, request.turn)

    def _baseline(self, paths: tuple[Path, ...]) -> VoiceProfile | None:
        if not paths:
            return None
        if paths not in self._profiles:
            load = self.load_baseline or self.load
            recordings = [load(path) for path in paths]
            self._profiles[paths] = profile_of(recordings, detector=self.engines().detector)
        return self._profiles[paths]


def turn_of(scenario: Scenario, turn_id: str | None) -> Turn:
    """The turn asked for, the opening if none was."""
    if turn_id is None:
        return scenario.opening
    turn = scenario.turn(turn_id)
    if turn is None:
        raise ScenarioError(
            "turn_unknown",
            f"{scenario.id} has no turn {turn_id!r}.",
            remedy=f"Its turns: {', '.join(t.id for t in scenario.turns)}.",
        )
    return turn
