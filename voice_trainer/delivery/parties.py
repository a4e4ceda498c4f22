"""Is a recording a call mixed into one channel? By the customer's own words, in another voice than the rest.

Neither sign serves alone. A voice that gets upset moves as far as two people lie apart, and a poor reply
may repeat the complaint; but nobody repeats it in another voice than their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from voice_trainer.delivery.voice import Voice
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.transcript import Word

_TOGETHER = 3  # words in a row, to count as the customer's
_LEAST_WORDS = 8
_LEAST_SHARE = 0.3  # of the customer's words: a recogniser mishears some, a call may not hold all of them
_LEAST_DENSITY = 0.5  # of the words heard in between
_APART_SEMITONES = 5.0  # 90% of a woman and a man, 4% of two of one sex, 1% of the parts of one recording
_LEAST_VOICED = 100  # frames: a second of either


def customer_in_recording(voice: Voice, words: Sequence[Word], *, customer_says: str) -> Span | None:
    """Where the customer speaks in a recording that should hold the agent alone; None where they do not.

    Parameters
    ----------
    words
        What was heard, with times; without times nothing is found.
    customer_says
        The line that the agent answers.
    """
    span = _line_in(words, customer_says)
    if span is None:
        return None
    times = voice.features.times_s
    inside = (times >= span.start_s) & (times <= span.end_s)
    theirs, own = (voice.f0_semitones[voice.voiced & part] for part in (inside, ~inside))
    if min(len(theirs), len(own)) < _LEAST_VOICED:
        return None
    apart = abs(float(np.median(theirs) - np.median(own)))
    return span if apart >= _APART_SEMITONES else None


def _line_in(words: Sequence[Word], line: str) -> Span | None:
    """The stretch that holds the line's words in their order, as far as they were heard."""
    said = _plain(line)
    heard = [(_plain(word.text), word) for word in words]
    tokens = ["".join(plain) for plain, _ in heard]
    matcher = SequenceMatcher(None, tokens, said, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= _TOGETHER]
    count = sum(block.size for block in blocks)
    if count < _LEAST_WORDS or count < _LEAST_SHARE * len(said):
        return None
    first, last = blocks[0].a, blocks[-1].a + blocks[-1].size - 1
    if count < _LEAST_DENSITY * (last - first + 1):
        return None
    start_s, end_s = words[first].start_s, words[last].end_s
    return None if start_s is None or end_s is None else Span(start_s, end_s)


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
