"""Word error rate: how far a transcript is from what was said."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

_WORD = re.compile(r"[\w']+")


def spoken_words(text: str) -> list[str]:
    """Lower-case words of `text` without punctuation; apostrophes stay, hyphens part words."""
    return _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def wer(reference: str, heard: str) -> float:
    """Word error rate of `heard` against `reference`.

    Returns
    -------
    float
        (substitutions + deletions + insertions) / words of the reference; 0 is perfect, above 1 where
        more was heard than said. With an empty reference: 0 if nothing was heard, else 1.

    References
    ----------
    Edit distance over words, as in NIST's sclite; computed by rapidfuzz.
    """
    expected, got = spoken_words(reference), spoken_words(heard)
    if not expected:
        return 1.0 if got else 0.0
    return Levenshtein.distance(expected, got) / len(expected)
