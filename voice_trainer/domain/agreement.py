"""How far two judges agree on bands, beyond what chance gives.

Quadratic weighted kappa (Cohen 1968): a judge one band away disagrees a quarter as much as one two bands
away. 1 is full agreement, 0 what chance gives. The interval is a percentile bootstrap over the pairs.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS

BANDS = 3
PAIRS_MIN = 10  # fewer say nothing: the interval would cover everything
_DRAWS = 1000
_SEED = 20261124  # the same pairs, the same interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two judges on the same things.

    `kappa` with its 95% interval is None under `PAIRS_MIN` pairs, or where a judge only ever used one band.
    `exact` and `within_one_band` are shares 0..1, None without pairs.
    """

    pairs: int
    kappa: float | None
    low: float | None
    high: float | None
    exact: float | None
    within_one_band: float | None


def band_index(points: float) -> int:
    """0 for the low band, 1 for the middle, 2 for the top."""
    return (points >= MIDDLE_POINTS) + (points >= TOP_POINTS)


def agreement(pairs: Sequence[tuple[int, int]]) -> Agreement:
    """Agreement over pairs of band indices (`band_index`)."""
    count = len(pairs)
    if not count:
        return Agreement(0, None, None, None, None, None)
    exact = sum(one == other for one, other in pairs) / count
    near = sum(abs(one - other) <= 1 for one, other in pairs) / count
    kappa = weighted_kappa(pairs) if count >= PAIRS_MIN else None
    low, high = _interval(pairs) if kappa is not None else (None, None)
    return Agreement(count, kappa, low, high, exact, near)


def weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Quadratic weighted kappa; None where chance alone would agree fully."""
    count = len(pairs)
    observed = sum((one - other) ** 2 for one, other in pairs) / count
    first = [sum(one == band for one, _ in pairs) / count for band in range(BANDS)]
    second = [sum(other == band for _, other in pairs) / count for band in range(BANDS)]
    expected = sum(
        first[one] * second[other] * (one - other) ** 2 for one in range(BANDS) for other in range(BANDS)
    )
    return None if expected == 0 else 1 - observed / expected


def _interval(pairs: Sequence[tuple[int, int]]) -> tuple[float | None, float | None]:
    generator = random.Random(_SEED)
    drawn = (weighted_kappa(generator.choices(pairs, k=len(pairs))) for _ in range(_DRAWS))
    known = sorted(value for value in drawn if value is not None)
    if len(known) < _DRAWS / 2:  # most samples had one band only: no interval can be given
        return None, None
    return known[round(0.025 * (len(known) - 1))], known[round(0.975 * (len(known) - 1))]
