"""What practice adds up to, skill by skill: where it stands, how sure that is, and where it goes.

A skill stands where its recent takes are: a mean in which a take counts half of one that came five takes
later, with Student's t for the interval. Takes of one rubric version only; the newest one that has any.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import linear_regression

from voice_trainer.domain.checkin import trend
from voice_trainer.domain.progress import (
    Direction,
    Estimate,
    Point,
    PractisedTake,
    Progress,
    SkillProgress,
    in_order,
)
from voice_trainer.domain.score import Criterion
from voice_trainer.ports import GrowthStore

ENOUGH_TAKES = 3  # fewer say too little to name a figure
ENOUGH_FOR_DIRECTION = 6
DIRECTION_TAKES = 20  # the newest
HALF_LIFE_TAKES = 5.0
# Three takes that happen to agree prove no steadiness: the same reply recorded twice differs by this much.
LEAST_SPREAD_POINTS = 5.0
# Student's t, 95th percentile (a two-sided interval of 90 %): degrees of freedom, quantile.
_T95 = (
    (1.0, 6.314), (2.0, 2.920), (3.0, 2.353), (4.0, 2.132), (5.0, 2.015), (6.0, 1.943), (8.0, 1.860),
    (10.0, 1.812), (15.0, 1.753), (30.0, 1.697), (math.inf, 1.645),
)  # fmt: skip


def progress(person: str, store: GrowthStore) -> Progress:
    """All of one person."""
    takes = store.practised(person)
    found = (skill_progress(takes, skill) for skill in Criterion)
    named = tuple(
        Point(t.at, t.feeling.points, t.attempt_id, t.take_id, t.title)
        for t in takes
        if t.feeling is not None and t.feeling.points is not None
    )
    return Progress(
        person,
        tuple(skill for skill in found if skill is not None),
        estimate([point.points for point in named]),
        named,
        trend(store.check_ins(person)),
        len({take.attempt_id for take in takes if take.drill is None}),
        len({take.attempt_id for take in takes if take.drill is not None}),
    )


def skill_progress(takes: Iterable[PractisedTake], skill: Criterion) -> SkillProgress | None:
    """One skill; None where it was never asked for. The order of `takes` does not matter."""
    asked = [t for t in in_order(takes) if skill in t.points or skill in t.withheld]
    if not asked:
        return None
    scored = [t for t in asked if skill in t.points]
    rubric = (scored or asked)[-1].rubric
    ours = [t for t in scored if t.rubric == rubric]
    calls = _points([t for t in ours if t.drill is None], skill)
    drills = _points([t for t in ours if t.drill is not None], skill)
    change = _change([point.points for point in calls])
    others = Counter(t.rubric for t in scored if t.rubric != rubric)
    return SkillProgress(
        skill,
        rubric,
        calls,
        drills,
        estimate([point.points for point in calls]),
        estimate([point.points for point in drills]),
        change[0],
        change[1],
        sum(skill in t.withheld for t in asked),
        tuple(sorted(others.items())),
    )


def estimate(points: Sequence[int]) -> Estimate | None:
    """Where a skill stands by its points, oldest first; None for fewer than `ENOUGH_TAKES`."""
    if len(points) < ENOUGH_TAKES:
        return None
    weights = [0.5 ** (age / HALF_LIFE_TAKES) for age in reversed(range(len(points)))]
    total = sum(weights)
    mean = sum(w * p for w, p in zip(weights, points, strict=True)) / total
    effective = total**2 / sum(w * w for w in weights)  # Kish: as many takes of equal weight
    spread = sum(w * (p - mean) ** 2 for w, p in zip(weights, points, strict=True)) / total
    variance = max(LEAST_SPREAD_POINTS**2, spread * effective / (effective - 1))
    half = _t95(effective - 1) * math.sqrt(variance / effective)
    return Estimate(mean, max(0.0, mean - half), min(100.0, mean + half), len(points))


def _points(takes: Iterable[PractisedTake], skill: Criterion) -> tuple[Point, ...]:
    return tuple(Point(t.at, t.points[skill], t.attempt_id, t.take_id, t.title) for t in takes)


def _change(points: Sequence[int]) -> tuple[Direction, float | None]:
    """From the first to the last of the recent takes along a straight line; a way where zero is ruled out."""
    recent = points[-DIRECTION_TAKES:]
    takes = len(recent)
    if takes < ENOUGH_FOR_DIRECTION:
        return Direction.UNKNOWN, None
    slope, intercept = linear_regression(range(takes), recent)
    left = sum((p - intercept - slope * at) ** 2 for at, p in enumerate(recent)) / (takes - 2)
    across = takes * (takes**2 - 1) / 12  # sum of squares of 0, 1, 2 ... about their mean
    error = math.sqrt(max(LEAST_SPREAD_POINTS**2, left) / across)
    change = slope * (takes - 1)
    if abs(slope) <= _t95(takes - 2) * error:
        return Direction.LEVEL, change
    return (Direction.UP if change > 0 else Direction.DOWN), change


def _t95(freedom: float) -> float:
    """The quantile, straight between the table's lines over one by the degrees of freedom."""
    if freedom <= 1:
        return _T95[0][1]
    for (below, high), (above, low) in pairwise(_T95):
        if freedom <= above:
            share = (1 / below - 1 / freedom) / (1 / below - 1 / above)
            return high + share * (low - high)
    return _T95[-1][1]
