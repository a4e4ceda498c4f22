"""When something was, told from today or by the part of a day: "last night", "three days ago", "at night".

Only what cannot be the same time is told apart: "on Monday" against "yesterday" is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voice_trainer.listening.quantities import Quantity, QuantityKind
from voice_trainer.listening.text import Token

_Hours = tuple[float, float]
_PARTS: dict[str, _Hours] = {  # hours of a day; a night lasts into the next one
    "morning": (5.0, 12.0),
    "noon": (11.0, 15.0),
    "lunchtime": (11.0, 15.0),
    "afternoon": (12.0, 18.0),
    "evening": (16.0, 24.0),
    "night": (18.0, 29.0),
    "midnight": (23.0, 25.0),
}
_DAY_H = 24.0
_ABOUT = 0.3  # "three weeks ago" may be two and a half


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in tokens ``first:last``.

    `since_today_h` is from when to when in hours from the midnight that began today, `of_day_h` the hours of
    a day (0..29); None where nothing is said. `loose`: "today" is said of the call itself, too.
    """

    first: int
    last: int
    since_today_h: _Hours | None = None
    of_day_h: _Hours | None = None
    loose: bool = False

    def excludes(self, other: Moment) -> bool:
        """Whether both cannot be the same time."""
        return _apart(self.since_today_h, other.since_today_h) or _apart(self.of_day_h, other.of_day_h)


def _apart(one: _Hours | None, two: _Hours | None) -> bool:
    return one is not None and two is not None and (one[1] <= two[0] or two[1] <= one[0])


def _phrases() -> Iterator[tuple[str, _Hours | None, _Hours | None]]:
    """Words, with the days and the part of a day they name."""
    today, yesterday, tomorrow = (0.0, _DAY_H), (-_DAY_H, 0.0), (_DAY_H, 2 * _DAY_H)
    for part, hours in _PARTS.items():
        for this in ("this", "this very", "earlier this", "later this"):
            yield f"{this} {part}", today, hours
        yield f"yesterday {part}", yesterday, hours
        yield f"tomorrow {part}", tomorrow, hours
        for every in ("in the", "at", "every", "each", "late at", "in the middle of the"):
            yield f"{every} {part}", None, hours
    yield "tonight", today, _PARTS["night"]
    yield "last night", yesterday, (_PARTS["evening"][0], _PARTS["night"][1])
    yield "overnight", None, _PARTS["night"]
    yield "the night before last", (-2 * _DAY_H, -_DAY_H), _PARTS["night"]
    yield "the day before yesterday", (-2 * _DAY_H, -_DAY_H), None
    yield "the day after tomorrow", (2 * _DAY_H, 3 * _DAY_H), None
    yield "yesterday", yesterday, None
    yield "tomorrow", tomorrow, None
    yield "today", today, None
    for unit, days in (("week", 14), ("month", 62), ("year", 730)):
        yield f"last {unit}", (-days * _DAY_H, 0.0), None


_LONGEST_FIRST = sorted(
    ((tuple(words.split()), days, part) for words, days, part in _phrases()), key=lambda one: -len(one[0])
)


def find_moments(tokens: Sequence[Token], quantities: Sequence[Quantity]) -> tuple[Moment, ...]:
    """All times in the tokens, in order; `quantities` are those of the same tokens."""
    texts = tuple(token.text for token in tokens)
    found = [_ago(one) for one in quantities if one.kind is QuantityKind.DURATION and _is_ago(texts, one)]
    position = 0
    while position < len(texts):
        moment = _named_at(texts, position)
        if moment is not None:
            found.append(moment)
        position = moment.last if moment is not None else position + 1
    return tuple(sorted(found, key=lambda moment: moment.first))


def _named_at(texts: tuple[str, ...], at: int) -> Moment | None:
    for words, days, part in _LONGEST_FIRST:
        if texts[at : at + len(words)] == words:
            return Moment(at, at + len(words), days, part, loose=words == ("today",))
    return None


def _is_ago(texts: tuple[str, ...], quantity: Quantity) -> bool:
    return texts[quantity.last : quantity.last + 1] == ("ago",)


def _ago(quantity: Quantity) -> Moment:
    """ "Two days ago" is the day before yesterday, "three weeks ago" some day of a fortnight."""
    hours = quantity.amounts[0] / 3600
    if quantity.unit in ("day", "night") and not (quantity.hedged or quantity.loose):
        since = (-hours, _DAY_H - hours)
    else:
        since = (-hours * (1 + _ABOUT) - _DAY_H, -hours * (1 - _ABOUT) + _DAY_H)
    return Moment(quantity.first, quantity.last + 1, since)
