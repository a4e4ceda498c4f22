"""Coaches score the same takes blind; how far they agree with each other and with the machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from voice_trainer.domain.agreement import Agreement, agreement, band_index
from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, Clock
from voice_trainer.teams.ports import TrainingStore

GOAL_WITHIN_ONE_BAND = 0.90
_Z = 1.96  # 95%
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

    @property
    def within_interval(self) -> tuple[float, float] | None:
        """95% interval (Wilson) of the share within one band, 0..1; None without pairs.

        Pairs of coaches on one take are not independent, so with three coaches or more it is a little narrow.
        """
        share, count = self.coaches.within_one_band, self.coaches.pairs
        if share is None:
            return None
        middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
        half = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / (1 + _Z**2 / count)
        return max(0.0, middle - half), min(1.0, middle + half)


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


@dataclass(frozen=True, slots=True)
class CalibrationOffice:
    """Blind scoring and what comes of it. Whether somebody may is the policy's matter, not this one's."""

    training: TrainingStore
    store: AttemptStore
    clock: Clock

    def agreements(self) -> list[CriterionCalibration]:
        """Every criterion that was scored blind, the one coaches agree on least first."""
        scores = self.training.blind_scores()
        machine: dict[tuple[str, str, Criterion], int] = {}
        for attempt_id in {score.attempt_id for score in scores}:
            try:
                attempt = self.store.get(attempt_id)
            except UsageError:  # deleted meanwhile
                continue
            for take in attempt.takes:
                for one in take.score.criteria if take.score else ():
                    if one.points is not None:
                        machine[attempt_id, take.id, one.criterion] = one.points
        return calibrate(scores, machine)

    def of_take(self, attempt_id: str, take_id: str) -> list[BlindScore]:
        """All points given to one take. Show others' only where `may_see` says so."""
        return [
            score
            for score in self.training.blind_scores()
            if (score.attempt_id, score.take_id) == (attempt_id, take_id)
        ]

    def score(self, attempt: Attempt, take: Take, points: Mapping[Criterion, int], *, coach: str) -> None:
        """Keep a coach's points; once, because the others' are shown after it.

        Raises
        ------
        UsageError
            ``calibration_empty`` without any points; ``calibration_done`` where the coach gave points before:
            they have seen the others' since.
        """
        if not points:
            raise UsageError(
                "calibration_empty", "No points were given.", remedy="Give points for one skill at least."
            )
        if may_see(self.of_take(attempt.id, take.id), coach=coach, attempt_id=attempt.id, take_id=take.id):
            raise UsageError(
                "calibration_done",
                "You have given your points, and seen the others' since.",
                remedy="Score another reply.",
            )
        for criterion, value in points.items():
            score = BlindScore(attempt.id, take.id, criterion, value, coach, self.clock.now())
            self.training.score_blind(score)
