"""Where somebody speaks: the detector's word, sharpened by the energy around it.

The detector is late at the end of speech and bridges short pauses, so a frame also has to stand near the
loudest frame within a second. The peak is local: a global one would drop calm parts beside loud ones.
"""

from __future__ import annotations

import numpy as np

from voice_trainer.domain.measurement import Span
from voice_trainer.domain.waveform import SpeechFrames

START_PROBABILITY = 0.5
END_PROBABILITY = 0.35
LOCAL_PEAK_S = 1.0
QUIETEST_DB = 35.0  # below the local peak: not speech any more
SHORTEST_SPEECH_S = 0.1
SHORTEST_GAP_S = 0.15  # stop consonants are silent for less


def below_local_peak_db(level_db: np.ndarray, *, hop_s: float) -> np.ndarray:
    """How far each frame lies below the loudest within a second to either side; shape kept, >= 0."""
    from scipy.ndimage import maximum_filter1d

    if len(level_db) == 0:
        return level_db
    size = 2 * round(LOCAL_PEAK_S / hop_s) + 1
    return np.asarray(maximum_filter1d(level_db, size, mode="nearest") - level_db)


def speech_mask(speech: SpeechFrames, level_db: np.ndarray, *, hop_s: float) -> np.ndarray:
    """Which frames hold speech.

    Parameters
    ----------
    speech
        The detector's probabilities over the same recording.
    level_db
        Shape ``(frames,)``: level of frames centred at ``i * hop_s``.

    Returns
    -------
    mask
        Shape ``(frames,)``, bool.
    """
    if len(level_db) == 0 or len(speech.probabilities) == 0:
        return np.zeros(len(level_db), dtype=bool)
    index = ((np.arange(len(level_db)) * hop_s) / speech.hop_s).astype(int)
    detected = _hysteresis(speech.probabilities)[np.minimum(index, len(speech.probabilities) - 1)]
    # Only speech sets the peak: a door slammed beside quiet words must not hide them.
    heard_db = np.where(detected, level_db, -200.0)
    near = below_local_peak_db(heard_db, hop_s=hop_s) < QUIETEST_DB
    mask = detected & near & (level_db > -190.0)
    return _without_short_runs(mask, hop_s=hop_s)


def speech_spans(mask: np.ndarray, *, hop_s: float) -> tuple[Span, ...]:
    """The stretches of speech in a mask, in seconds; an edge lies half a frame before its first centre."""
    return tuple(
        Span(round(max(0.0, (first - 0.5) * hop_s), 4), round((last + 0.5) * hop_s, 4))
        for first, last in runs(mask)
    )


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(start), int(stop) - 1) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _hysteresis(probabilities: np.ndarray) -> np.ndarray:
    """Speech begins at the higher threshold and lasts until the lower one is passed."""
    mask = np.zeros(len(probabilities), dtype=bool)
    for first, last in runs(probabilities >= END_PROBABILITY):
        if probabilities[first : last + 1].max() >= START_PROBABILITY:
            above = int(np.argmax(probabilities[first : last + 1] >= START_PROBABILITY))
            # Speech that rose quickly began with the rise, not when the detector was sure.
            mask[max(first, first + above - 2) : last + 1] = True
    return mask


def _without_short_runs(mask: np.ndarray, *, hop_s: float) -> np.ndarray:
    result = mask.copy()
    bridged = runs(~mask)
    for first, last in bridged:
        inside = first > 0 and last < len(mask) - 1
        if inside and (last - first + 1) * hop_s < SHORTEST_GAP_S:
            result[first : last + 1] = True
    for first, last in runs(result):
        if (last - first + 1) * hop_s < SHORTEST_SPEECH_S:
            result[first : last + 1] = False
    return result
