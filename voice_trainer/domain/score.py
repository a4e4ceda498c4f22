"""Points per criterion under a versioned rubric, with reasons; or not scored, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice_trainer.domain.measurement import Heard, Measurement, NotScored
from voice_trainer.domain.scenario import Reaction


class Criterion(StrEnum):
    """What a reply is judged on."""

    PACE = "pace"
    TONE_CALMNESS = "tone_calmness"
    PARAPHRASE = "paraphrase"
    VALIDATION = "validation"
    ORDER = "order"
    HELPFULNESS = "helpfulness"  # sales calls only


DELIVERY_CRITERIA = (Criterion.PACE, Criterion.TONE_CALMNESS)
CONTENT_CRITERIA = (Criterion.PARAPHRASE, Criterion.VALIDATION, Criterion.ORDER, Criterion.HELPFULNESS)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points were lost (or, at 0, what was good): what was heard, when, the norm and its source."""

    text: str
    points_lost: float = 0.0
    heard: tuple[Heard, ...] = ()
    norm: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """Points 0..100 and the band's plain name; both None where not scored."""

    criterion: Criterion
    points: int | None
    band: str | None
    reasons: tuple[Reason, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    withheld: NotScored | None = None

    @property
    def scored(self) -> bool:
        """Whether there are points at all."""
        return self.points is not None


@dataclass(frozen=True, slots=True)
class Feedback:
    """One strength, one change, one sentence to try."""

    strength: str
    change: str
    try_saying: str
    evidence: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The judgement of one take. Listening and delivery are never mixed into one number."""

    rubric_version: str
    criteria: tuple[CriterionScore, ...]
    listening_points: int | None
    delivery_points: int | None
    feedback: Feedback
    reaction: Reaction
    reaction_reason: str = ""

    def criterion(self, name: Criterion) -> CriterionScore | None:
        """The score of one criterion, None where the rubric does not ask for it."""
        return next((c for c in self.criteria if c.criterion is name), None)

    @property
    def anything_scored(self) -> bool:
        """Whether at least one criterion has points."""
        return any(c.scored for c in self.criteria)
