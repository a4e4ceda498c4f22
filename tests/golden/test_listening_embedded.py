"""What only embeddings can tell: idioms, invented claims, sympathy without a feeling's name."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import pytest

from voice_trainer.adapters import minilm
from voice_trainer.domain.listening import EmotionStatus, FactStatus, Listening, MisstepKind
from voice_trainer.domain.scenario import CallKind, Fact, Scenario, Turn, Wish
from voice_trainer.domain.transcript import typed
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.listening import measure_listening
from voice_trainer.practice.assess import expect_reply

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec(minilm.PACKAGE) is None, reason="the optional embeddings wheel is not installed"
)
TURN = Turn(
    "opening",
    "Our hot tub was meant to be serviced on Tuesday and your man never turned up. The water has gone green, "
    "and my parents arrive on Saturday for their golden wedding. I'm really annoyed. Just get it clean.",
    emotion="annoyed",
    wish=Wish("have the hot tub cleaned before Saturday"),
    facts=(
        Fact(
            "no-show",
            "nobody came to service the hot tub on Tuesday",
            contrary="the service was done on Tuesday",
        ),
        Fact("green", "the water has gone green", contrary="the water is lovely and clear"),
        Fact("parents", "the customer's parents arrive on Saturday for their golden wedding"),
    ),
)
CALL = Scenario("tub", 1, "A green hot tub", "retail", "en-GB", CallKind.COMPLAINT, 2, (TURN,))
GIVEN = (
    "You sound really annoyed. Nobody came on Tuesday to service your hot tub, the water has gone green, "
    "and your parents arrive on Saturday for their golden wedding{}. You want it cleaned before then. "
    "Have I got that right?"
)


@pytest.fixture(scope="module")
def embedder() -> minilm.MiniLmEmbedder:
    return minilm.MiniLmEmbedder()


def measure(text: str, embedder: minilm.MiniLmEmbedder) -> Listening:
    return measure_listening(typed(text), TURN, scenario=CALL, embedder=embedder)


class CountingEmbedder:
    """Tells which texts it was asked for that it had not met."""

    def __init__(self, inner: minilm.MiniLmEmbedder) -> None:
        self._inner = inner
        self._met: set[str] = set()
        self.fresh: set[str] = set()

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.fresh |= set(texts) - self._met
        self._met |= set(texts)
        return self._inner.embed(texts)


def test_an_expected_reply_asks_only_for_its_own_words(embedder: minilm.MiniLmEmbedder) -> None:
    counting = CountingEmbedder(embedder)
    expect_reply(TURN, scenario=CALL, embedder=counting)
    met = counting.fresh
    counting.fresh = set()
    measure_listening(typed(GIVEN.format("")), TURN, scenario=CALL, embedder=counting)
    declared = {text for fact in TURN.facts for text in (fact.text, fact.contrary) if text}
    assert declared <= met
    assert counting.fresh
    assert counting.fresh.isdisjoint(declared)


def test_complete_reply_adds_nothing(embedder: minilm.MiniLmEmbedder) -> None:
    listening = measure(GIVEN.format(""), embedder)
    assert {fact.status for fact in listening.facts} == {FactStatus.REFLECTED}
    assert not listening.added


@pytest.mark.parametrize(
    "claim", ["your neighbour has reported you to the council", "you've already hired a solicitor"]
)
def test_invented_claim_is_named(claim: str, embedder: minilm.MiniLmEmbedder) -> None:
    added = measure(GIVEN.format(f", and {claim}"), embedder).added
    assert [claim in heard.text for heard in added] == [True]


def test_strange_clause_may_stand_for_a_missed_fact(embedder: minilm.MiniLmEmbedder) -> None:
    reply = (
        "You sound really annoyed. Nobody came on Tuesday to service your hot tub, your parents "
        "arrive on Saturday for their golden wedding, and you're left staring at a bowl of pea soup. "
        "You want it cleaned before then?"
    )
    listening = measure(reply, embedder)
    assert not listening.added
    status = {fact.fact_id: fact for fact in listening.facts}
    assert status["green"].status is FactStatus.PARTLY
    assert status["green"].confidence < 0.5


def test_idioms_alone_prove_nothing(embedder: minilm.MiniLmEmbedder) -> None:
    reply = (
        "You bought a kettle that blew the fuses, your landlord is livid, and your cat ran off in the rain."
    )
    assert {fact.status for fact in measure(reply, embedder).facts} == {FactStatus.MISSED}


def test_good_turn_announced_is_a_contradiction(embedder: minilm.MiniLmEmbedder) -> None:
    reply = "Luckily the water is still clear, but nobody came on Tuesday to service it."
    status = {fact.fact_id: fact.status for fact in measure(reply, embedder).facts}
    assert status["green"] is FactStatus.CONTRADICTED
    assert status["no-show"] is FactStatus.REFLECTED


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("That would try the patience of a saint.", EmotionStatus.GENERIC),
        ("I'd be pulling my hair out as well.", EmotionStatus.GENERIC),
        ("Thank you so much for calling us today.", EmotionStatus.NONE),
        ("Calm down, there is no need to shout at me.", EmotionStatus.NONE),
    ],
)
def test_sympathy_in_idiom(said: str, status: EmotionStatus, embedder: minilm.MiniLmEmbedder) -> None:
    assert measure(said, embedder).emotion.status is status


@pytest.mark.parametrize(
    "offer",
    ["I'd book you in for Friday", "How about a free clean", "We've got a filter that would suit you"],
)
def test_offer_in_other_words_comes_too_early(offer: str, embedder: minilm.MiniLmEmbedder) -> None:
    missteps = measure(f"{offer}. {GIVEN.format('')}", embedder).missteps
    assert MisstepKind.SOLUTION_FIRST in {misstep.kind for misstep in missteps}
