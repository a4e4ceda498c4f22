"""What is done to a recording after it was spoken, and the sounds that nobody spoke.

A treatment takes samples (full scale -1..1), their rate, one value of the recipe and a seeded random
generator, and gives samples and rate.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Treatment = Callable[[Samples, int, Any, Any], tuple[Samples, int]]

FRAME_S = 0.01


def play_faster(sound: Samples, ratio: Fraction) -> Samples:
    """Higher in pitch and formants by `ratio`, and shorter by as much.

    A recogniser still follows that, where a phase vocoder's smearing costs half of the words.
    """
    from scipy import signal

    return np.asarray(signal.resample_poly(sound, ratio.denominator, ratio.numerator))


def speaking(sound: Samples, rate_hz: int) -> NDArray[np.bool_]:
    """Frames of 10 ms within 40 dB of the loudest: exact on clean synthetic speech."""
    frame = round(FRAME_S * rate_hz)
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    power = (frames**2).mean(axis=1)
    return np.asarray(power > 1e-4 * power.max(initial=1e-12))


def level(sound: Samples, rate_hz: int, target_dbfs: float, _rng: object) -> tuple[Samples, int]:
    """Set the RMS while speaking; peaks are kept under full scale by a soft knee."""
    frame = round(FRAME_S * rate_hz)
    mask = np.repeat(speaking(sound, rate_hz), frame)
    rms = float(np.sqrt((sound[: len(mask)][mask] ** 2).mean()))
    louder = sound * (10 ** (target_dbfs / 20) / rms)
    knee = 0.8
    over = np.abs(louder) > knee
    bent = np.sign(louder) * (knee + (1 - knee) * np.tanh((np.abs(louder) - knee) / (1 - knee)) * 0.95)
    return np.where(over, bent, louder), rate_hz


def brighten(sound: Samples, rate_hz: int, gain_db: float, _rng: object) -> tuple[Samples, int]:
    """Raise what lies over 1 kHz by `gain_db`, rising from nothing at 500 Hz: a voice that is pressed."""
    spectrum = np.fft.rfft(sound)
    frequency = np.maximum(np.fft.rfftfreq(len(sound), 1 / rate_hz), 1.0)
    share = np.clip(np.log2(frequency / 500.0), 0.0, 1.0)
    shaped: Samples = np.fft.irfft(spectrum * 10 ** (gain_db * share / 20), n=len(sound))
    return shaped, rate_hz


def overdrive(sound: Samples, rate_hz: int, gain_db: float, _rng: object) -> tuple[Samples, int]:
    """Turn the microphone up until it clips."""
    return np.clip(sound * 10 ** (gain_db / 20), -1.0, 1.0), rate_hz


def room(sound: Samples, rate_hz: int, noise_dbfs: float, rng: np.random.Generator) -> tuple[Samples, int]:
    """The noise floor of a quiet room, so that silence is not digital zero."""
    return sound + pink(sound.shape, rng) * 10 ** (noise_dbfs / 20), rate_hz


def noise(sound: Samples, rate_hz: int, snr_db: float, rng: np.random.Generator) -> tuple[Samples, int]:
    """Pink noise so that speech is `snr_db` over it (RMS while speaking against RMS of the noise)."""
    frame = round(FRAME_S * rate_hz)
    mask = np.repeat(speaking(sound, rate_hz), frame)
    rms = float(np.sqrt((sound[: len(mask)][mask] ** 2).mean()))
    return sound + pink(sound.shape, rng) * rms * 10 ** (-snr_db / 20), rate_hz


def hum(sound: Samples, rate_hz: int, level_dbfs: float, _rng: object) -> tuple[Samples, int]:
    """Mains hum under the speech."""
    return sound + mains({"duration_s": len(sound) / rate_hz, "level_dbfs": level_dbfs}, rate_hz), rate_hz


def telephone(sound: Samples, rate_hz: int, out_hz: int, _rng: object) -> tuple[Samples, int]:
    """A telephone line: 300-3400 Hz, 8 kHz, 8-bit mu-law (G.711)."""
    from scipy import signal

    band = signal.butter(6, [300, 3400], "bandpass", fs=rate_hz, output="sos")
    narrow = signal.resample_poly(signal.sosfiltfilt(band, sound), out_hz, rate_hz)
    narrow = np.clip(narrow, -1.0, 1.0)
    companded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return np.sign(companded) * np.expm1(np.abs(companded) * np.log(256)) / 255, out_hz


def cut(sound: Samples, rate_hz: int, span_s: list[float], _rng: object) -> tuple[Samples, int]:
    """Keep only the part from the first to the second time."""
    return sound[round(span_s[0] * rate_hz) : round(span_s[1] * rate_hz)], rate_hz


def mixdown(sound: Samples, rate_hz: int, _value: object, _rng: object) -> tuple[Samples, int]:
    """Both channels into one, as cheap call recorders do."""
    return sound.mean(axis=1) * np.sqrt(2), rate_hz


def pink(shape: tuple[int, ...], rng: np.random.Generator) -> Samples:
    """Pink noise of RMS 1 along the first axis, 20 Hz and up."""
    white = np.fft.rfft(rng.standard_normal(shape), axis=0)
    index = np.arange(white.shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    shaped = np.where(index > 20 * shape[0] / 16_000, white / np.sqrt(np.maximum(index, 1)), 0)
    sound: Samples = np.fft.irfft(shaped, n=shape[0], axis=0)
    return np.asarray(sound / np.sqrt((sound**2).mean()))


def silence(value: dict[str, float], rate_hz: int) -> Samples:
    """Nothing."""
    return np.zeros(round(value["duration_s"] * rate_hz))


def mains(value: dict[str, float], rate_hz: int) -> Samples:
    """50 Hz and five harmonics."""
    time_s = np.arange(round(value["duration_s"] * rate_hz)) / rate_hz
    sound: Samples = np.sum([np.sin(2 * np.pi * 50 * k * time_s + k) / k for k in range(1, 7)], axis=0)
    return sound / float(np.sqrt((sound**2).mean())) * 10 ** (value["level_dbfs"] / 20)


def melody(value: dict[str, float], rate_hz: int) -> Samples:
    """Music on hold: a slow row of tones with overtones and a soft attack."""
    time_s = np.arange(round(value["duration_s"] * rate_hz)) / rate_hz
    notes_hz = 220.0 * 2 ** (np.array([0, 4, 7, 12, 7, 4, 9, 5]) / 12)
    note_s = 0.5
    frequency = notes_hz[(time_s / note_s).astype(int) % len(notes_hz)]
    phase = 2 * np.pi * np.cumsum(frequency) / rate_hz
    overtones: Samples = np.sum([np.sin(k * phase) / k**1.5 for k in range(1, 6)], axis=0)
    sound = overtones * np.exp(-3 * (time_s % note_s)) * np.minimum(1.0, (time_s % note_s) / 0.02)
    return np.asarray(sound / np.sqrt((sound**2).mean()) * 10 ** (value["level_dbfs"] / 20))


TREATMENTS: dict[str, Treatment] = {
    "level_dbfs": level,
    "brighten_db": brighten,
    "overdrive_db": overdrive,
    "room_dbfs": room,
    "noise_snr_db": noise,
    "hum_dbfs": hum,
    "telephone_hz": telephone,
    "cut_s": cut,
    "mixdown": mixdown,
}
GENERATORS: dict[str, Callable[[Any, int], Samples]] = {"silence": silence, "hum": mains, "melody": melody}
