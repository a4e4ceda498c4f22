"""How far a transcript may be trusted, 0..1. Calibrated by `benchmarks/reliability.py`.

A recogniser's own probabilities say little on sound it was not made for. What tells good transcripts
from bad ones is whether two decodings that weigh the language model differently hear the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

from rapidfuzz.distance import Levenshtein

RELIABLE_FROM = 0.5  # the content of a reply is scored from here on
ERROR_SCALE = 0.08  # estimated word error that moves reliability from 0.5 to 0.27 or 0.73


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, filler, silence or phone that a decoder heard; frames of 10 ms, the end included.

    `acoustic` is the decoder's acoustic score as a likelihood (0..1], `posterior` its word posterior.
    """

    text: str
    is_word: bool
    start_frame: int
    end_frame: int
    acoustic: float
    posterior: float

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.end_frame - self.start_frame + 1


@dataclass(frozen=True, slots=True)
class Decoding:
    """What one recording gave: the transcript, a second opinion on it, and bare phones."""

    first: tuple[Piece, ...]
    second: tuple[Piece, ...]
    phones: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Signs:
    """What the reliability of a pocketsphinx transcript rests on.

    Attributes
    ----------
    disagreement
        0..1, edit distance between both decodings over the longer one's words.
    doubt
        0..1, one minus the mean posterior of the words.
    roughness
        Negative log likelihood of a frame under the free phone loop, times 100: high in noise.
    """

    disagreement: float
    doubt: float
    roughness: float


def signs(decoding: Decoding) -> Signs | None:
    """The signs of a decoding; None where it holds no word."""
    first = [piece for piece in decoding.first if piece.is_word]
    second = [piece.text for piece in decoding.second if piece.is_word]
    frames = sum(piece.frames for piece in decoding.phones)
    if not first or not frames:
        return None
    distance = Levenshtein.distance([piece.text for piece in first], second)
    cost = -sum(log(max(piece.acoustic, 1e-9)) for piece in decoding.phones)
    return Signs(
        disagreement=distance / max(len(first), len(second)),
        doubt=1 - sum(piece.posterior for piece in first) / len(first),
        roughness=100 * cost / frames,
    )


@dataclass(frozen=True, slots=True)
class ErrorEstimate:
    """A linear estimate of the word error rate from `Signs`; from `cut` on a transcript is refused."""

    offset: float
    disagreement: float
    doubt: float
    roughness: float
    cut: float

    def wer(self, found: Signs) -> float:
        """Estimated word error rate; may leave 0..1."""
        return (
            self.offset
            + self.disagreement * found.disagreement
            + self.doubt * found.doubt
            + self.roughness * found.roughness
        )

    def reliability(self, found: Signs) -> float:
        """0..1, exactly `RELIABLE_FROM` where the estimated error is `cut`."""
        return 1 / (1 + exp(max(-30.0, min(30.0, (self.wer(found) - self.cut) / ERROR_SCALE))))


# Fitted by benchmarks/reliability.py on all speakers of its material; docs/accuracy.md has the figures
# for speakers that took no part in the fit.
POCKETSPHINX = ErrorEstimate(offset=0.0, disagreement=0.6, doubt=0.4, roughness=0.01, cut=0.25)


def pocketsphinx_reliability(decoding: Decoding) -> float:
    """Reliability of a pocketsphinx transcript.

    Returns
    -------
    float
        0..1; 0 where no word was heard. See docs/accuracy.md for what it means and what it misses.
    """
    found = signs(decoding)
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
