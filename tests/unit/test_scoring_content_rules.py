"""Points for paraphrase, validation and order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.findings import (
    FACTS,
    THANKS,
    THREAT,
    TURN,
    facts_with,
    heard_all,
    missteps,
    moves,
    number,
)
from voice_trainer.domain.listening import (
    EmotionFinding,
    EmotionStatus,
    FactFinding,
    FactStatus,
    Listening,
    MisstepKind,
    MoveKind,
    WishFinding,
)
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.score import Criterion, CriterionScore
from voice_trainer.scoring import load_rubric
from voice_trainer.scoring.content_rules import judge_order, judge_paraphrase, judge_validation
from voice_trainer.scoring.rubric import along

RULES = load_rubric().criteria
PARAPHRASE, VALIDATION, ORDER = (
    RULES[c] for c in (Criterion.PARAPHRASE, Criterion.VALIDATION, Criterion.ORDER)
)
NONE = EmotionFinding(EmotionStatus.NONE)


def paraphrase(**different: object) -> CriterionScore:
    return judge_paraphrase(heard_all(**different), TURN, PARAPHRASE)


def points(score: CriterionScore) -> int:
    assert score.points is not None
    return score.points


def lost(score: CriterionScore) -> float:
    return sum(reason.points_lost for reason in score.reasons)


def test_all_facts_and_the_wish_in_own_words_get_full_marks() -> None:
    score = paraphrase()
    assert score.points == 100
    assert score.reasons[0].text == "You gave back all 3 facts in your own words."


@pytest.mark.parametrize("status", [FactStatus.MISSED, FactStatus.PARTLY])
def test_a_fact_costs_by_its_weight(status: FactStatus) -> None:
    light = paraphrase(facts=facts_with(late=status))
    heavy = paraphrase(facts=facts_with(day_off=status))
    assert 100 - points(heavy) == pytest.approx(2 * (100 - points(light)), abs=1)


@pytest.mark.parametrize("kind", list(FactStatus))
def test_every_lost_point_has_a_reason_with_norm_and_source(kind: FactStatus) -> None:
    score = paraphrase(facts=facts_with(late=kind), wish=WishFinding(kind))
    assert lost(score) == pytest.approx(100 - points(score), abs=0.7)
    assert all(reason.norm and reason.source for reason in score.reasons)


def test_what_was_missed_is_named_in_the_scenarios_words() -> None:
    score = paraphrase(facts=facts_with(stories=FactStatus.MISSED))
    assert FACTS[1].text in score.reasons[0].text


def test_an_unsure_fact_costs_nothing() -> None:
    unsure = paraphrase(facts=facts_with(late=FactStatus.UNSURE))
    left_out = paraphrase(facts=facts_with()[1:])
    assert points(unsure) == points(left_out) == 100
    assert not any("late" in r.text or FACTS[0].text in r.text for r in unsure.reasons)


def test_nothing_but_unsure_facts_is_not_scored() -> None:
    score = paraphrase(status=FactStatus.UNSURE)
    assert score.withheld is not None
    assert score.withheld.code == "facts_unsure"
    assert "transcript" in score.withheld.remedy


@pytest.mark.parametrize(
    ("status", "earned"), [(FactStatus.REFLECTED, 100), (FactStatus.PARTLY, 55), (FactStatus.MISSED, 10)]
)
def test_where_only_a_wish_is_declared_it_is_what_has_to_come_back(status: FactStatus, earned: int) -> None:
    wish = WishFinding(status, Heard("cancel it") if status is not FactStatus.MISSED else None)
    score = judge_paraphrase(heard_all(facts=(), wish=wish), THREAT, PARAPHRASE)
    assert points(score) == pytest.approx(earned, abs=1)


def test_a_turn_without_facts_and_wish_is_not_scored() -> None:
    score = judge_paraphrase(heard_all(facts=(), wish=WishFinding(None)), THREAT, PARAPHRASE)
    assert score.withheld is not None
    assert score.withheld.code == "no_facts"


def test_a_wrong_fact_caps_and_shows_both_sides() -> None:
    wrong = FactFinding(
        "late", FactStatus.CONTRADICTED, Heard("eight weeks", 2.0, 3.0), 1.0, "eight, not three"
    )
    score = paraphrase(facts=(wrong, *facts_with()[1:]))
    assert points(score) <= PARAPHRASE.numbers["contradicted_cap"]
    told = next(r for r in score.reasons if "differently" in r.text)
    assert "eight, not three" in told.text
    assert told.heard[0].text == "eight weeks"
    assert lost(score) == pytest.approx(100 - points(score), abs=0.7)


def test_an_invented_claim_costs_and_caps() -> None:
    score = paraphrase(added=(Heard("you were promised a refund", 8.0, 9.5),))
    assert points(score) <= PARAPHRASE.numbers["added_cap"]
    assert any("you were promised a refund" in r.text for r in score.reasons)


def test_without_a_declared_wish_the_facts_weigh_all() -> None:
    none = WishFinding(None)
    assert points(paraphrase(wish=none)) == 100
    all_missed = paraphrase(wish=none, status=FactStatus.MISSED)
    assert points(all_missed) == pytest.approx(100 * PARAPHRASE.numbers["form"], abs=1)


def test_copying_costs_and_shows_the_copied_words() -> None:
    copied = Heard("it still hasn't arrived", 1.0, 2.0)
    score = paraphrase(copied_share=number("copied_share", 0.8), copied=(copied,))
    assert points(score) == pytest.approx(100 - along(PARAPHRASE.curves["copied_share"], 0.8), abs=0.51)
    assert points(score) < 60
    assert copied in score.reasons[0].heard


def test_a_list_of_key_words_is_no_paraphrase() -> None:
    assert points(paraphrase(missteps=missteps(MisstepKind.WORD_LIST))) == 50


def test_a_plain_statement_could_be_more_of_a_reflection() -> None:
    assert points(paraphrase(reflective_form=number("reflective_form", 0.0))) == 90
    assert points(paraphrase(reflective_form=number("reflective_form", None))) == 100


def validation(**different: object) -> CriterionScore:
    return judge_validation(heard_all(**different), TURN, VALIDATION)


def test_a_named_feeling_is_praised_with_its_words() -> None:
    score = validation()
    assert score.points == 100
    assert score.reasons[0].heard[0].text == "fed up"


def test_specific_beats_general_beats_canned_beats_nothing() -> None:
    found = [
        EmotionFinding(EmotionStatus.NAMED),
        EmotionFinding(EmotionStatus.GENERIC, Heard("that is hard")),
        EmotionFinding(EmotionStatus.NONE, Heard("sorry for any inconvenience"), canned=True),
        NONE,
    ]
    scores = [points(validation(emotion=emotion)) for emotion in found]
    assert scores == sorted(set(scores), reverse=True)
    assert all("frustrated" in validation(emotion=e).reasons[0].text for e in (found[1], found[3]))


@pytest.mark.parametrize(
    "kind", ["blame", "calm_down", "minimising", "but_after_validation", "policy_shield"]
)
def test_what_takes_the_feeling_back_costs(kind: str) -> None:
    score = validation(missteps=missteps(MisstepKind(kind)))
    assert lost(score) == 100 - points(score) > 0
    assert score.reasons[0].heard[0].text == f"words of {kind}"


def test_a_calm_customer_needs_no_validation() -> None:
    score = judge_validation(heard_all(emotion=NONE), THANKS, VALIDATION)
    assert score.withheld is not None
    assert score.withheld.code == "nothing_to_validate"


def test_without_a_scenario_the_feeling_counts_all_the_same() -> None:
    bare = replace(THANKS, emotion="")
    assert judge_validation(heard_all(emotion=NONE, indicative=True), bare, VALIDATION).points is not None


def order(listening: Listening) -> CriterionScore:
    return judge_order(listening, TURN, ORDER)


def test_acknowledge_give_back_check_is_the_order() -> None:
    assert order(heard_all()).points == 100
    assert "in that order" in order(heard_all()).reasons[0].text
    turned = order(heard_all(moves=moves(MoveKind.PARAPHRASE, MoveKind.ACKNOWLEDGE, MoveKind.CHECK)))
    assert turned.points == 100
    assert "in that order" not in turned.reasons[0].text


@pytest.mark.parametrize("left_out", [MoveKind.ACKNOWLEDGE, MoveKind.PARAPHRASE, MoveKind.CHECK])
def test_each_move_left_out_costs(left_out: MoveKind) -> None:
    kinds = [k for k in (MoveKind.ACKNOWLEDGE, MoveKind.PARAPHRASE, MoveKind.CHECK) if k is not left_out]
    score = order(heard_all(moves=moves(*kinds)))
    assert lost(score) == 100 - points(score) > 0


@pytest.mark.parametrize("kind", [MisstepKind.SOLUTION_FIRST, MisstepKind.QUESTIONS_ONLY])
def test_solving_or_asking_first_costs(kind: MisstepKind) -> None:
    assert points(order(heard_all(missteps=missteps(kind)))) < 60


def test_policy_first_costs_and_policy_later_does_not() -> None:
    usual = (MoveKind.ACKNOWLEDGE, MoveKind.PARAPHRASE, MoveKind.CHECK)
    assert points(order(heard_all(moves=moves(MoveKind.POLICY, *usual)))) <= 50
    assert points(order(heard_all(moves=moves(*usual, MoveKind.POLICY)))) == 100


def test_a_goodbye_has_no_order_to_keep() -> None:
    """A thank-you asks for no paraphrase: points lost there would be a false lesson."""
    score = judge_order(heard_all(facts=(), moves=moves(MoveKind.CLOSING)), THANKS, ORDER)
    assert score.points is None
    assert score.withheld is not None
    assert score.withheld.code == "nothing_to_order"


def test_a_calm_customer_with_facts_needs_no_acknowledging() -> None:
    calm = replace(TURN, emotion="calm")
    score = judge_order(heard_all(moves=moves(MoveKind.PARAPHRASE, MoveKind.CHECK)), calm, ORDER)
    assert score.points == 100
