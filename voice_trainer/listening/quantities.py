"""Numbers, money, dates and durations, in words or digits, as values that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from voice_trainer.listening.numerals import ORDINALS, TENS, half_follows, number_at, ordinal_value
from voice_trainer.listening.text import Token, stem, tokens_of_text

_TIMES = {"once": 1.0, "twice": 2.0, "double": 2.0, "doubled": 2.0, "thrice": 3.0, "triple": 3.0}
WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SECONDS = {
    "second": 1.0,
    "minut": 60.0,
    "hour": 3_600.0,
    "day": 86_400.0,
    "night": 86_400.0,
    "week": 604_800.0,
    "fortnight": 1_209_600.0,
    "month": 2_629_800.0,
    "year": 31_557_600.0,
    "decad": 315_576_000.0,
}
_SHORT_UNITS = {"min": "minut", "hr": "hour", "sec": "second", "yr": "year", "wk": "week", "mth": "month"}
_CURRENCY = {"pound": "£", "quid": "£", "gbp": "£", "dollar": "$", "buck": "$", "usd": "$", "euro": "€"}
_PENCE = {"penc": "£", "penni": "£", "p": "£", "cent": "$"}
_AROUND = frozenset(
    {
        "about",
        "around",
        "roughly",
        "nearly",
        "almost",
        "over",
        "under",
        "more",
        "some",
        "approximately",
        "close",
        "well",
        "just",
        "least",
    }
)
_NOT_UNITS = frozenset(
    {
        "of",
        "and",
        "or",
        "to",
        "in",
        "at",
        "on",
        "for",
        "the",
        "a",
        "an",
        "more",
        "other",
        "us",
        "them",
        "you",
        "your",
        "different",
    }
)


class QuantityKind(StrEnum):
    """What a value measures; only like is compared with like."""

    COUNT = "count"
    MONEY = "money"
    DURATION = "duration"  # amount in seconds
    TIMES = "times"
    WEEKDAY = "weekday"
    MONTH = "month"
    DAY = "day"  # of a month
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value found in tokens ``first:last``; `amounts` holds every reading ("nineteen ninety nine")."""

    kind: QuantityKind
    amounts: tuple[float, ...]
    unit: str
    first: int
    last: int
    hedged: bool = False
    loose: bool = False  # "a week": may be a figure of speech

    def agrees(self, other: Quantity) -> bool:
        """Whether both may mean the same value."""
        tolerance = 0.2 if self.hedged or other.hedged else 0.035 if self._spans_months(other) else 1e-6
        return any(
            abs(one - two) <= tolerance * max(abs(one), abs(two), 1e-9)
            for one in self.amounts
            for two in other.amounts
        )

    def comparable(self, other: Quantity) -> bool:
        """Whether a difference between both would mean something."""
        if self.kind is other.kind:
            return self.kind is not QuantityKind.COUNT or _units_meet(self.unit, other.unit)
        plain = {QuantityKind.COUNT}
        if self.kind in plain or other.kind in plain:
            count, typed = (self, other) if self.kind in plain else (other, self)
            return count.unit == "" and typed.kind in {QuantityKind.MONEY, QuantityKind.DURATION}
        return False

    def unit_lost(self, other: Quantity, *, whole: bool = False) -> bool:
        """Whether this is a bare number that the other value has too: "three", of "three weeks".

        A recogniser that mishears the word after a number takes its unit away, or cuts "nine hundred" in
        two; what is left says nothing else than the other value does. With `whole` a part will not do.
        """
        if self.kind is not QuantityKind.COUNT or self.unit:
            return False
        scale = _SECONDS.get(other.unit, 1.0) if other.kind is QuantityKind.DURATION else 1.0
        return any(
            abs(one - part) <= 1e-6
            for one in self.amounts
            for two in other.amounts
            for part in _parts(two / scale, whole)
        )

    def _spans_months(self, other: Quantity) -> bool:
        return self.kind is other.kind is QuantityKind.DURATION and self.unit != other.unit


def _parts(amount: float, whole: bool) -> set[float]:
    """What a number is said of: 84 and 80, 900 and 9, 140 and 100 and 40 and 1."""
    parts = {amount}
    if whole:
        return parts
    for step in (1000.0, 100.0):
        if amount >= step:
            lead = amount // step
            parts |= {lead, lead * step, amount % step}
    if 20 < amount < 100:
        parts.add(amount - amount % 10)
    return parts - {0.0}


