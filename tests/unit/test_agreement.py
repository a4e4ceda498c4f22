"""Agreement between judges: against figures worked out by hand, and what must always hold."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_trainer.domain.agreement import PAIRS_MIN, agreement, band_index, weighted_kappa
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.score import Criterion
from voice_trainer.teams.calibration import calibrate, may_see

bands = st.integers(0, 2)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("points", "index"), [(0, 0), (59, 0), (60, 1), (79, 1), (80, 2), (100, 2)])
def test_bands(points: int, index: int) -> None:
    assert band_index(points) == index


def test_kappa_worked_out_by_hand() -> None:
    # Observed: one pair of four is one band apart, 1/4. Expected from the margins (2,1,1 and 2,2,0)/4:
    # 1/2*1/2*1 + 1/4*1/2*1 + 1/4*1/2*4 + 1/4*1/2*1 = 1.  kappa = 1 - 0.25 / 1.
    pairs = [(0, 0), (0, 0), (1, 1), (2, 1)]
    assert weighted_kappa(pairs) == pytest.approx(0.75)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(bands, bands), min_size=PAIRS_MIN, max_size=60))
def test_what_always_holds(pairs: list[tuple[int, int]]) -> None:
    found = agreement(pairs)
    turned = agreement([(other, one) for one, other in pairs])
    assert found.kappa == turned.kappa or (found.kappa or 0) == pytest.approx(turned.kappa or 0)
    if found.kappa is not None:
        assert found.kappa <= 1
        assert found.low is None or found.high is None or found.low <= found.high
    assert found.within_one_band is not None
    assert found.exact is not None
    assert 0 <= found.exact <= found.within_one_band <= 1


def test_few_pairs_give_no_kappa_and_the_same_pairs_the_same_interval() -> None:
    few = agreement([(0, 0), (1, 2)])
    assert (few.kappa, few.low, few.within_one_band, few.exact) == (None, None, 1.0, 0.5)
    pairs = [(0, 0), (1, 1), (2, 2), (1, 2)] * 5
    assert agreement(pairs) == agreement(pairs)
    assert agreement([]).within_one_band is None


def blind(coach: str, take: str, criterion: Criterion, points: int) -> BlindScore:
    return BlindScore("one", take, criterion, points, coach, NOON)


def test_the_criterion_coaches_differ_on_most_comes_first() -> None:
    scores = [
        blind(coach, f"t{take}", criterion, points)
        for take in range(6)
        for coach, criterion, points in (
            ("ann", Criterion.ORDER, 85),
            ("bob", Criterion.ORDER, 30),
            ("ann", Criterion.PARAPHRASE, 85),
            ("bob", Criterion.PARAPHRASE, 82),
        )
    ]
    machine = {("one", "t0", Criterion.PARAPHRASE): 40}
    order, paraphrase = calibrate(scores, machine)
    assert (order.criterion, order.on_goal, order.machine.pairs) == (Criterion.ORDER, False, 0)
    assert (paraphrase.on_goal, paraphrase.coaches.pairs, paraphrase.machine.pairs) == (True, 6, 2)
    assert paraphrase.machine.within_one_band == 0.0


def test_nobody_sees_others_points_before_giving_their_own() -> None:
    scores = [blind("ann", "t1", Criterion.ORDER, 50)]
    assert may_see(scores, coach="ann", attempt_id="one", take_id="t1")
    assert not may_see(scores, coach="bob", attempt_id="one", take_id="t1")
    assert not may_see(scores, coach="ann", attempt_id="one", take_id="t2")
