"""One strength, one change, one sentence; and how the customer takes it."""

from __future__ import annotations

import pytest

from tests.findings import CALL, FACTS, THANKS, TURN, blocking, facts_with, heard_all, missteps, moves, spoken
from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.listening import (
    EmotionFinding,
    EmotionStatus,
    FactStatus,
    Listening,
    MisstepKind,
    MoveKind,
    WishFinding,
)
from voice_trainer.domain.measurement import NotScored
from voice_trainer.domain.scenario import Reaction, Turn
from voice_trainer.domain.score import Score
from voice_trainer.domain.transcript import Transcript, typed
from voice_trainer.scoring import load_rubric, refuse_content, score_take
from voice_trainer.scoring.persons import to_second_person

RUBRIC = load_rubric()
WORDS = typed("You sound fed up. Your coffee machine was ordered three weeks ago.")


def judge(
    listening: Listening | None,
    *,
    delivery: Delivery | None = None,
    turn: Turn = TURN,
    transcript: Transcript | None = WORDS,
) -> Score:
    return score_take(
        RUBRIC, scenario=CALL, turn=turn, transcript=transcript, delivery=delivery, listening=listening
    )


def test_a_good_take_is_told_to_try_a_harder_call() -> None:
    feedback = judge(heard_all(), delivery=spoken()).feedback
    assert feedback.strength == "You gave back all 3 facts in your own words."
    assert feedback.change == "Nothing to change here: try a harder call."
    assert feedback.try_saying == TURN.model_replies[0]


def test_the_change_is_the_dearest_loss_and_never_the_strength() -> None:
    listening = heard_all(facts=facts_with(day_off=FactStatus.MISSED))
    feedback = judge(listening, delivery=spoken(pause_share=0.5)).feedback
    assert FACTS[2].text in feedback.change
    assert feedback.strength != feedback.change


def test_the_sentence_to_try_holds_what_was_missed_said_to_the_customer() -> None:
    listening = heard_all(facts=facts_with(day_off=FactStatus.MISSED))
    assert "you stayed at home on Tuesday" in judge(listening).feedback.try_saying


def test_the_sentence_names_the_feeling_where_it_was_passed_over() -> None:
    listening = heard_all(emotion=EmotionFinding(EmotionStatus.NONE))
    assert "frustrating" in judge(listening).feedback.try_saying


def test_a_steady_voice_is_a_strength_and_nothing_to_change() -> None:
    silent = judge(None, delivery=spoken(raised=0.0), transcript=None)
    assert "steady" in silent.feedback.strength or "easy to follow" in silent.feedback.strength
    assert "steady" not in silent.feedback.change


def test_where_nothing_was_scored_the_remedy_is_the_change() -> None:
    score = judge(None, transcript=None)
    assert not score.anything_scored
    assert score.listening_points is None
    assert score.delivery_points is None
    assert "microphone" in score.feedback.change
    assert all((score.feedback.strength, score.feedback.change, score.feedback.try_saying))


def test_listening_and_delivery_are_never_mixed() -> None:
    words = judge(heard_all())
    assert (words.listening_points, words.delivery_points) == (100, None)
    sound = judge(None, delivery=spoken(), transcript=None)
    assert sound.listening_points is None
    assert sound.delivery_points is not None


@pytest.mark.parametrize(
    ("transcript", "delivery", "code"),
    [
        (None, None, "no_speech"),
        (typed("  "), None, "no_speech"),
        (Transcript("hm", (), "x", "y", 0.49), None, "transcript_unreliable"),
        (WORDS, spoken(problems=(blocking("mixed"),)), "mixed"),
        (Transcript("hm", (), "x", "y", 0.5), None, None),
        (Transcript("hm", (), "x", "y", None), None, None),
    ],
)
def test_words_are_refused_for_a_reason(
    transcript: Transcript | None, delivery: Delivery | None, code: str | None
) -> None:
    refusal = refuse_content(transcript, delivery=delivery, rubric=RUBRIC)
    assert (refusal.code if refusal else None) == code
    if refusal is not None:
        assert refusal.remedy


def test_refused_words_are_not_judged_even_if_they_were_measured() -> None:
    score = judge(heard_all(), transcript=Transcript("hm", (), "x", "y", 0.1))
    assert score.listening_points is None
    assert score.reaction is Reaction.SAME
    assert "nothing is held against you" in score.reaction_reason


def test_listenings_own_reason_to_abstain_is_passed_on() -> None:
    why = NotScored("language", "The language is not known.", "Use English.")
    score = judge(heard_all(withheld=why))
    assert {c.withheld for c in score.criteria[2:]} == {why}


def test_a_customer_who_was_heard_calms_down() -> None:
    assert judge(heard_all(), delivery=spoken()).reaction is Reaction.CALMER


@pytest.mark.parametrize("kind", [MisstepKind.BLAME, MisstepKind.CALM_DOWN])
def test_blame_angers_whatever_else_was_good(kind: MisstepKind) -> None:
    score = judge(heard_all(missteps=missteps(kind)), delivery=spoken())
    assert score.reaction is Reaction.ANGRIER
    assert score.reaction_reason


def test_a_customer_of_whom_little_came_back_is_angrier() -> None:
    cold = heard_all(
        status=FactStatus.MISSED,
        wish=WishFinding(FactStatus.MISSED),
        emotion=EmotionFinding(EmotionStatus.NONE),
        moves=(),
    )
    assert judge(cold).reaction is Reaction.ANGRIER


@pytest.mark.parametrize(("raised", "reaction"), [(0.1, "calmer"), (0.9, "same"), (1.6, "angrier")])
def test_a_raised_voice_undoes_good_words(raised: float, reaction: str) -> None:
    assert judge(heard_all(), delivery=spoken(raised=raised)).reaction == reaction


def test_a_goodbye_is_not_judged_and_angers_nobody() -> None:
    goodbye = heard_all(facts=(), wish=WishFinding(None), moves=moves(MoveKind.CLOSING))
    score = judge(goodbye, turn=THANKS)
    assert score.listening_points is None
    assert score.reaction is Reaction.SAME
    assert score.reaction_reason == "there was nothing to give back here"


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("they took the day off", "you took the day off"),
        ("she was promised a refund", "you were promised a refund"),
        ("the customer works nights", "you work nights"),
        ("nobody told her anything", "nobody told you anything"),
        ("nobody rang her", "nobody rang you"),
        ("the bank rang her back about her bill", "the bank rang you back about your bill"),
        ("their order is late", "your order is late"),
        ("My bill is wrong.", "your bill is wrong"),
        ("Your engineer never came and I was off work", "our engineer never came and you were off work"),
        ("I'm sure I told you that you owe me", "you're sure you told us that we owe you"),
        ("The sofa you sent is torn", "the sofa we sent is torn"),
        ("her mother lost her glasses and she is upset", "your mother lost her glasses and she is upset"),
        ("he is best man at his brother's wedding", "you are best man at your brother's wedding"),
        ("the nurse told his father to wait", "the nurse told your father to wait"),
        (
            "she does not know what the driver did with his key",
            "you do not know what the driver did with his key",
        ),
    ],
)
def test_facts_are_said_to_the_customer(about: str, told: str) -> None:
    assert to_second_person(about) == told
