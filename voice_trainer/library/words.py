"""Compares what a file declares with what its customer says, with the eyes of the judge.

The tokens, stems and quantities are those of `voice_trainer.listening`: a word that the checker finds
in the complaint is a word that the judge will find in a reply.
"""

from __future__ import annotations

from functools import lru_cache

from voice_trainer.listening.quantities import find_quantities, parse_value
from voice_trainer.listening.text import stem, tokens_of_text

_FUNCTION_WORDS = (
    "a an the and or but of to in on at by for with from is are was were be been being it its this that "
    "these those he she they them his her their him i you we me my your our us has have had do does did "
    "not no so as if then than there here very really just also too customer"
)


@lru_cache(maxsize=4096)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a text, in order."""
    return tuple(token.stem for token in tokens_of_text(text).items)


@lru_cache(maxsize=1)
def _stop() -> frozenset[str]:
    return frozenset(stem(word) for word in _FUNCTION_WORDS.split())


def content_stems(text: str) -> frozenset[str]:
    """The stems that carry meaning."""
    return frozenset(stems(text)) - _stop()


def holds(text: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand in `text` in that order, side by side."""
    inside, wanted = stems(text), stems(phrase)
    return any(inside[i : i + len(wanted)] == wanted for i in range(len(inside) - len(wanted) + 1))


def holds_value(text: str, value: str) -> bool:
    """Whether `text` says a number, date or amount: "three weeks" says ``3 weeks``."""
    wanted = parse_value(value)
    if wanted is None:
        return set(stems(value)) <= set(stems(text))
    found = find_quantities(tokens_of_text(text).items)
    return any(wanted.comparable(quantity) and wanted.agrees(quantity) for quantity in found)
