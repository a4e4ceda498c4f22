"""How far pace, pauses and the end of speech lie from what alignment of the true words gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from voice_trainer.delivery.measure import measure_delivery
from voice_trainer.delivery.pauses import PAUSE_S, joined, total_s
from voice_trainer.delivery.syllables import syllable_count
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.transcript import Word
from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import Aligner, SpeechDetector, Transcriber

_SAME_STRETCH_S = 0.15  # aligned words this near belong to one stretch of articulation


@dataclass(frozen=True, slots=True, eq=False)
class PaceClip:
    """A recording and what was really said."""

    name: str
    waveform: Waveform
    transcript: str
    style: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class PaceTrial:
    """Measured and true figures of one clip; None where not measured."""

    name: str
    style: str
    speaker: str
    wpm: float | None
    true_wpm: float
    articulation_sps: float | None
    true_articulation_sps: float
    speech_end_error_s: float | None
    longest_pause_s: float | None
    true_longest_pause_s: float
    reliability: float | None

    @property
    def wpm_error(self) -> float | None:
        """Relative, signed."""
        return None if self.wpm is None else self.wpm / self.true_wpm - 1

    @property
    def articulation_error(self) -> float | None:
        """Relative, signed."""
        return (
            None if self.articulation_sps is None else self.articulation_sps / self.true_articulation_sps - 1
        )


def try_pace(
    clips: Sequence[PaceClip], *, detector: SpeechDetector, transcriber: Transcriber, aligner: Aligner
) -> list[PaceTrial]:
    """Measure every clip whose true words can be aligned."""
    trials = []
    for clip in clips:
        truth = aligner.align(clip.waveform, clip.transcript.split())
        if truth is None:
            continue
        speech = detector.detect(clip.waveform)
        heard = transcriber.transcribe(clip.waveform, speech=speech, language="en")
        delivery = measure_delivery(
            clip.waveform, speech=speech, words=heard.words, reliability=heard.reliability
        )
        spans = _aligned(truth)
        spoken = joined(spans, gap_s=PAUSE_S)
        syllables = sum(syllable_count(word.text) for word in truth)
        gaps = [b.start_s - a.end_s for a, b in pairwise(spans)]
        end_s = delivery.speech[-1].end_s if delivery.speech else None
        trials.append(
            PaceTrial(
                name=clip.name,
                style=clip.style,
                speaker=clip.speaker,
                wpm=delivery.pace.speech_rate_wpm.value,
                true_wpm=60 * len(truth) / total_s(spoken),
                articulation_sps=delivery.pace.articulation_rate_sps.value,
                true_articulation_sps=syllables / total_s(joined(spans, gap_s=_SAME_STRETCH_S)),
                speech_end_error_s=None if end_s is None else end_s - spans[-1].end_s,
                longest_pause_s=delivery.pace.longest_pause_s.value,
                true_longest_pause_s=max(gaps, default=0.0),
                reliability=heard.reliability,
            )
        )
    return trials


def median_size(errors: Sequence[float | None]) -> float:
    """Median of the absolute values of those measured; nan where none was."""
    known = [abs(e) for e in errors if e is not None]
    return float(np.median(known)) if known else float("nan")


def _aligned(words: Sequence[Word]) -> list[Span]:
    return [Span(w.start_s, w.end_s) for w in words if w.start_s is not None and w.end_s is not None]
