"""What the room and the line add to the voice, and the voice without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice_trainer.delivery.frames import BROAD, FrameFeatures, decibels

_DIGITAL_SILENCE = 1e-12  # mean square; 24 dB under one step of 16 bits
_ENOUGH_FRAMES = 15  # of frames without speech, to know the noise from them
_QUIETEST_SHARE = 0.05  # of all frames, where too few are without speech
_CLEAN_DB = 35.0  # from here on the noise estimate is mostly quiet speech, and is not subtracted
_REMAINDER = 0.02  # of a frame's energy is always kept
HIGHEST_SNR_DB = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """The noise under a recording.

    Attributes
    ----------
    bands
        Shape ``(bands,)``: mean square in each band.
    floor_dbfs
        Level between 80 and 7600 Hz; None where all the rest is digital silence.
    snr_db
        Speech over noise, capped at 60; None without speech.
    measured
        Whether it comes from frames without speech; otherwise from the quietest frames, as an upper bound.
    """

    bands: np.ndarray
    floor_dbfs: float | None
    snr_db: float | None
    measured: bool


def estimate_noise(features: FrameFeatures, mask: np.ndarray) -> Noise:
    """The noise of a recording, from the quieter half of the frames without speech.

    Digital silence is left out: a gate or padding says nothing about the noise under the voice.
    """
    level = features.bands[:, BROAD]
    sounding = level > _DIGITAL_SILENCE
    rest = np.flatnonzero(~mask & sounding)
    measured = len(rest) >= _ENOUGH_FRAMES
    if measured:
        quieter = rest[np.argsort(level[rest], kind="stable")[: max(8, len(rest) // 2)]]
        bands = features.bands[quieter].mean(axis=0)
    elif sounding.any():
        # Band by band: the quietest frame of a hiss and of a hum are not the same.
        bands = np.quantile(features.bands[sounding], _QUIETEST_SHARE, axis=0)
    else:
        return Noise(np.zeros(features.bands.shape[1]), None, None, False)
    floor = float(decibels(bands[BROAD]))
    return Noise(bands, floor, _snr_db(level, mask, float(bands[BROAD])), measured)


def _snr_db(level: np.ndarray, mask: np.ndarray, noise: float) -> float | None:
    if not mask.any():
        return None
    speech = max(float(level[mask].mean()) - noise, 1e-20)
    return float(np.clip(decibels(np.array(speech / max(noise, 1e-20))), -20.0, HIGHEST_SNR_DB))


def without_noise(bands: np.ndarray, noise: Noise) -> np.ndarray:
    """Band energies of frames with the noise's share taken off (spectral subtraction).

    Noise fills the upper bands first and so passes for a raised voice: pink noise at 15 dB moved the rule
    by .35 against a clean baseline, .05 after subtraction. Above 35 dB nothing is subtracted.
    """
    if noise.snr_db is None:
        return bands
    share = float(np.clip((_CLEAN_DB - noise.snr_db) / 10.0, 0.0, 1.0))
    return np.maximum(bands - share * noise.bands, _REMAINDER * bands)
