"""What was said, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TranscriptSource(StrEnum):
    """Whose words these are."""

    MACHINE = "machine"  # a recogniser heard them
    CORRECTED = "corrected"  # the agent typed over what a recogniser heard
    TYPED = "typed"  # there is no recording, or the words came with it


@dataclass(frozen=True, slots=True)
class Word:
    """One word as spoken; times are seconds from the start of the take, None in typed text.

    `probability` (0..1) is the recogniser's own trust in the word, 1 where a person typed it.
    """

    text: str
    start_s: float | None
    end_s: float | None
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """A reply in words.

    `reliability` (0..1) estimates how far the words may be trusted; None where nobody could tell.
    A person's own typing has reliability 1.
    """

    text: str
    words: tuple[Word, ...]
    engine: str
    model: str
    reliability: float | None
    source: TranscriptSource = TranscriptSource.MACHINE


def typed(text: str) -> Transcript:
    """A transcript of typed text: no times, full reliability."""
    words = tuple(Word(token, None, None) for token in text.split())
    return Transcript(text, words, "typed", "-", 1.0, TranscriptSource.TYPED)
