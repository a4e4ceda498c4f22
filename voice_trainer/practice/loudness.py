"""Follows speech by its loudness alone: cheap enough for hundreds of recordings in one process.

It decides only when a reply is over. What is judged is looked at again with the real detector, which costs
a hundred times as much; so `finish` gives nothing away.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from voice_trainer.domain.waveform import FloatArray, SpeechFrames

HOP_S = 0.03
WINDOW_S = 4.0  # nobody speaks for so long without a gap of a frame; a fan hums for longer
ABOVE_FLOOR_DB = 12.0  # the quietest frame of a noise lies some 3 dB below its mean
QUIET_DBFS = -60.0  # below this nothing is speech
FLOOR_DBFS_MAX = -50.0  # believed of a room that was not heard for a whole window yet


class LoudnessStream:
    """Port `SpeechStream`: a frame well above the quietest one of the last seconds is speech."""

    def __init__(self, rate_hz: int) -> None:
        self._frame = max(1, round(HOP_S * rate_hz))
        self._rest: FloatArray = np.zeros(0, np.float32)
        self._recent: deque[float] = deque(maxlen=math.ceil(WINDOW_S / HOP_S))

    def feed(self, samples: FloatArray) -> list[float]:
        """1.0 or 0.0 for each frame completed by `samples`."""
        joined = np.concatenate([self._rest, samples])
        whole = len(joined) // self._frame * self._frame
        self._rest = joined[whole:]
        frames = joined[:whole].reshape(-1, self._frame)
        # The variance, not the power: some sound cards add a constant.
        levels = 10 * np.log10(np.maximum(np.var(frames, axis=1, dtype=np.float64), 1e-12))
        return [self._speech(float(level)) for level in levels]

    def finish(self) -> SpeechFrames | None:
        """None: a better detector finds something else."""
        return None

    def _speech(self, level_dbfs: float) -> float:
        self._recent.append(level_dbfs)
        floor = min(self._recent)
        if len(self._recent) < (self._recent.maxlen or 0):
            floor = min(floor, FLOOR_DBFS_MAX)
        return 1.0 if level_dbfs >= max(floor + ABOVE_FLOOR_DB, QUIET_DBFS) else 0.0
