"""The voice of one recording: pitch and the two measures of sharpness, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from voice_trainer.delivery.activity import below_local_peak_db, speech_mask, speech_spans
from voice_trainer.delivery.frames import (
    HIGH,
    HOP_S,
    LINE_HZ,
    MIDDLE,
    UPPER,
    FrameFeatures,
    decibels,
    lines_of,
)
from voice_trainer.delivery.noise import Noise, estimate_noise, without_noise
from voice_trainer.delivery.pitch import pitch_path
from voice_trainer.domain.measurement import Curve, Span
from voice_trainer.domain.waveform import SpeechFrames

# The tone rule's low band begins where a telephone's does. Below 300 Hz lie what lines and headsets filter
# away and what nearness to the microphone adds: from 50 Hz on, a telephone moved the rule by .5, now by .1.
LOW_HZ = (300.0, 500.0)
_EVEN_FRAMES = 11  # 0.1 s from the first centre to the last
_EVEN_SEMITONES = 0.15
_RINGS_S = 0.25  # a room and the detector make the customer's last word this much longer


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """Everything the measures of tone, pace and quality share.

    Attributes
    ----------
    speaking
        Shape ``(frames,)``, bool: frames with speech.
    f0_semitones
        Shape ``(frames,)``: semitones above 1 Hz, nan where unvoiced or nobody speaks.
    hf500_db
        Shape ``(frames,)``: energy 500-3400 Hz over 300-500 Hz, noise taken off; nan where unvoiced.
    alpha_db
        Shape ``(frames,)``: energy 1-3.4 kHz over 0.3-1 kHz, noise taken off.
    """

    features: FrameFeatures
    speaking: np.ndarray
    spans: tuple[Span, ...]
    f0_semitones: np.ndarray
    hf500_db: np.ndarray
    alpha_db: np.ndarray
    noise: Noise

    @property
    def voiced(self) -> np.ndarray:
        """Shape ``(frames,)``, bool: frames in which the vocal folds swing."""
        return np.asarray(~np.isnan(self.f0_semitones))

    @property
    def voiced_s(self) -> float:
        """Seconds of voiced speech."""
        return float(self.voiced.sum()) * HOP_S

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return float(self.speaking.sum()) * HOP_S

    @property
    def voiced_share(self) -> float:
        """0..1 of the speech is voiced; whispering is near 0, reading about 0.6-0.8."""
        return self.voiced_s / self.speech_s if self.speech_s else 0.0

    @property
    def even_pitch(self) -> tuple[float, float]:
        """How much of the voice holds its pitch, and over how many notes.

        A note moves less than 0.15 semitones in 0.1 s, a voice hardly ever: even a monotone one glides.

        Returns
        -------
        share, semitones
            0..1 of all stretches of 0.1 s that are even, and how far apart the pitches of the middle half
            of these lie; both 0 without any.
        """
        if len(self.f0_semitones) < _EVEN_FRAMES:
            return 0.0, 0.0
        stretches = np.lib.stride_tricks.sliding_window_view(self.f0_semitones, _EVEN_FRAMES)
        stretches = stretches[~np.isnan(stretches).any(axis=1)]
        even = np.ptp(stretches, axis=1) < _EVEN_SEMITONES
        if not even.any():
            return 0.0, 0.0
        low, high = np.percentile(np.median(stretches[even], axis=1), [25, 75])
        return float(even.mean()), float(high - low)

    @property
    def pitch_curve(self) -> Curve:
        """Pitch over time, a value every 10 ms."""
        values = tuple(None if np.isnan(v) else round(float(v), 3) for v in self.f0_semitones)
        times = tuple(round(i * HOP_S, 3) for i in range(len(values)))
        return Curve("pitch", "semitones", times, values)

    @property
    def level_curve(self) -> Curve:
        """Level between 80 and 7600 Hz in dBFS, a value every 10 ms; None in digital silence."""
        levels = self.features.level_db
        values = tuple(None if level <= -199.0 else round(float(level), 2) for level in levels)
        return Curve("level", "dBFS", tuple(round(i * HOP_S, 3) for i in range(len(values))), values)


def hear_voice(features: FrameFeatures, *, speech: SpeechFrames) -> Voice:
    """Find speech, pitch and noise in the frames of a recording."""
    level = features.level_db
    speaking = speech_mask(speech, level, hop_s=HOP_S)
    f0_hz = pitch_path(
        features.periods_s, features.strengths, below_peak_db=below_local_peak_db(level, hop_s=HOP_S)
    )
    f0 = 12.0 * np.log2(np.where(speaking, f0_hz, np.nan))
    noise = estimate_noise(features, speaking)
    clean = without_noise(features.bands, noise)
    return Voice(
        features=features,
        speaking=speaking,
        spans=speech_spans(speaking, hop_s=HOP_S),
        f0_semitones=f0,
        hf500_db=decibels(clean[:, HIGH]) - decibels(_low_power(lines_of(clean), f0)),
        alpha_db=decibels(clean[:, UPPER]) - decibels(clean[:, MIDDLE]),
        noise=noise,
    )


def _low_power(lines: np.ndarray, f0_semitones: np.ndarray) -> np.ndarray:
    """Mean square between 300 and 500 Hz of each frame, nan where unvoiced.

    The band is narrower than the distance of a high voice's harmonics: by what falls inside, a semitone more
    of pitch would pass for 5 dB of sharpness. So each harmonic stands for the stretch of one pitch around
    it, and counts by the part of that stretch inside the band.
    """
    half_hz = 2.0 ** (f0_semitones[:, None] / 12.0) / 2.0
    hertz = np.arange(lines.shape[1]) * LINE_HZ
    inside_hz = np.minimum(hertz + half_hz, LOW_HZ[1]) - np.maximum(hertz - half_hz, LOW_HZ[0])
    return np.asarray(np.sum(lines * np.clip(inside_hz, 0.0, None) / (2.0 * half_hz), axis=1))


def without_customer(voice: Voice, *, customer_end_s: float | None) -> tuple[Voice, float]:
    """Leave out speech that began before the customer's last word and ended with it.

    A take begins a moment before the customer ends, and a loudspeaker is heard by the microphone: that is
    never the agent's voice. Speech that goes on beyond is the agent's, who began early.

    Returns
    -------
    voice, customer_s
        The voice without it, and how many seconds were left out.
    """
    if customer_end_s is None:
        return voice, 0.0
    last_s = customer_end_s + _RINGS_S
    theirs = tuple(s for s in voice.spans if s.start_s < customer_end_s and s.end_s <= last_s)
    if not theirs:
        return voice, 0.0
    speaking = voice.speaking & (voice.features.times_s > theirs[-1].end_s)
    own = replace(
        voice,
        speaking=speaking,
        spans=voice.spans[len(theirs) :],
        f0_semitones=np.where(speaking, voice.f0_semitones, np.nan),
    )
    return own, sum(span.duration_s for span in theirs)
