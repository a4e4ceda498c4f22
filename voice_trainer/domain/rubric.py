"""The rules that turn measurements into points, as a versioned value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from voice_trainer.domain.score import Criterion

TOP_POINTS = 80
MIDDLE_POINTS = 60


@dataclass(frozen=True, slots=True)
class Norm:
    """What is expected, in a sentence, and who says so."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class CriterionRule:
    """How one criterion is judged.

    `weight` is its share of the listening or delivery mean; `bands` are the plain names of 80 and over,
    60-79, and under 60; `numbers` are the rule's constants, by name.
    """

    criterion: Criterion
    weight: float
    bands: tuple[str, str, str]
    norm: Norm
    numbers: Mapping[str, float]
    curves: Mapping[str, tuple[tuple[float, float], ...]]  # piecewise linear: (value, points)

    def band(self, points: float) -> str:
        """The plain name of the band `points` falls in."""
        if points >= TOP_POINTS:
            return self.bands[0]
        return self.bands[1] if points >= MIDDLE_POINTS else self.bands[2]


@dataclass(frozen=True, slots=True)
class Rubric:
    """All rules of one version. Scores are comparable only within one version."""

    version: str
    reliability_min: float  # a transcript below this is not judged
    criteria: Mapping[Criterion, CriterionRule]
    reaction: Mapping[str, float]

    @property
    def pace_band_wpm(self) -> tuple[float, float]:
        """The words per minute that cost nothing: from the slowest to the fastest that earn the most."""
        points = self.criteria[Criterion.PACE].curves["speech_rate_wpm"]
        most = max(earned for _, earned in points)
        speeds = [speed for speed, earned in points if earned == most]
        return speeds[0], speeds[-1]


@dataclass(frozen=True, slots=True)
class RubricDraft:
    """A rubric as a coach wrote it (TOML); live from `live_since` on, and never changed after."""

    version: str
    text: str
    by: str
    created_at: datetime
    live_since: datetime | None = None
