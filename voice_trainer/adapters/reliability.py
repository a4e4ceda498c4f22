"""How far a transcript may be trusted, 0..1. Calibrated by `benchmarks/reliability.py`.

Two signs tell pocketsphinx's good transcripts from its bad ones: its word posteriors, and the length of
the words, for speech it cannot follow falls apart into short ones. Tried and left out, as they added
little or nothing on speakers not fitted on: a second decoding with another language weight, another
speed or without lattice search, acoustic scores against a free phone loop, share of fillers, speaking
rate, language model scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

RELIABLE_FROM = 0.5  # the content of a reply is scored from here on
FEWEST_WORDS = 3  # fewer tell nothing: pocketsphinx hears "dog" in a second of silence, and is sure of it
ERROR_SCALE = 0.08  # estimated word error that moves reliability from 0.5 to 0.27 or 0.73


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, filler or silence that a decoder heard; frames of 10 ms, the end included."""

    text: str
    is_word: bool
    start_frame: int
    end_frame: int
    posterior: float  # 0..1


@dataclass(frozen=True, slots=True)
class Signs:
    """What the reliability of a pocketsphinx transcript rests on.

    Attributes
    ----------
    doubt
        0..1, one minus the mean posterior of the words, drawn towards a half by half a word each way:
        from a few sure words nothing much follows.
    letters
        Mean letters a word.
    """

    doubt: float
    letters: float


def signs(words: Sequence[Piece]) -> Signs | None:
    """The signs of a transcript; None where it holds fewer than `FEWEST_WORDS` words."""
    if len(words) < FEWEST_WORDS:
        return None
    return Signs(
        doubt=(sum(1 - word.posterior for word in words) + 0.5) / (len(words) + 1),
        letters=sum(len(word.text) for word in words) / len(words),
    )


@dataclass(frozen=True, slots=True)
class ErrorEstimate:
    """A linear estimate of the word error rate from `Signs`; from `cut` on a transcript is refused."""

    offset: float
    doubt: float
    letters: float
    cut: float

    def wer(self, found: Signs) -> float:
        """Estimated word error rate; may leave 0..1."""
        return self.offset + self.doubt * found.doubt + self.letters * found.letters

    def reliability(self, found: Signs) -> float:
        """0..1, exactly `RELIABLE_FROM` where the estimated error is `cut`."""
        return 1 / (1 + exp(max(-30.0, min(30.0, (self.wer(found) - self.cut) / ERROR_SCALE))))


# Fitted by benchmarks/reliability.py on all speakers of its material; docs/accuracy.md has the figures
# for speakers that took no part in the fit.
POCKETSPHINX = ErrorEstimate(offset=0.298, doubt=1.237, letters=-0.1, cut=0.262)


def pocketsphinx_reliability(words: Sequence[Piece]) -> float:
    """Reliability of the words that pocketsphinx heard.

    Returns
    -------
    float
        0..1; 0 where fewer than three words were heard. docs/accuracy.md says what it misses.
    """
    found = signs(words)
    return 0.0 if found is None else round(POCKETSPHINX.reliability(found), 4)


def whisper_reliability(segments: Sequence[Mapping[str, Any]]) -> float:
    """Reliability of a Whisper transcript: a documented mapping, **not calibrated** here.

    Per segment, 1 + its mean log probability, so that Whisper's own mark for a failed decoding (-1)
    gives 0 and -0.5 gives the threshold; 0 where Whisper's own limits call it a repetition loop
    (compression ratio over 2.4) and times the chance that it is speech at all. Segments count by
    their number of words.

    Parameters
    ----------
    segments
        As `whisper.transcribe` returns them, with words.

    Returns
    -------
    float
        0..1; 0 where no word was heard.

    References
    ----------
    Radford et al. 2022, section 4.5, for the limits -1, 2.4 and 0.6.
    """
    total = weight = 0.0
    for segment in segments:
        words = len(segment.get("words", ()))
        looped = segment["compression_ratio"] > 2.4
        unlikely = segment["no_speech_prob"] if segment["no_speech_prob"] > 0.6 else 0.0
        value = 0.0 if looped else max(0.0, min(1.0, 1 + segment["avg_logprob"])) * (1 - unlikely)
        total, weight = total + words * value, weight + words
    return round(total / weight, 4) if weight else 0.0
