"""A recording's outline, small enough for a page."""

from __future__ import annotations

import numpy as np

from voice_trainer.domain.waveform import Waveform

Envelope = tuple[tuple[float, float], ...]
COLUMNS_PER_S = 30


def envelope_of(waveform: Waveform, *, columns_per_s: int = COLUMNS_PER_S) -> Envelope:
    """Lowest and highest sample (-1..1) of each column.

    Parameters
    ----------
    columns_per_s
        Columns for each second of sound; the last may be shorter.

    Returns
    -------
    tuple of (low, high)
        Empty for an empty recording.
    """
    samples = waveform.samples
    if not len(samples):
        return ()
    edges = np.arange(0, len(samples), max(1, round(waveform.rate_hz / columns_per_s)))
    lows = np.minimum.reduceat(samples, edges)
    highs = np.maximum.reduceat(samples, edges)
    return tuple(zip(np.round(lows, 4).tolist(), np.round(highs, 4).tolist(), strict=True))
