"""Whether a reply is in the agent's own words or a copy of the customer's."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.listening.quantities import find_quantities
from voice_trainer.listening.text import Token, Tokens, tokens_of_text

_RUN = 3
_SURE_RUN = 5


@dataclass(frozen=True, slots=True)
class Copying:
    """Runs of copied tokens, as ranges, and how much of the reply they make."""

    runs: tuple[tuple[int, int], ...]
    share: float
    longest: int


def _neutral(token: Token) -> str:
    """A token with person taken out, so that a swap of pronouns hides nothing."""
    text = token.text
    if text in {"i", "you", "we", "me", "us"}:
        return "<person>"
    if text in {"my", "your", "our", "mine", "yours", "ours"}:
        return "<whose>"
    if text in {"am", "are", "is", "was", "were"}:
        return "<be>"
    if text in {"have", "has", "had"}:
        return "<have>"
    return token.stem


def find_copied(tokens: Tokens, complaint: str) -> Copying:
    """Find what was copied from the complaint.

    A run of three or more words counts when it is long (five) or holds a pronoun or a verb form:
    "on the airport floor" and "three weeks ago" are the customer's things and numbers, and giving
    those back is good listening. Persons are made neutral first ("I took my" = "you took your").

    Returns
    -------
    Copying
        `share` is 0..1 of the reply's words; `longest` counts words of the longest run.
    """
    reply = [_neutral(token) for token in tokens.items]
    source = [_neutral(token) for token in tokens_of_text(complaint).items]
    starts: dict[tuple[str, ...], list[int]] = {}
    for index in range(len(source) - _RUN + 1):
        starts.setdefault(tuple(source[index : index + _RUN]), []).append(index)
    runs: list[tuple[int, int]] = []
    position = 0
    while position <= len(reply) - _RUN:
        length = max(
            (
                _common(reply, position, source, at)
                for at in starts.get(tuple(reply[position : position + _RUN]), ())
            ),
            default=0,
        )
        if length and _counts(tokens, position, position + length):
            runs.append((position, position + length))
        position += max(length, 1)
    copied = sum(last - first for first, last in runs)
    longest = max((last - first for first, last in runs), default=0)
    return Copying(tuple(runs), copied / len(reply) if reply else 0.0, longest)


def _common(one: list[str], at: int, other: list[str], there: int) -> int:
    length = 0
    while (
        at + length < len(one) and there + length < len(other) and one[at + length] == other[there + length]
    ):
        length += 1
    return length


def _counts(tokens: Tokens, first: int, last: int) -> bool:
    inside = tokens.items[first:last]
    numbers = sum(quantity.last - quantity.first for quantity in find_quantities(inside))
    free = len(inside) - numbers
    if free >= _SURE_RUN:
        return True
    verbish = {"<person>", "<be>", "<have>"} | {"would", "will", "can", "could", "do", "did", "not", "never"}
    return free >= _RUN and any(_neutral(token) in verbish for token in inside)
