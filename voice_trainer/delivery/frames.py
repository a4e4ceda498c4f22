"""Cuts sound into overlapping frames and keeps, of each, only what the measures need.

The whole recording and live blocks go through the same `FrameStream`, so both give the same figures,
and a ten-minute file needs no more memory for spectra than one block of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice_trainer.delivery.pitch import CANDIDATES, pitch_candidates
from voice_trainer.delivery.resample import Resampler
from voice_trainer.domain.waveform import FloatArray, Waveform

ANALYSIS_RATE_HZ = 16_000
FRAME_S = 0.040
HOP_S = 0.010
_WINDOW = round(FRAME_S * ANALYSIS_RATE_HZ)
_HOP = round(HOP_S * ANALYSIS_RATE_HZ)
_FFT = 1024  # longer than the window, so that lags up to 1024 - 640 samples are free of wrap-around
_BLOCK = 5 * ANALYSIS_RATE_HZ

# Bands of the tone rule (evidence: Bone, Lee & Narayanan 2014), then those of noise, level and bandwidth.
HIGH, MIDDLE, UPPER, BROAD, EDGE, AIR = range(6)
_BANDS_HZ = (
    (500.0, 3400.0),
    (300.0, 1000.0),
    (1000.0, 3400.0),
    (80.0, 7600.0),
    (3000.0, 3400.0),
    (4300.0, 7500.0),
)


# After the bands the single lines of the spectrum up to 812 Hz: which part of a harmonic counts as low is
# known only with the pitch.
LINE_HZ = ANALYSIS_RATE_HZ / _FFT
_LINES = 53


@dataclass(frozen=True, slots=True, eq=False)
class FrameFeatures:
    """What each 40 ms frame of a recording holds; frame ``i`` is centred at ``i * HOP_S`` seconds.

    Attributes
    ----------
    bands
        Shape ``(frames, 6 + 53)``, float64: mean square of the signal in each band, then in each line of
        the spectrum, `LINE_HZ` apart from 0 Hz on.
    periods_s
        Shape ``(frames, 4)``: candidate periods of the voice, 0 where there are fewer.
    strengths
        Shape ``(frames, 4)``: periodicity of each candidate, 0..1.
    """

    bands: np.ndarray
    periods_s: np.ndarray
    strengths: np.ndarray

    def __len__(self) -> int:
        return len(self.bands)

    @property
    def times_s(self) -> np.ndarray:
        """Shape ``(frames,)``: the centre of each frame in seconds."""
        return np.arange(len(self)) * HOP_S

    @property
    def level_db(self) -> np.ndarray:
        """Shape ``(frames,)``: level between 80 and 7600 Hz in dBFS, -200 for digital silence."""
        return decibels(self.bands[:, BROAD])


def lines_of(bands: np.ndarray) -> np.ndarray:
    """Shape ``(frames, 53)``: of `FrameFeatures.bands`, the lines of the spectrum up to 812 Hz."""
    return bands[:, len(_BANDS_HZ) :]


def decibels(power: np.ndarray) -> np.ndarray:
    """Ten times the logarithm, with a floor at -200 dB in place of minus infinity."""
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-20)))


class FrameStream:
    """Collects the features of sound that comes block by block.

    Parameters
    ----------
    rate_hz
        Samples per second of the blocks; anything but 16 kHz is resampled on the way.
    """

    def __init__(self, rate_hz: int) -> None:
        self._resampler = Resampler(rate_hz, ANALYSIS_RATE_HZ)
        # Half a transform of silence in front centres frame 0 at time 0.
        self._pending: FloatArray = np.zeros(_FFT // 2, dtype=np.float32)
        self._parts: list[FrameFeatures] = []

    def feed(self, samples: FloatArray) -> None:
        """Add the next block, of any length."""
        self._add(self._resampler.feed(samples))

    def finish(self) -> FrameFeatures:
        """The features of all that was fed. Nothing may be fed afterwards."""
        self._add(self._resampler.finish())
        self._add(np.zeros(_FFT // 2, dtype=np.float32))
        if not self._parts:
            return FrameFeatures(
                np.zeros((0, len(_BANDS_HZ) + _LINES)), np.zeros((0, CANDIDATES)), np.zeros((0, CANDIDATES))
            )
        return FrameFeatures(
            np.concatenate([part.bands for part in self._parts]),
            np.concatenate([part.periods_s for part in self._parts]),
            np.concatenate([part.strengths for part in self._parts]),
        )

    def _add(self, samples: FloatArray) -> None:
        sound = np.concatenate([self._pending, samples])
        count = (len(sound) - _FFT) // _HOP + 1
        if count > 0:
            self._parts.append(_features(sound[: (count - 1) * _HOP + _FFT]))
            sound = sound[count * _HOP :]
        self._pending = sound


def analyse_frames(waveform: Waveform) -> FrameFeatures:
    """The features of a whole recording, as `FrameStream` gives them."""
    stream = FrameStream(waveform.rate_hz)
    block = max(1, round(_BLOCK * waveform.rate_hz / ANALYSIS_RATE_HZ))
    for start in range(0, len(waveform.samples), block):
        stream.feed(waveform.samples[start : start + block])
    return stream.finish()


def _features(sound: FloatArray) -> FrameFeatures:
    import librosa

    window = _window()
    spectrum = librosa.stft(
        sound, n_fft=_FFT, hop_length=_HOP, win_length=_WINDOW, window="hann", center=False
    )
    power = (np.abs(spectrum).T ** 2).astype(np.float64)
    periods, strengths = pitch_candidates(power, window=window, rate_hz=ANALYSIS_RATE_HZ)
    bands = np.concatenate([power @ _band_weights(), power[:, :_LINES] * _SCALE], axis=1)
    return FrameFeatures(bands, periods, strengths)


def _window() -> np.ndarray:
    """The Hann window that librosa.stft uses: periodic."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW))


def _band_weights() -> np.ndarray:
    """Shape ``(bins, bands)``: sums bins into bands, scaled to the mean square of the signal."""
    frequencies = np.arange(_FFT // 2 + 1) * ANALYSIS_RATE_HZ / _FFT
    inside = [(frequencies >= low) & (frequencies < high) for low, high in _BANDS_HZ]
    return np.asarray(np.array(inside, dtype=np.float64).T * _SCALE)


_SCALE = 2.0 / (_FFT * np.sum(_window() ** 2))  # a line's share of the mean square
