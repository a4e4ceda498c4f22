"""Frames that a microphone did not deliver, found by comparing what came with the wall clock.

Under load PortAudio loses frames without saying so. Blocks come in bursts, so a single late block
proves nothing: only when *every* block of a second came late by more than the tolerance are frames gone. How
many, the second after it tells: of the first only its last, late block may lie behind the gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf


@dataclass(slots=True)
class LostFrames:
    """Counts the frames missing from a stream.

    Attributes
    ----------
    rate_hz
        Nominal rate of the stream.
    tolerance_s
        Lateness that buffering explains; a driver's word that it overflowed lowers it to a tenth.
    window_s
        Time over which the least lateness is taken.
    drift_per_s
        A sound card's clock may run this much slower than ours (crystals: 0.0002) without any loss.
    settle_s
        The first blocks hold whatever the driver had buffered: they say nothing about loss.
    """

    rate_hz: int
    tolerance_s: float = 0.05
    window_s: float = 1.0
    drift_per_s: float = 0.001
    settle_s: float = 0.5
    _start_s: float | None = field(default=None, init=False)
    _received: int = field(default=0, init=False)
    _floor_s: float = field(default=inf, init=False)
    _least_s: float = field(default=inf, init=False)
    _window_start_s: float = field(default=0.0, init=False)
    _overflowed: bool = field(default=False, init=False)
    _suspected: bool = field(default=False, init=False)

    def add(self, frames: int, now_s: float, *, overflow: bool = False) -> int:
        """Take a block of `frames` that arrived at `now_s`; the frames now known to be lost before it."""
        if self._start_s is None:
            self._start_s = now_s
            self._window_start_s = now_s + self.settle_s
            return 0
        self._received += frames
        self._overflowed |= overflow
        if now_s < self._window_start_s:
            return 0
        late_s = now_s - self._start_s - self._received / self.rate_hz
        self._least_s = min(self._least_s, late_s)
        self._floor_s = min(self._floor_s, late_s)
        if now_s - self._window_start_s < self.window_s:
            return 0
        return self._judge(now_s)

    def _judge(self, now_s: float) -> int:
        """Close the window: a floor that rose by more than the tolerance is a loss."""
        rise_s = self._least_s - self._floor_s
        tolerance_s = self.tolerance_s / 10 if self._overflowed else self.tolerance_s
        self._window_start_s, self._least_s = now_s, inf
        if rise_s > tolerance_s and not self._suspected:
            self._suspected = True
            return 0
        self._suspected = self._overflowed = False
        if rise_s > tolerance_s:
            self._floor_s += rise_s
            return round(rise_s * self.rate_hz)
        # Of the window, not of the time that went by: in that lies the gap of a loss just beginning.
        self._floor_s += min(rise_s, self.drift_per_s * self.window_s)
        return 0
