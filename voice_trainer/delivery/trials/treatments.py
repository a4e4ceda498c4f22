"""What can happen to a voice between mouth and file, applied to recordings with a fixed seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from voice_trainer.delivery.resample import resampled
from voice_trainer.domain.waveform import Waveform

Treatment = Callable[[Waveform], Waveform]
_LOUD_SHARE = 0.5  # the louder half of the 20 ms pieces stands for speech when a level is needed


def with_gain(waveform: Waveform, *, gain_db: float) -> Waveform:
    """Louder or softer; nothing is clipped."""
    return Waveform(np.asarray(waveform.samples * 10 ** (gain_db / 20), dtype=np.float32), waveform.rate_hz)


def over_telephone(waveform: Waveform) -> Waveform:
    """300-3400 Hz at 8 kHz, as a file of 16 kHz."""
    from scipy.signal import butter, sosfilt

    wide = resampled(waveform, 16000)
    band = butter(6, [300, 3400], "band", fs=16000, output="sos")
    line = Waveform(np.asarray(sosfilt(band, wide.samples), dtype=np.float32), 16000)
    return resampled(resampled(line, 8000), 16000)


def with_pink_noise(waveform: Waveform, *, snr_db: float, seed: int = 0) -> Waveform:
    """Pink noise below the speech by `snr_db`."""
    count = len(waveform.samples)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), count)
    level = _speech_rms(waveform) * 10 ** (-snr_db / 20) / max(float(np.std(noise)), 1e-12)
    return Waveform(np.asarray(waveform.samples + level * noise, dtype=np.float32), waveform.rate_hz)


def _speech_rms(waveform: Waveform) -> float:
    size = max(1, round(0.02 * waveform.rate_hz))
    whole = waveform.samples[: len(waveform.samples) // size * size].reshape(-1, size)
    power = np.sort(np.mean(np.square(whole, dtype=np.float64), axis=1))
    return float(np.sqrt(np.mean(power[round(len(power) * (1 - _LOUD_SHARE)) :]))) if len(power) else 0.0


TREATMENTS: Mapping[str, Treatment] = {
    "clean": lambda waveform: waveform,
    "gain +12 dB": lambda waveform: with_gain(waveform, gain_db=12.0),
    "gain -12 dB": lambda waveform: with_gain(waveform, gain_db=-12.0),
    "telephone": over_telephone,
    "noise 20 dB": lambda waveform: with_pink_noise(waveform, snr_db=20.0),
    "noise 15 dB": lambda waveform: with_pink_noise(waveform, snr_db=15.0),
    "noise 10 dB": lambda waveform: with_pink_noise(waveform, snr_db=10.0),
}
