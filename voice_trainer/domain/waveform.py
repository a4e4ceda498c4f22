"""Sound with its rate, always together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """Mono sound.

    Attributes
    ----------
    samples
        Shape ``(n,)``, float32, full scale at -1..1, finite.
    rate_hz
        Samples per second, positive.
    """

    samples: FloatArray
    rate_hz: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise ValueError(f"expected mono float32, got {self.samples.dtype} of shape {self.samples.shape}")
        if self.rate_hz <= 0:
            raise ValueError(f"rate_hz must be positive, got {self.rate_hz}")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz

    def between(self, start_s: float, end_s: float) -> Waveform:
        """The part from `start_s` to `end_s`, clipped to what exists."""
        first, last = (max(0, round(t * self.rate_hz)) for t in (start_s, end_s))
        return Waveform(self.samples[first:last], self.rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class SpeechFrames:
    """Probability that somebody speaks, frame by frame.

    Attributes
    ----------
    probabilities
        Shape ``(frames,)``, float32, 0..1.
    hop_s
        Seconds from one frame's start to the next.
    """

    probabilities: FloatArray
    hop_s: float
