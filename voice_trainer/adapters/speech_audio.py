"""What every recogniser wants before it listens: 16 kHz sound, and the stretches where somebody speaks."""

from __future__ import annotations

import numpy as np

from voice_trainer.adapters.resampling import resample
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform

RECOGNISER_RATE_HZ = 16_000
SPEECH_FROM = 0.5  # probability at which a frame counts as speech


def at_16khz(waveform: Waveform) -> FloatArray:
    """Samples of `waveform` at 16 kHz, shape ``(n,)``, float32 within -1..1."""
    finite = Waveform(np.nan_to_num(waveform.samples, posinf=1.0, neginf=-1.0), waveform.rate_hz)
    return np.clip(resample(finite, RECOGNISER_RATE_HZ).samples, -1.0, 1.0)


def stretches(
    speech: SpeechFrames,
    *,
    duration_s: float,
    pad_s: float = 0.3,
    gap_s: float = 1.0,
    longest_s: float = 30.0,
) -> tuple[Span, ...]:
    """Where to listen: runs of speech, padded, joined over short pauses, none much longer than allowed.

    Parameters
    ----------
    speech
        Voice activity of the recording.
    duration_s
        Length of the recording in seconds; nothing beyond it is returned.
    pad_s
        Seconds added on both sides, so that soft first and last sounds are kept.
    gap_s
        Pauses up to this many seconds stay inside a stretch.
    longest_s
        Longer stretches are cut at their quietest frame between half of this and this.

    Returns
    -------
    tuple of Span
        In order, not overlapping; empty where nobody spoke.
    """
    active = np.flatnonzero(speech.probabilities >= SPEECH_FROM)
    if not len(active):
        return ()
    breaks = np.flatnonzero(np.diff(active) * speech.hop_s > gap_s + 2 * pad_s)
    firsts = active[np.r_[0, breaks + 1]]
    lasts = active[np.r_[breaks, len(active) - 1]]
    spans = (
        Span(max(0.0, first * speech.hop_s - pad_s), min(duration_s, (last + 1) * speech.hop_s + pad_s))
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    )
    return tuple(part for span in spans if span.duration_s > 0 for part in _cut(span, speech, longest_s))


def _cut(span: Span, speech: SpeechFrames, longest_s: float) -> list[Span]:
    """`span` in parts of at most `longest_s`, each cut where speech is least likely."""
    parts = []
    while span.duration_s > longest_s:
        first = round((span.start_s + longest_s / 2) / speech.hop_s)
        window = speech.probabilities[first : round((span.start_s + longest_s) / speech.hop_s)]
        cut_s = (first + int(np.argmin(window)) + 0.5) * speech.hop_s if len(window) else span.end_s
        parts.append(Span(span.start_s, min(cut_s, span.end_s)))
        span = Span(parts[-1].end_s, span.end_s)
    return [*parts, span] if span.duration_s > 0 else parts