def _units_meet(one: str, two: str) -> bool:
    return not one or not two or bool(set(one.split()) & set(two.split()))


def find_quantities(tokens: Sequence[Token]) -> tuple[Quantity, ...]:
    """All values in the tokens, in order; times are seconds, money is in whole currency units."""
    found: list[Quantity] = []
    position = 0
    while position < len(tokens):
        quantity = _quantity_at(tokens, position)
        if quantity is None:
            position += 1
        else:
            found.append(quantity)
            position = quantity.last
    return tuple(found)


def parse_value(text: str) -> Quantity | None:
    """The first value in a text such as ``3 weeks``, ``84 pounds`` or ``tuesday``."""
    found = find_quantities(tokens_of_text(text).items)
    return found[0] if found else None


def _quantity_at(tokens: Sequence[Token], at: int) -> Quantity | None:
    text = tokens[at].text
    if text.rstrip("s") in WEEKDAYS:
        return Quantity(
            QuantityKind.WEEKDAY, (float(WEEKDAYS.index(text.rstrip("s"))),), "weekday", at, at + 1
        )
    if text in MONTHS and (text not in {"may", "march"} or _looks_like_month(tokens, at)):
        return Quantity(QuantityKind.MONTH, (float(MONTHS.index(text)),), "month", at, at + 1)
    if text in _TIMES:
        return Quantity(QuantityKind.TIMES, (_TIMES[text],), "time", at, at + 1)
    ordinal = _ordinal_at(tokens, at)
    if ordinal:
        return ordinal
    special = _loose_duration(tokens, at) or _clock_at(tokens, at)
    if special:
        return special
    number = number_at(tokens, at)
    return _with_unit(tokens, at, *number) if number else None


def _loose_duration(tokens: Sequence[Token], at: int) -> Quantity | None:
    """ "A week", "an hour and a half", "a fortnight"."""
    texts = [token.text for token in tokens[at : at + 6]]
    if texts[0] not in {"a", "an", "one", "whole", "fortnight"} or (
        len(texts) < 2 and texts[0] != "fortnight"
    ):
        return None
    skip = 0 if texts[0] == "fortnight" else 2 if texts[1:2] in (["whole"], ["full"], ["single"]) else 1
    unit = stem(texts[skip]) if skip < len(texts) else ""
    if unit not in _SECONDS or texts[skip] in {"second", "seconds"}:
        return None
    half = texts[skip + 1 : skip + 4] == ["and", "a", "half"]
    amount = _SECONDS[unit] * (1.5 if half else 1.0)
    last = at + skip + (4 if half else 1)
    loose = not half and texts[0] != "one"
    hedged = _is_hedged(tokens, at)
    return Quantity(QuantityKind.DURATION, (amount,), unit, at, last, hedged, loose)


def _clock_at(tokens: Sequence[Token], at: int) -> Quantity | None:
    """ "Half past nine", "quarter to ten", "nine o'clock", "six a m"."""
    texts = [token.text for token in tokens[at : at + 4]]
    shift = {"half past": 0.5, "quarter past": 0.25, "quarter to": -0.25}.get(" ".join(texts[:2]))
    if shift is not None and len(texts) > 2:
        number = number_at(tokens, at + 2)
        if number:
            return Quantity(QuantityKind.CLOCK, ((number[0][0] + shift) % 12,), "clock", at, number[1])
    hour = number_at(tokens, at)
    if hour and [t.text for t in tokens[hour[1] : hour[1] + 2]] in (["o", "clock"], ["a", "m"], ["p", "m"]):
        return Quantity(QuantityKind.CLOCK, (hour[0][0] % 12,), "clock", at, hour[1] + 2)
    return None


def _looks_like_month(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 1].text if at else ""
    if len(tokens) == 1:
        return True
    after = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return (
        before
        in {
            "in",
            "since",
            "last",
            "of",
            "this",
            "from",
            "until",
            "by",
            "before",
            "back",
            "and",
            "early",
            "late",
        }
        or after[:1].isdigit()
        or ordinal_value(before) is not None
    )


