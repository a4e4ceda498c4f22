"""Gathers points and their reasons while one criterion is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_trainer.domain.measurement import Heard, Measurement, NotScored
from voice_trainer.domain.rubric import CriterionRule
from voice_trainer.domain.score import CriterionScore, Reason


@dataclass(slots=True)
class Tally:
    """Points of one criterion in the making: start somewhere, lose some, be capped, finish."""

    rule: CriterionRule
    points: float = 100.0
    reasons: list[Reason] = field(default_factory=list)

    def lose(self, points: float, text: str, *heard: Heard | None) -> None:
        """Take points away and say why."""
        self.points -= points
        self._say(text, points, heard)

    def praise(self, text: str, *heard: Heard | None) -> None:
        """Say what was good."""
        self._say(text, 0.0, heard)

    def cap(self, limit: float, text: str, *heard: Heard | None) -> None:
        """Nothing above `limit`, whatever else was good; always said, even where it costs nothing more."""
        lost = max(0.0, self.points - limit)
        self.points -= lost
        self._say(text, max(lost, 0.1), heard)

    def finish(self, measurements: tuple[Measurement, ...] = ()) -> CriterionScore:
        """The score, within 0..100."""
        points = round(min(100.0, max(0.0, self.points)))
        reasons = tuple(sorted(self.reasons, key=lambda reason: -reason.points_lost))
        return CriterionScore(self.rule.criterion, points, self.rule.band(points), reasons, measurements)

    def _say(self, text: str, lost: float, heard: tuple[Heard | None, ...]) -> None:
        evidence = tuple(h for h in heard if h is not None)
        self.reasons.append(Reason(text, lost, evidence, self.rule.norm.text, self.rule.norm.source))


def withhold(
    rule: CriterionRule, why: NotScored, measurements: tuple[Measurement, ...] = ()
) -> CriterionScore:
    """Not scored, with the reason."""
    return CriterionScore(rule.criterion, None, None, (), measurements, why)
