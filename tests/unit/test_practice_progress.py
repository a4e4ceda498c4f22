"""What takes add up to."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.practised import START, attempt, call, judged, stores
from voice_trainer.domain.checkin import CheckIn, Moment
from voice_trainer.domain.feeling import FeelingMatch, NamedFeeling
from voice_trainer.domain.progress import Direction
from voice_trainer.domain.score import Criterion
from voice_trainer.practice.progress import estimate, progress, skill_progress

SKILL = Criterion.PARAPHRASE


def test_two_takes_are_too_few_to_tell() -> None:
    found = skill_progress([judged(40), judged(60, day=1)], SKILL)
    assert found is not None
    assert found.estimate is None
    assert found.direction is Direction.UNKNOWN
    assert found.change_points is None
    assert found.first is not None
    assert found.best is not None
    assert (found.first.points, found.best.points) == (40, 60)


def test_a_take_counts_half_of_one_five_takes_later() -> None:
    found = estimate([0, 0, 0, 0, 0, 100])
    even = estimate([50] * 6)
    assert found is not None
    assert even is not None
    weights = [0.5 ** (age / 5) for age in range(5, -1, -1)]
    assert found.points == pytest.approx(100 / sum(weights))
    assert weights[0] == pytest.approx(0.5)
    assert even.points == pytest.approx(50)
    assert found.high - found.low > even.high - even.low > 0


def test_takes_that_agree_are_not_taken_for_certainty() -> None:
    found = estimate([80, 80, 80])
    assert found is not None
    assert found.high - found.low > 10


def test_the_interval_holds_the_truth_about_nine_times_in_ten() -> None:
    draw = random.Random(4)
    held = 0
    for _ in range(2000):
        found = estimate([round(draw.gauss(60, 12)) for _ in range(8)])
        assert found is not None
        held += found.low <= 60 <= found.high
    assert 0.87 <= held / 2000 <= 0.94


def test_what_was_not_scored_is_no_zero() -> None:
    scored = [judged(70, day=day) for day in range(3)]
    found = skill_progress([*scored, judged(None, day=3)], SKILL)
    assert found is not None
    assert found.estimate == estimate([70, 70, 70])
    assert found.withheld == 1
    nothing = skill_progress([judged(None)], SKILL)
    assert nothing is not None
    assert (nothing.takes, nothing.estimate, nothing.withheld) == ((), None, 1)
    assert skill_progress([judged(70)], Criterion.PACE) is None


def test_other_rubrics_and_drills_stand_apart() -> None:
    old = [judged(10, day=day) for day in range(4)]
    new = [judged(80, day=10 + day, rubric="2") for day in range(3)]
    drills = [judged(95, day=20 + day, rubric="2", drill=True) for day in range(3)]
    found = skill_progress([*old, *new, *drills], SKILL)
    assert found is not None
    assert found.rubric == "2"
    assert [p.points for p in found.takes] == [80] * 3
    assert [p.points for p in found.drills] == [95] * 3
    assert found.estimate == estimate([80] * 3)
    assert found.drill_estimate == estimate([95] * 3)
    assert found.other_rubrics == (("1", 4),)


@pytest.mark.parametrize(
    ("points", "direction"),
    [
        ([40, 42, 38, 70, 72, 69], Direction.UP),
        ([70, 72, 69, 40, 42, 38], Direction.DOWN),
        ([40, 70, 55, 62, 45, 66], Direction.LEVEL),
        ([40, 42, 38, 70, 72], Direction.UNKNOWN),
    ],
)
def test_a_direction_is_told_where_it_stands_out(points: list[int], direction: Direction) -> None:
    found = skill_progress([judged(p, day=day) for day, p in enumerate(points)], SKILL)
    assert found is not None
    assert found.direction is direction
    assert (found.change_points is None) is (direction is Direction.UNKNOWN)


def test_everything_of_one_person() -> None:
    attempts, growth = stores()
    attempts.save(attempt(call("a"), {Criterion.PARAPHRASE: 60, Criterion.ORDER: 80}))
    attempts.save(attempt(call("b"), {Criterion.PACE: 90}, day=1, drill=Criterion.PACE))
    attempts.save(attempt(call("c"), {Criterion.PARAPHRASE: 10}, person="bob"))
    growth.save_check_in(CheckIn("ann", START, Moment.BEFORE, 4, 2, "s"))
    growth.save_check_in(CheckIn("ann", START + timedelta(hours=1), Moment.AFTER, 2, 4, "s"))
    found = progress("ann", growth)
    assert [s.skill for s in found.skills] == [Criterion.PACE, Criterion.PARAPHRASE, Criterion.ORDER]
    assert (found.calls, found.drills) == (1, 1)
    assert found.check_ins.stress is not None
    assert found.feelings is None


def test_feelings_named_are_a_figure_of_their_own() -> None:
    words = [FeelingMatch.RIGHT, FeelingMatch.NEAR, FeelingMatch.UNKNOWN, FeelingMatch.OTHER]
    takes = [judged(70, day=d, feeling=NamedFeeling("x", m, "y")) for d, m in enumerate(words)]

    _, growth = stores()
    growth.practised = lambda _person: takes  # type: ignore[method-assign]
    found = progress("ann", growth)
    assert [p.points for p in found.feelings_named] == [100, 50, 0]
    assert found.feelings == estimate([100, 50, 0])
    assert [p.points for p in found.skills[0].takes] == [70] * 4
