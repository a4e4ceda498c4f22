"""Coaches score the same takes blind; how far they agree with each other and with the machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from voice_trainer.domain.agreement import Agreement, agreement, band_index
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.score import Criterion

GOAL_WITHIN_ONE_BAND = 0.90
ENOUGH = 5  # pairs from which a criterion may be called badly worded

_Take = tuple[str, str]  # attempt, take


@dataclass(frozen=True, slots=True)
class CriterionCalibration:
    """One criterion: coaches among each other, and coaches against the machine."""

    criterion: Criterion
    coaches: Agreement
    machine: Agreement

    @property
    def on_goal(self) -> bool | None:
        """Whether nine in ten pairs of coaches lie within one band; None while there are too few."""
        share = self.coaches.within_one_band
        return None if share is None or self.coaches.pairs < ENOUGH else share >= GOAL_WITHIN_ONE_BAND


def calibrate(
    scores: Iterable[BlindScore], machine: Mapping[tuple[str, str, Criterion], int]
) -> list[CriterionCalibration]:
    """Agreement per criterion, the one that coaches agree on least first: its wording needs work.

    Parameters
    ----------
    machine
        Points by attempt, take and criterion; what the machine did not score is not in it.
    """
    of_take: dict[Criterion, dict[_Take, list[BlindScore]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        of_take[score.criterion][score.attempt_id, score.take_id].append(score)
    found = []
    for criterion, takes in of_take.items():
        pairs = [
            (band_index(one.points), band_index(other.points))
            for given in takes.values()
            for one, other in combinations(sorted(given, key=lambda score: score.coach), 2)
        ]
        against = [
            (band_index(one.points), band_index(machine[*take, criterion]))
            for take, given in takes.items()
            if (*take, criterion) in machine
            for one in given
        ]
        found.append(CriterionCalibration(criterion, agreement(pairs), agreement(against)))
    return sorted(found, key=_least_agreed)


def may_see(scores: Iterable[BlindScore], *, coach: str, attempt_id: str, take_id: str) -> bool:
    """Whether a coach may look at others' points of a take: only after giving their own."""
    return any(
        (score.coach, score.attempt_id, score.take_id) == (coach, attempt_id, take_id) for score in scores
    )


def _least_agreed(one: CriterionCalibration) -> tuple[bool, float, str]:
    share = one.coaches.within_one_band
    exact = one.coaches.exact or 0.0
    return (share is None, (share or 0.0) + exact, one.criterion.value)
