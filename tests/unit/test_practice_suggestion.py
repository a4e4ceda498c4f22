"""What is due, how hard, and on which call or turn."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.practised import CONTENT, START, attempt, call, stores
from voice_trainer.domain.scenario import CallKind
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import ScenarioError, UsageError
from voice_trainer.practice.drill import DRILLS, choose_turn, drill_for
from voice_trainer.practice.scheduling import skills_due
from voice_trainer.practice.suggestion import level_after, suggest
from voice_trainer.testing.audio import FixedClock
from voice_trainer.testing.stores import MemoryGrowthStore

CALLS = [
    call("easy", difficulty=1),
    call("feeling", difficulty=1, skills=(Criterion.VALIDATION,)),
    call("middle", difficulty=2),
    call("hard", difficulty=3),
    call("sell", difficulty=1, skills=(Criterion.HELPFULNESS,), kind=CallKind.SALES),
]
ALL_GOOD = dict.fromkeys(CONTENT, 85)


def at_day(day: float) -> FixedClock:
    clock = FixedClock()
    clock.advance((START + timedelta(days=day) - clock.now()).total_seconds())
    assert clock.now() == START + timedelta(days=day)
    return clock


def test_the_first_call_is_easy_and_says_why() -> None:
    _, growth = stores()
    found = suggest(CALLS, person="ann", store=growth, clock=at_day(0))
    assert (found.scenario.id, found.skill, found.level) == ("easy", Criterion.PARAPHRASE, 1)
    assert found.because == "Paraphrase has no score yet; this call trains it at difficulty 1 of 5."


def test_nothing_to_suggest_is_a_clear_error() -> None:
    _, growth = stores()
    with pytest.raises(ScenarioError) as caught:
        suggest([], person="ann", store=growth, clock=at_day(0))
    assert caught.value.code == "scenarios_missing"


def test_the_weak_skill_comes_back_first_and_on_another_call() -> None:
    attempts, growth = stores()
    attempts.save(attempt(CALLS[0], {**ALL_GOOD, Criterion.VALIDATION: 30}))
    found = suggest(CALLS, person="ann", store=growth, clock=at_day(1.5))
    assert (found.skill, found.scenario.id) == (Criterion.VALIDATION, "feeling")
    assert found.because.startswith("Validation is due again (30 points yesterday); ")


def test_a_skill_without_a_score_comes_before_waiting() -> None:
    attempts, growth = stores()
    attempts.save(attempt(CALLS[0], ALL_GOOD))
    found = suggest(CALLS, person="ann", store=growth, clock=at_day(0.1))
    assert (found.skill, found.scenario.id) == (Criterion.HELPFULNESS, "sell")
    rest = suggest(CALLS[:4], person="ann", store=growth, clock=at_day(0.1))
    assert rest.because.startswith("Nothing is due today, paraphrase comes up next (on Wednesday 4 March)")
    assert rest.scenario.id != "easy"


def test_a_skill_no_call_trains_is_not_suggested() -> None:
    attempts, growth = stores()
    attempts.save(attempt(CALLS[0], {Criterion.PACE: 20}))
    found = suggest(CALLS, person="ann", store=growth, clock=at_day(5))
    assert found.skill is not Criterion.PACE
    only = suggest([call("x", skills=())], person="ann", store=growth, clock=at_day(5))
    assert only.scenario.id == "x"


def test_the_call_practised_longest_ago_comes_first() -> None:
    attempts, growth = stores()
    calls = [call("one"), call("two"), call("three")]
    for day, one in enumerate((calls[2], calls[0], calls[1])):
        attempts.save(attempt(one, dict.fromkeys(CONTENT, 65), day=day))
    assert suggest(calls, person="ann", store=growth, clock=at_day(30)).scenario.id == "three"


@pytest.mark.parametrize(
    ("calls", "level"),
    [
        ([], 1),
        ([(1, 85)], 1),
        ([(1, 85), (1, 80)], 2),
        ([(1, 85), (1, 70), (1, 85)], 1),
        ([(1, 85), (1, 85), (1, 85), (1, 85)], 2),  # easier than the level proves nothing
        ([(2, 85), (2, 85), (3, 85), (3, 85)], 3),
        ([(1, 85), (1, 85), (2, 40), (2, 59)], 1),
        ([(1, 85), (1, 85), (5, 40), (5, 40)], 2),  # harder than the level proves nothing either
        ([(1, 0), (1, 0), (1, 0)], 1),
        ([(5, 100)] * 20, 5),
    ],
)
def test_difficulty_follows_success(calls: list[tuple[int, int]], level: int) -> None:
    assert level_after(calls) == level


def test_difficulty_settles_where_most_calls_go_well_enough() -> None:
    """A learner whose points fall by ten a level: about three calls in four do not end in the low band."""
    draw = random.Random(7)
    late: list[int] = []
    for ability in range(85, 120, 5):
        done: list[tuple[int, int]] = []
        for number in range(400):
            level = level_after(done)
            points = round(min(100, max(0, draw.gauss(ability - 10 * level, 12))))
            done.append((level, points))
            if number >= 100:
                late.append(points)
    success = sum(points >= 60 for points in late) / len(late)
    assert 0.70 <= success <= 0.80, success


def test_the_better_it_went_the_later_it_is_due() -> None:
    dues = []
    for points in (40, 65, 82, 95):
        attempts, growth = stores()
        attempts.save(attempt(CALLS[0], {Criterion.ORDER: points}))
        [one] = skills_due("ann", growth, takes=growth.practised("ann"), now=START)
        dues.append((one.due - START).days)
    assert dues == sorted(dues)
    assert dues[0] == 1
    assert dues[-1] >= 7


def test_the_same_past_gives_the_same_day_however_often_one_looks() -> None:
    def dues(looks: bool) -> list[object]:
        attempts, growth = stores()
        for day, points in enumerate((40, 65, 82, 95, 30)):
            attempts.save(attempt(CALLS[0], {Criterion.ORDER: points}, day=2 * day))
            if looks:
                skills_due("ann", growth, takes=growth.practised("ann"), now=START)
        return [skills_due("ann", growth, takes=growth.practised("ann"), now=START), growth.cards("ann")]

    assert dues(True) == dues(False)


def test_a_card_that_cannot_be_read_is_made_anew() -> None:
    attempts, growth = stores()
    attempts.save(attempt(CALLS[0], {Criterion.ORDER: 82}))
    [sound] = skills_due("ann", growth, takes=growth.practised("ann"), now=START)
    for broken in ("", "{}", "null", '{"card_id": "x"}'):
        growth.save_cards("ann", {Criterion.ORDER: broken})
        assert skills_due("ann", growth, takes=growth.practised("ann"), now=START) == [sound]


def test_a_drill_is_a_repetition_too_but_no_call() -> None:
    attempts, growth = stores()
    attempts.save(attempt(CALLS[0], {Criterion.ORDER: 40}, drill=Criterion.ORDER))
    found = suggest(CALLS, person="ann", store=growth, clock=at_day(2))
    assert (found.skill, found.scenario.id) == (Criterion.ORDER, "easy")


def test_turns_for_drills_take_turns() -> None:
    attempts, growth = stores()
    calls = [call("one"), call("two"), call("three")]
    heard: list[tuple[str, str]] = []
    for _ in range(4):
        one = choose_turn(calls, Criterion.PACE, skipping=heard)
        heard.append((one.scenario.id, one.turn.id))
    assert {name for name, _ in heard[:3]} == {"one", "two", "three"}
    assert heard[3] == heard[0]
    attempts.save(attempt(calls[0], {Criterion.PACE: 50}, drill=Criterion.PACE))
    takes = growth.practised("ann")
    assert choose_turn(calls[:2], Criterion.PACE, practised=takes).scenario.id == "two"
    assert choose_turn(calls[:2], Criterion.ORDER, practised=takes).scenario.id == "one"


def test_every_drill_finds_a_short_turn_among_the_built_in_calls() -> None:
    from voice_trainer.library import ScenarioLibrary, builtin_folder

    calls = ScenarioLibrary([builtin_folder()]).all()
    for skill, drill in DRILLS.items():
        one = choose_turn(calls, skill)
        assert drill.fits(one.turn)
        assert len(one.turn.says.split()) <= 45


def test_a_skill_without_a_drill_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no drill for helpfulness") as caught:
        drill_for(Criterion.HELPFULNESS)
    assert "paraphrase" in caught.value.remedy


def test_the_store_is_asked_for_one_person_only() -> None:
    attempts, growth = stores()
    attempts.save(attempt(CALLS[0], {Criterion.ORDER: 40}, person="bob"))
    assert isinstance(growth, MemoryGrowthStore)
    assert suggest(CALLS, person="ann", store=growth, clock=at_day(9)).skill is Criterion.PARAPHRASE
