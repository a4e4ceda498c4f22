"""Whatever was practised, progress stays what it claims to be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.practised import START, attempt, call, judged, stores
from voice_trainer.domain.progress import PractisedTake
from voice_trainer.domain.score import Criterion
from voice_trainer.practice.progress import estimate, skill_progress
from voice_trainer.practice.scheduling import skills_due
from voice_trainer.practice.suggestion import level_after, suggest
from voice_trainer.testing.audio import FixedClock

SKILL = Criterion.PARAPHRASE
scores = st.none() | st.integers(0, 100)
takes = st.lists(
    st.tuples(scores, st.sampled_from("123"), st.booleans(), st.integers(0, 40)), max_size=25
).map(
    lambda drawn: [
        judged(points, day=day, rubric=rubric, drill=drill, name=f"{index:03d}")
        for index, (points, rubric, drill, day) in enumerate(drawn)
    ]
)


@given(st.lists(st.integers(0, 100), max_size=60))
def test_an_estimate_lies_in_its_interval_and_on_the_scale(points: list[int]) -> None:
    found = estimate(points)
    assert (found is None) is (len(points) < 3)
    if found is not None:
        assert 0 <= found.low <= found.points <= found.high <= 100
        assert min(points) - 1e-9 <= found.points <= max(points) + 1e-9


@given(takes, st.randoms(use_true_random=False))
def test_the_order_takes_come_in_does_not_matter(given_takes: list[PractisedTake], random: st.Random) -> None:
    shuffled = list(given_takes)
    random.shuffle(shuffled)
    assert skill_progress(given_takes, SKILL) == skill_progress(shuffled, SKILL)


@given(takes)
def test_rubrics_are_never_mixed_and_nothing_unscored_counts(given_takes: list[PractisedTake]) -> None:
    found = skill_progress(given_takes, SKILL)
    if found is None:
        assert given_takes == []
        return
    alone = skill_progress([t for t in given_takes if t.rubric == found.rubric], SKILL)
    assert alone is not None
    assert (found.takes, found.drills, found.estimate) == (alone.takes, alone.drills, alone.estimate)
    scored = [t for t in given_takes if t.points]
    others = sum(count for _, count in found.other_rubrics)
    assert len(found.takes) + len(found.drills) + others == len(scored)
    assert found.withheld == len(given_takes) - len(scored)
    without = skill_progress(scored, SKILL)
    assert without is None or replace(without, withheld=found.withheld) == found or not scored


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 100))))
def test_the_level_stays_on_its_scale_and_moves_a_step_at_a_time(calls: list[tuple[int, int]]) -> None:
    levels = [level_after(calls[:count]) for count in range(len(calls) + 1)]
    assert all(1 <= level <= 5 for level in levels)
    assert all(abs(a - b) <= 1 for a, b in pairwise(levels))


@given(st.lists(st.tuples(st.sampled_from(Criterion), st.integers(0, 100), st.integers(0, 30)), max_size=12))
def test_whatever_was_practised_a_call_is_suggested_with_a_reason(
    practised: list[tuple[Criterion, int, int]],
) -> None:
    attempts, growth = stores()
    calls = [call("one"), call("two", difficulty=3), call("three", skills=(Criterion.PACE,))]
    for index, (skill, points, day) in enumerate(practised):
        attempts.save(attempt(calls[index % 3], {skill: points}, day=day + index / 100))
    clock = FixedClock()
    clock.advance((START - clock.now()).total_seconds() + 31 * 86400)
    found = suggest(calls, person="ann", store=growth, clock=clock)
    assert found.scenario in calls
    assert found.because.count(".") == 1
    due = skills_due("ann", growth, takes=growth.practised("ann"), now=clock.now())
    assert {one.skill for one in due} == {skill for skill, _, _ in practised}
    assert all(0 <= one.recall <= 1 for one in due)
    assert [one.due for one in due] == sorted(one.due for one in due)
