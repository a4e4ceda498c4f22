"""Times compare the same whichever comes first, and none excludes itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voice_trainer.listening.moments import Moment, find_moments
from voice_trainer.listening.quantities import find_quantities
from voice_trainer.listening.text import tokens_of_text

DAYS = st.sampled_from(
    ["yesterday", "tomorrow", "today", "last night", "this morning", "tonight", "last week"]
)
UNITS = st.sampled_from(["day", "week", "month", "year"])
AGO = st.builds(lambda number, unit: f"{number} {unit}s ago", st.integers(2, 40), UNITS)
TEXTS = DAYS | AGO | st.builds(lambda part: f"in the {part}", st.sampled_from(["morning", "evening"]))


def only(text: str) -> Moment:
    tokens = tokens_of_text(text).items
    [found] = find_moments(tokens, find_quantities(tokens))
    return found


@given(TEXTS, TEXTS)
def test_order_does_not_matter(one: str, two: str) -> None:
    first, second = only(one), only(two)
    assert first.excludes(second) == second.excludes(first)
    assert not first.excludes(first)


@given(st.integers(2, 40), st.integers(2, 40))
def test_days_ago_are_told_apart_exactly(one: int, two: int) -> None:
    assert only(f"{one} days ago").excludes(only(f"{two} days ago")) == (one != two)


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    tokens = tokens_of_text(text).items
    for moment in find_moments(tokens, find_quantities(tokens)):
        assert 0 <= moment.first < moment.last <= len(tokens)
