"""Values in words and digits."""

from __future__ import annotations

import pytest

from voice_trainer.listening.quantities import QuantityKind, find_quantities, parse_value
from voice_trainer.listening.text import tokens_of_text

WEEK = 604_800.0


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("a hundred and forty pounds", QuantityKind.MONEY, 140),
        ("fourteen hundred and sixty pounds", QuantityKind.MONEY, 1460),
        ("£1,460", QuantityKind.MONEY, 1460),
        ("two thousand three hundred and fifty dollars", QuantityKind.MONEY, 2350),
        ("nine pounds ninety", QuantityKind.MONEY, 9.9),
        ("eleven pence", QuantityKind.MONEY, 0.11),
        ("three and a half weeks", QuantityKind.DURATION, 3.5 * WEEK),
        ("a couple of weeks", QuantityKind.DURATION, 2 * WEEK),
        ("a fortnight", QuantityKind.DURATION, 2 * WEEK),
        ("an hour and a half", QuantityKind.DURATION, 5400),
        ("half an hour", QuantityKind.DURATION, 1800),
        ("fifty-one years", QuantityKind.DURATION, 51 * 31_557_600),
        ("the twenty-first", QuantityKind.DAY, 21),
        ("21st of March", QuantityKind.DAY, 21),
        ("in March", QuantityKind.MONTH, 2),
        ("on Thursday's visit", QuantityKind.WEEKDAY, 3),
        ("twice", QuantityKind.TIMES, 2),
        ("the third time", QuantityKind.TIMES, 3),
        ("your fortieth anniversary", QuantityKind.DURATION, 40 * 31_557_600),
        ("half past nine", QuantityKind.CLOCK, 9.5),
        ("8:30", QuantityKind.CLOCK, 8.5),
        ("two small children", QuantityKind.COUNT, 2),
        ("eight forty", QuantityKind.COUNT, 840),
        ("nineteen ninety nine", QuantityKind.COUNT, 19.99),
    ],
)
def test_value(text: str, kind: QuantityKind, amount: float) -> None:
    quantity = parse_value(text)
    assert quantity is not None
    assert quantity.kind is kind
    assert any(value == pytest.approx(amount) for value in quantity.amounts)


@pytest.mark.parametrize("text", ["no one", "the one I may buy", "first of all", "we march on", "hello"])
def test_no_value(text: str) -> None:
    assert find_quantities(tokens_of_text(text).items) == ()


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("3 weeks", "twenty-one days", True),
        ("24 hours", "one day", True),
        ("6 months", "half a year", True),
        ("fifty minutes", "nearly an hour", True),
        ("fifteen", "fifty", False),
        ("tuesday", "friday", False),
        ("84 pounds", "forty eight pounds", False),
    ],
)
def test_agreement(one: str, two: str, same: bool) -> None:
    first, second = parse_value(one), parse_value(two)
    assert first is not None
    assert second is not None
    assert first.agrees(second) is same
    assert second.agrees(first) is same
