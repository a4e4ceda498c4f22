"""Finds the pitch of the voice: autocorrelation, window correction, and the cheapest path through it.

The method is Boersma's [1]_, which Praat uses: the autocorrelation of a windowed frame divided by that of
the window peaks at the period of the voice. Each frame offers four periods and "unvoiced"; dynamic
programming picks the path that pays least for weak peaks, octave jumps and changes of voicing.

References
----------
.. [1] Boersma, P. (1993). Accurate short-term analysis of the fundamental frequency and the
   harmonics-to-noise ratio of a sampled sound. IFA Proceedings 17, 97-110.
"""

from __future__ import annotations

import numpy as np

CANDIDATES = 4
FLOOR_HZ = 65.0
CEILING_HZ = 600.0

_VOICING_THRESHOLD = 0.45
_SILENCE_DB = 30.0  # a frame this far below the local peak starts to count as silence
_OCTAVE_COST = 0.01  # per octave, prefers the shorter period
_OCTAVE_JUMP_COST = 0.35
_VOICING_COST = 0.14
_LOWEST_BIN_HZ = 50.0  # rumble and direct current stay out of the autocorrelation


def pitch_candidates(power: np.ndarray, *, window: np.ndarray, rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    """The strongest periods of each frame.

    Parameters
    ----------
    power
        Shape ``(frames, bins)``: power spectra, zero-padded well beyond the window.
    window
        Shape ``(n,)``: the window the frames were cut with.
    rate_hz
        Samples per second.

    Returns
    -------
    periods_s, strengths
        Each of shape ``(frames, 4)``, strongest first; period 0 and strength 0 where there are fewer.
    """
    size = 2 * (power.shape[1] - 1)
    weighted = power.copy()
    weighted[:, : round(_LOWEST_BIN_HZ * size / rate_hz)] = 0.0
    longest = int(rate_hz / FLOOR_HZ) + 2
    shortest = max(2, int(rate_hz / CEILING_HZ))
    raw = np.fft.irfft(weighted, axis=1)[:, : longest + 1]
    own = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)[: longest + 1]
    energy = np.maximum(raw[:, :1], 1e-20)
    correlation = (raw / energy) / (own / own[0])
    return _peaks(correlation, shortest=shortest, rate_hz=rate_hz)


def _peaks(correlation: np.ndarray, *, shortest: int, rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    left, centre, right = (
        correlation[:, shortest - 1 : -2],
        correlation[:, shortest:-1],
        correlation[:, shortest + 1 :],
    )
    peak = (centre > left) & (centre >= right) & (centre > 0.5 * _VOICING_THRESHOLD)
    bend = np.where(peak, left - 2 * centre + right, -1.0)
    offset = np.where(peak, 0.5 * (left - right) / bend, 0.0)
    height = centre - 0.25 * (left - right) * offset
    lags = np.arange(shortest, shortest + centre.shape[1]) + offset
    # The octave cost decides which four survive, so that a perfect pitch keeps its shortest period.
    preferred = height - _OCTAVE_COST * np.log2(np.maximum(lags, 1.0) * FLOOR_HZ / rate_hz)
    preferred = np.where(peak, preferred, -np.inf)
    best = np.argpartition(-preferred, CANDIDATES - 1, axis=1)[:, :CANDIDATES]
    order = np.argsort(-np.take_along_axis(preferred, best, 1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, 1)
    real = np.isfinite(np.take_along_axis(preferred, best, 1))
    strengths = np.where(real, np.clip(np.take_along_axis(height, best, 1), 0.0, 1.0), 0.0)
    periods = np.where(real, np.take_along_axis(lags, best, 1) / rate_hz, 0.0)
    return periods, strengths


def pitch_path(periods_s: np.ndarray, strengths: np.ndarray, *, below_peak_db: np.ndarray) -> np.ndarray:
    """The pitch of each frame.

    Parameters
    ----------
    periods_s, strengths
        Shape ``(frames, 4)`` each, from `pitch_candidates`, at a hop of 10 ms.
    below_peak_db
        Shape ``(frames,)``: how far each frame lies below the loudest within a second, not negative.

    Returns
    -------
    f0_hz
        Shape ``(frames,)``; nan where the frame is unvoiced.
    """
    frames = len(periods_s)
    if frames == 0:
        return np.zeros(0)
    f0 = np.where(periods_s > 0, 1.0 / np.maximum(periods_s, 1e-6), 0.0)
    octave = np.where(f0 > 0, np.log2(np.maximum(f0, 1.0)), 0.0)
    voiced_gain = np.where(f0 > 0, strengths + _OCTAVE_COST * (octave - np.log2(CEILING_HZ)), -1e3)
    unvoiced_gain = _VOICING_THRESHOLD + np.clip((below_peak_db - _SILENCE_DB) / 10.0, 0.0, 2.0)
    gains = np.concatenate([voiced_gain, unvoiced_gain[:, None]], axis=1)
    states = _cheapest_path(gains, _jump_costs(octave))
    voiced = states < CANDIDATES
    picked = f0[np.arange(frames), np.minimum(states, CANDIDATES - 1)]
    return np.where(voiced & (picked > 0), picked, np.nan)


def _jump_costs(octave: np.ndarray) -> np.ndarray:
    """Shape ``(frames - 1, from, to)``: what it costs to go from one state to the next frame's."""
    frames = len(octave)
    costs = np.full((max(frames - 1, 0), CANDIDATES + 1, CANDIDATES + 1), _VOICING_COST)
    costs[:, :CANDIDATES, :CANDIDATES] = _OCTAVE_JUMP_COST * np.abs(
        octave[:-1, :, None] - octave[1:, None, :]
    )
    costs[:, CANDIDATES, CANDIDATES] = 0.0
    return costs


def _cheapest_path(gains: np.ndarray, costs: np.ndarray) -> np.ndarray:
    frames, count = gains.shape
    back = np.zeros((frames, count), dtype=np.int64)
    score = gains[0]
    columns = np.arange(count)
    for i in range(1, frames):
        options = score[:, None] - costs[i - 1]
        back[i] = options.argmax(axis=0)
        score = options[back[i], columns] + gains[i]
    states = np.empty(frames, dtype=np.int64)
    states[-1] = int(score.argmax())
    for i in range(frames - 1, 0, -1):
        states[i - 1] = back[i, states[i]]
    return states
