"""Synthetic voices and made-up speech probabilities: the truth about them is known exactly."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform

RATE_HZ = 16_000
HOP_S = 0.032


def vowel(
    duration_s: float, *, f0_hz: float = 120.0, tilt: float = 0.95, level: float = 0.1, seed: int = 0
) -> FloatArray:
    """A vowel: a glottal pulse train through three formants. A smaller `tilt` sounds sharper."""
    rng = np.random.default_rng(seed)
    count = round(duration_s * RATE_HZ)
    f0 = f0_hz * (1.0 + 0.03 * np.sin(2 * np.pi * 3.0 * np.arange(count) / RATE_HZ))
    phase = np.cumsum(f0 / RATE_HZ)
    source = (np.diff(np.floor(phase), prepend=0.0) > 0).astype(float) + 0.002 * rng.standard_normal(count)
    sound = lfilter([1.0], [1.0, -tilt], source)
    for formant_hz, width_hz in ((600.0, 80.0), (1500.0, 120.0), (2600.0, 180.0)):
        radius = np.exp(-np.pi * width_hz / RATE_HZ)
        sound = lfilter(
            [1.0], [1.0, -2 * radius * np.cos(2 * np.pi * formant_hz / RATE_HZ), radius**2], sound
        )
    # Stress comes and goes: a vowel of constant height would pile up at its peaks like a clipped one.
    sound = (sound - np.mean(sound)) * (0.6 + 0.4 * np.sin(2 * np.pi * 1.7 * np.arange(count) / RATE_HZ))
    # Breath above 5 kHz, as any voice has and no telephone line carries.
    breath = sosfilt(butter(4, 5000, "high", fs=RATE_HZ, output="sos"), rng.standard_normal(count))
    return np.asarray(level * (sound / np.std(sound) + 0.02 * breath), dtype=np.float32)


def room(duration_s: float, *, level: float = 1e-4, seed: int = 1) -> FloatArray:
    """White noise of a quiet room."""
    noise = np.random.default_rng(seed).standard_normal(round(duration_s * RATE_HZ))
    return np.asarray(level * noise, dtype=np.float32)


def talk(
    pieces: list[tuple[str, float]], *, f0_hz: float = 120.0, tilt: float = 0.95, level: float = 0.1
) -> tuple[Waveform, SpeechFrames]:
    """Vowels and silences, as ("voice" | "silence", seconds), over a quiet room, with true probabilities."""
    parts, truth = [], []
    for i, (kind, duration_s) in enumerate(pieces):
        speaking = kind == "voice"
        parts.append(
            vowel(duration_s, f0_hz=f0_hz, tilt=tilt, level=level, seed=i)
            if speaking
            else np.zeros(round(duration_s * RATE_HZ), dtype=np.float32)
        )
        truth.append(np.full(len(parts[-1]), speaking, dtype=np.float32))
    samples = np.concatenate(parts)
    samples = samples + room(len(samples) / RATE_HZ)[: len(samples)]
    return Waveform(samples, RATE_HZ), frames_of(np.concatenate(truth))


def frames_of(speaking: np.ndarray) -> SpeechFrames:
    """Probabilities of 32 ms frames from a truth per sample."""
    size = round(HOP_S * RATE_HZ)
    padded = np.concatenate([speaking, np.zeros(-len(speaking) % size, dtype=np.float32)])
    return SpeechFrames(np.asarray(padded.reshape(-1, size).mean(axis=1), dtype=np.float32), HOP_S)