def _ordinal_at(tokens: Sequence[Token], at: int) -> Quantity | None:
    """A day of the month ("the twenty-first", "21st of May"), or a count: "the third time"."""
    text, last, base = tokens[at].text, at + 1, 0.0
    if text in TENS and at + 1 < len(tokens) and 0 < ORDINALS.get(tokens[at + 1].text, 0) < 10:
        base, last, text = float(TENS[text]), at + 2, tokens[at + 1].text
    value = ordinal_value(text)
    if value is None:
        return None
    if last < len(tokens) and not tokens[last - 1].end and base + value > 1:
        if tokens[last].text == "time":
            return Quantity(QuantityKind.TIMES, (base + value,), "time", at, last + 1)
        if tokens[last].text in {"anniversary", "birthday"}:
            seconds = ((base + value) * _SECONDS["year"],)
            return Quantity(QuantityKind.DURATION, seconds, "year", at, last + 1)
    if not 1 <= base + value <= 31:
        return None
    nearby = {token.text for token in tokens[max(0, at - 2) : last + 3]}
    follows = tokens[last].text if last < len(tokens) else ""
    dated = bool(nearby & set(MONTHS)) or (
        "the" in {token.text for token in tokens[max(0, at - 1) : at]}
        and (
            follows in {"", "of", "and", "so", "but", "you", "we", "for", "at", "which"}
            or bool(tokens[last - 1].end)
        )
    )
    is_small_word = text in {"first", "second", "third"} and not base
    if not dated or (is_small_word and not nearby & set(MONTHS)):
        return None
    return Quantity(QuantityKind.DAY, (base + value,), "day", at, last)


def _is_hedged(tokens: Sequence[Token], at: int) -> bool:
    return bool({token.text for token in tokens[max(0, at - 2) : at]} & _AROUND)


def _with_unit(
    tokens: Sequence[Token], at: int, amounts: tuple[float, ...], last: int, sign: str
) -> Quantity | None:
    hedged = _is_hedged(tokens, at)
    if sign == "clock":
        return Quantity(QuantityKind.CLOCK, amounts, "clock", at, last)
    unit_at = last
    ended = bool(tokens[last - 1].end)
    if (
        not ended
        and last < len(tokens)
        and tokens[last].text in {"more", "whole", "full", "long", "solid", "working", "of"}
    ):
        unit_at = last + 1
    unit_text = tokens[unit_at].text if not ended and unit_at < len(tokens) else ""
    unit = _SHORT_UNITS.get(stem(unit_text), stem(unit_text)) if unit_text else ""
    if sign in {"£", "$", "€"}:
        return Quantity(QuantityKind.MONEY, amounts, sign, at, last, hedged)
    if unit in _CURRENCY:
        return _money(tokens, at, amounts, last=unit_at + 1, sign=_CURRENCY[unit], hedged=hedged)
    if unit in _PENCE:
        pence = tuple(amount / 100 for amount in amounts)
        return Quantity(QuantityKind.MONEY, pence, _PENCE[unit], at, unit_at + 1, hedged)
    if unit in _SECONDS and unit_text != "second":
        seconds = tuple(amount * _SECONDS[unit] for amount in amounts)
        if half_follows(tokens, unit_at + 1):
            seconds = tuple(value + 0.5 * _SECONDS[unit] for value in seconds)
            return Quantity(QuantityKind.DURATION, seconds, unit, at, unit_at + 4, hedged)
        return Quantity(QuantityKind.DURATION, seconds, unit, at, unit_at + 1, hedged)
    if unit == "time":
        return Quantity(QuantityKind.TIMES, amounts, "time", at, unit_at + 1, hedged)
    if sign == "half":
        return None
    if tokens[at].text == "one" and last == at + 1:
        return None  # "no one", "the one", "one of you": hardly ever a value
    return Quantity(QuantityKind.COUNT, amounts, _counted(tokens, last), at, last, hedged)


def _counted(tokens: Sequence[Token], at: int) -> str:
    """Stems of up to two words after a number: "two small children"."""
    stems: list[str] = []
    for index in range(at, min(at + 2, len(tokens))):
        if tokens[index - 1].end or tokens[index].text in _NOT_UNITS or not tokens[index].text.isalpha():
            break
        stems.append(tokens[index].stem)
    return " ".join(stems)


def _money(
    tokens: Sequence[Token], at: int, amounts: tuple[float, ...], *, last: int, sign: str, hedged: bool
) -> Quantity:
    """Pounds, with the pence said after them: "nine pounds ninety"."""
    small = number_at(tokens, last) if last < len(tokens) and not tokens[last - 1].end else None
    if small and len(small[0]) == 1 and 1 <= small[0][0] < 100 and small[0][0] % 1 == 0:
        amounts = (*amounts, *(amount + small[0][0] / 100 for amount in amounts))
        last = small[1]
    return Quantity(QuantityKind.MONEY, amounts, sign, at, last, hedged)
