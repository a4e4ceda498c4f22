"""When something was: what cannot be the same time is told apart, what may be is not."""

from __future__ import annotations

import pytest

from voice_trainer.domain.listening import FactStatus
from voice_trainer.domain.scenario import CallKind, Fact, Scenario, Turn
from voice_trainer.domain.transcript import typed
from voice_trainer.listening import measure_listening
from voice_trainer.listening.moments import Moment, find_moments
from voice_trainer.listening.quantities import find_quantities
from voice_trainer.listening.text import tokens_of_text


def moments(text: str) -> tuple[Moment, ...]:
    tokens = tokens_of_text(text).items
    return find_moments(tokens, find_quantities(tokens))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("this morning", "last night"),
        ("this morning", "this afternoon"),
        ("this morning", "three days ago"),
        ("yesterday", "two days ago"),
        ("yesterday", "three weeks ago"),
        ("yesterday", "this very morning"),
        ("the day before yesterday", "yesterday"),
        ("tomorrow", "last week"),
        ("at night", "at eleven in the morning"),
        ("every evening", "every morning"),
    ],
)
def test_what_cannot_be_the_same_time(one: str, two: str) -> None:
    [first], [second] = moments(one), moments(two)
    assert first.excludes(second)
    assert second.excludes(first)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("last night", "yesterday evening"),
        ("last night", "yesterday"),
        ("yesterday", "a day ago"),
        ("last week", "five days ago"),
        ("three weeks ago", "last month"),
        ("about a week ago", "six days ago"),
        ("this evening", "tonight"),
        ("overnight", "last night"),
        ("yesterday", "in the evening"),
        ("today", "this morning"),
        ("two hours ago", "this morning"),
    ],
)
def test_what_may_be_the_same_time(one: str, two: str) -> None:
    [first], [second] = moments(one), moments(two)
    assert not first.excludes(second)
    assert not second.excludes(first)


@pytest.mark.parametrize("text", ["for three weeks", "on Monday", "good morning", "the night shift", ""])
def test_no_moment(text: str) -> None:
    assert moments(text) == ()


def judged(reply: str, says: str, fact: str) -> FactStatus:
    turn = Turn("opening", says, "angry", facts=(Fact("when", fact),))
    call = Scenario("when", 1, "When", "tests", "en-GB", CallKind.COMPLAINT, 1, (turn,))
    [found] = measure_listening(typed(reply), turn, scenario=call).facts
    return found.status


SAYS = "My card was declined at the grocery store this morning."
FACT = "the card was declined at the grocery store this morning"


def test_another_time_contradicts() -> None:
    said = "So your card was declined at the grocery store last night, is that right?"
    assert judged(said, SAYS, FACT) is FactStatus.CONTRADICTED


@pytest.mark.parametrize(
    "said",
    [
        "So your card was declined at the grocery store earlier today, is that right?",
        "So your card was declined at the grocery store, is that right?",
        "Thank you for calling today. Your card was declined at the grocery store this morning.",
    ],
)
def test_the_same_time_or_none_does_not(said: str) -> None:
    assert judged(said, SAYS, FACT) is not FactStatus.CONTRADICTED


def test_another_of_the_customers_times_belongs_to_another_fact() -> None:
    says = f"{SAYS} Last night it worked."
    said = "Your card was declined at the grocery store this morning and last night it worked."
    assert judged(said, says, FACT) is not FactStatus.CONTRADICTED
