"""Whatever is said, the measurements keep their ranges and point into the reply."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from voice_trainer.domain.scenario import CallKind, Fact, Scenario, Turn, Wish
from voice_trainer.domain.transcript import typed
from voice_trainer.listening import measure_indicative, measure_listening
from voice_trainer.listening.quantities import find_quantities
from voice_trainer.listening.text import tokens_of_text

TURN = Turn(
    "t",
    "You charged me twice, eighty-four pounds, and my rent bounced on Friday.",
    emotion="angry",
    wish=Wish("have the money back"),
    facts=(
        Fact("twice", "they were charged twice", contrary="they were charged once"),
        Fact("rent", "the rent bounced on Friday"),
    ),
)
CALL = Scenario("s", 1, "S", "x", "en-GB", CallKind.SALES, 1, (TURN,))
VOCABULARY = """
so you were charged twice not never eighty four pounds a hundred and half rent bounced friday angry but our
policy i will can refund ? . , is that right calm down must be frustrating 84 £12 21st the of
"""
WORDS = st.sampled_from(VOCABULARY.split())
SPOKEN = st.lists(WORDS, max_size=40).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), SPOKEN))
def test_ranges_and_evidence(text: str) -> None:
    listening = measure_listening(typed(text), TURN, scenario=CALL)
    assert len(listening.facts) == len(TURN.facts)
    assert all(0 <= finding.confidence <= 1 for finding in listening.facts)
    for measurement in (listening.copied_share, listening.reflective_form):
        assert measurement.value is None or 0 <= measurement.value <= 1
    plain = " ".join(text.split())
    heard = [move.heard for move in listening.moves]
    heard += [finding.heard for finding in listening.facts if finding.heard]
    heard += [misstep.heard for misstep in listening.missteps if misstep.heard]
    assert all(found.text in plain for found in heard)


@settings(max_examples=40, deadline=None)
@given(SPOKEN, SPOKEN)
def test_indicative_never_fails(reply: str, complaint: str) -> None:
    assert measure_indicative(typed(reply), complaint).indicative


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=2, max_value=9_999))
def test_digits_with_any_unit_keep_their_value(number: int) -> None:
    (found,) = find_quantities(tokens_of_text(f"we waited {number} minutes then").items)
    assert found.amounts == (number * 60.0,)


@settings(max_examples=60, deadline=None)
@given(SPOKEN)
def test_same_reply_same_measurement(text: str) -> None:
    assert measure_listening(typed(text), TURN, scenario=CALL) == measure_listening(
        typed(text), TURN, scenario=CALL
    )
