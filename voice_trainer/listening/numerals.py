"""Numbers as they are written and said: "1,460", "fourteen hundred and sixty", "three and a half"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice_trainer.listening.text import Token

_UNITS = {
    word: number
    for number, word in enumerate(
        (
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        )
    )
}
TENS = {
    word: 10 * (number + 2)
    for number, word in enumerate(
        (
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
        )
    )
}
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000}
ORDINALS = {
    word: number + 1
    for number, word in enumerate(
        (
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
        )
    )
} | {
    word: 10 * ten
    for ten, word in enumerate(("twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth"), start=2)
}
_VAGUE = {"couple": 2.0, "pair": 2.0, "dozen": 12.0}
_DIGITS = re.compile(r"^([£$€])?(\d[\d,]*(?:[.:]\d+)?)(st|nd|rd|th|%|k|p|am|pm)?$")


def ordinal_value(text: str) -> float | None:
    match = _DIGITS.match(text)
    if match and match[3] in {"st", "nd", "rd", "th"}:
        return float(match[2].replace(",", ""))
    return float(ORDINALS[text]) if text in ORDINALS else None


def number_at(tokens: Sequence[Token], at: int) -> tuple[tuple[float, ...], int, str] | None:
    """All readings of the number starting here, where it ends, and the sign that came with it."""
    match = _DIGITS.match(tokens[at].text)
    if match:
        return _digits(tokens, at, match)
    return _spelled(tokens, at)


def _digits(
    tokens: Sequence[Token], at: int, match: re.Match[str]
) -> tuple[tuple[float, ...], int, str] | None:
    sign, figures, suffix = match[1] or "", match[2].replace(",", ""), match[3] or ""
    if suffix in {"st", "nd", "rd", "th"}:
        return None
    if ":" in figures or suffix in {"am", "pm"}:
        hour, _, minute = figures.partition(":")
        return ((float(hour) % 12 + float(minute or 0) / 60,), at + 1, "clock")
    value = float(figures) * (1000 if suffix == "k" else 1)
    last = at + 1
    while last < len(tokens) and tokens[last].text in _SCALES:
        value, last = value * _SCALES[tokens[last].text], last + 1
    if half_follows(tokens, last):
        return ((value + 0.5,), last + 3, sign)
    return ((value / 100,), last, "£") if suffix == "p" else ((value,), last, sign)


def half_follows(tokens: Sequence[Token], at: int) -> bool:
    return [token.text for token in tokens[at : at + 3]] == ["and", "a", "half"]


def _spelled(tokens: Sequence[Token], at: int) -> tuple[tuple[float, ...], int, str] | None:
    """Read "fourteen hundred and sixty", "eight forty", "three and a half", "a hundred"."""
    text = tokens[at].text
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if text in {"a", "an"}:
        if following in _SCALES or following in _VAGUE:
            return _after_article(tokens, at, following)
        return None
    if text == "half":
        last = at + 2 if following in {"a", "an"} else at + 1
        return ((0.5,), last, "half")
    if text not in _UNITS and text not in TENS and text not in _VAGUE:
        return None
    if text in _VAGUE:
        return ((_VAGUE[text],), at + (2 if following == "of" else 1), "")
    return _cardinal(tokens, at)


def _after_article(
    tokens: Sequence[Token], at: int, following: str
) -> tuple[tuple[float, ...], int, str] | None:
    if following in _VAGUE:
        skip = 3 if at + 2 < len(tokens) and tokens[at + 2].text == "of" else 2
        return ((_VAGUE[following],), at + skip, "")
    return _cardinal(tokens, at)


def _cardinal(tokens: Sequence[Token], at: int) -> tuple[tuple[float, ...], int, str]:
    total, current, position = 0.0, 0.0, at
    groups: list[float] = []  # "nineteen | ninety nine": numbers said side by side
    while position < len(tokens):
        text = tokens[position].text
        if position == at and text in {"a", "an"}:
            current = 1.0
        elif text in _UNITS or text in TENS:
            value = float(_UNITS.get(text, TENS.get(text, 0)))
            room = (text in TENS and current % 100 == 0) or (
                text in _UNITS
                and (current % 100 == 0 or (current % 10 == 0 and current % 100 >= 20 and value < 10))
            )
            if current and not room:
                groups.append(total + current)
                total, current = 0.0, 0.0
            current += value
        elif text in _SCALES:
            scale = _SCALES[text]
            current = (current or 1.0) * scale
            if scale >= 1_000:
                total, current = total + current, 0.0
        elif not (text == "and" and _continues(tokens, position, total + current)):
            break
        position += 1
        if tokens[position - 1].end:
            break
    groups.append(total + current)
    if half_follows(tokens, position):
        return ((groups[-1] + 0.5,), position + 3, "")
    return (_readings(groups), position, "")


def _continues(tokens: Sequence[Token], at: int, so_far: float) -> bool:
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return so_far >= 100 and so_far % 100 == 0 and (following in _UNITS or following in TENS)


def _readings(groups: list[float]) -> tuple[float, ...]:
    if len(groups) == 1:
        return (groups[0],)
    if len(groups) == 2 and groups[0] < 100 and 10 <= groups[1] < 100:
        return (groups[0] * 100 + groups[1], groups[0] + groups[1] / 100)
    joined = "".join(str(int(group)) for group in groups)
    return (float(joined),)
