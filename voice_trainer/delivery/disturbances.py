"""What microphones and lines do to sound: clipping, mains hum, missing pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice_trainer.delivery.activity import runs
from voice_trainer.delivery.frames import HOP_S
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.waveform import FloatArray, Waveform

_PLATEAU = 0.995  # of the highest sample: a clipped wave stays there
_PLATEAU_SAMPLES = 3
_PILE = 2.0  # times as many samples as a little below: sound that was clipped and then resampled
_PILE_STEPS = 3  # together 12%: single levels of a telephone's mu-law are not a pile
_PILE_SAMPLES = 36
_PILE_HIGHEST_SHARE = 0.3  # of the samples; the middle of the wave holds piles of its own
_LEVELS = np.geomspace(0.15, 1.0, 49)  # steps of 4%
_MAINS_HZ = (50.0, 60.0)
_HARMONICS = 6
_HUM_PROMINENCE_DB = 15.0
_HUM_WINDOW_S = 0.5  # resolves 2 Hz: 50 and 60 and their harmonics lie well apart
_HUM_WINDOWS = 7
_HUM_LONGEST_S = 30
_HUM_DBFS = -75.0  # quieter than any room; not worth a word
_DROPOUT_S = 0.006
_DROPOUT_EDGE = 0.05  # of the loudest sample nearby: speech does not stop dead, lost blocks do
_BACKGROUND_DB = 15.0  # under the mean power of all speech; no recording of one speaker has any at 12
_BACKGROUND_S = 0.4
_BACKGROUND_VOICED = 0.3
_SYLLABLE_FRAMES = 31  # 0.15 s to either side


@dataclass(frozen=True, slots=True)
class Hum:
    """Mains hum: its frequency and level."""

    frequency_hz: float
    level_dbfs: float


def background_voice_s(level_db: np.ndarray, *, speaking: np.ndarray, voiced: np.ndarray) -> float:
    """Seconds of speech far softer than the rest of it: somebody else in the room, or words said aside.

    Parameters
    ----------
    level_db, speaking, voiced
        Shape ``(frames,)`` each, 10 ms apart: level, and which frames hold speech and voice.
    """
    from scipy.ndimage import maximum_filter1d

    if not speaking.any():
        return 0.0
    usual_db = 10.0 * np.log10(np.mean(10.0 ** (level_db[speaking] / 10.0)))
    # Nothing louder within a syllable: the soft ends of one's own words are no other voice.
    soft = speaking & (maximum_filter1d(level_db, _SYLLABLE_FRAMES) < usual_db - _BACKGROUND_DB)
    stretches = [(a, b + 1) for a, b in runs(soft) if (b + 1 - a) * HOP_S >= _BACKGROUND_S]
    return HOP_S * sum(b - a for a, b in stretches if voiced[a:b].mean() >= _BACKGROUND_VOICED)


def clipped_mask(samples: FloatArray) -> np.ndarray:
    """Which samples lie on a plateau at the top or the bottom of the recording, at any gain.

    Returns
    -------
    mask
        Shape ``(n,)``, bool: in a run of at least three samples within 0.5% of the extreme.
    """
    mask = np.zeros(len(samples), dtype=bool)
    for side in (samples, -samples):
        top = float(np.max(side, initial=0.0))
        if top <= 0.0:
            continue
        near = side >= _PLATEAU * top
        # Counting neighbours finds runs of three without a loop over them.
        threes = near[:-2] & near[1:-1] & near[2:]
        for shift in range(_PLATEAU_SAMPLES):
            mask[shift : shift + len(threes)] |= threes
    return mask


def resampled_clipping(samples: FloatArray) -> float:
    """Share of samples cut off by clipping that resampling or a codec has smeared since.

    The plateau is gone then, but samples still pile up at its height, where in an unclipped voice every
    higher level is rarer than the one below.

    Returns
    -------
    share
        0..1 of the samples at or above the pile; 0 where there is none.
    """
    share = 0.0
    for side in (samples, -samples):
        half = side[side > 0]
        if len(half) == 0:
            continue
        counts, _ = np.histogram(half / half.max(), _LEVELS)
        above = np.cumsum(counts[::-1])[::-1]
        here = np.convolve(counts, np.ones(_PILE_STEPS), "full")[_PILE_STEPS - 1 :]  # this step and two more
        below = np.full(len(counts), np.inf)
        below[_PILE_STEPS + 1 :] = here[: -_PILE_STEPS - 1]  # the three that end one step lower
        pile = (here >= _PILE_SAMPLES) & (above < _PILE_HIGHEST_SHARE * len(half))
        pile &= here > _PILE * (below + 1)
        if pile.any():
            share = max(share, float(above[int(np.argmax(pile))]) / len(half))
    return share


def find_hum(waveform: Waveform) -> Hum | None:
    """Mains hum under the recording; None where there is none, or less than 2 s to tell it from.

    Hum stays while the voice moves and stops: in the quietest tenth of the windows of each frequency its
    lines still stand out.
    """
    size = round(_HUM_WINDOW_S * waveform.rate_hz)
    sounding = waveform.samples[: _HUM_LONGEST_S * waveform.rate_hz]
    pieces = [sounding[i : i + size] for i in range(0, len(sounding) - size + 1, size // 2)]
    pieces = [piece for piece in pieces if np.any(piece)]
    if len(pieces) < _HUM_WINDOWS:
        return None
    window = np.hanning(size)
    bins = round((_MAINS_HZ[-1] * _HARMONICS + 50.0) * _HUM_WINDOW_S)
    spectra = [np.abs(np.fft.rfft(piece * window)[:bins]) ** 2 for piece in pieces]
    power = np.quantile(spectra, 0.1, axis=0) * 2 / (size * np.sum(window**2))
    hertz = waveform.rate_hz / size
    found = [hum for mains in _MAINS_HZ if (hum := _lines(power, hertz, mains)) is not None]
    return max(found, key=lambda hum: hum.level_dbfs, default=None)


def _lines(power: np.ndarray, hertz: float, mains_hz: float) -> Hum | None:
    """Hum if the fundamental or two harmonics stand out of their neighbourhood."""
    prominent, total = [], 0.0
    for harmonic in range(1, _HARMONICS + 1):
        centre = round(mains_hz * harmonic / hertz)
        around = round(20.0 / hertz)
        if centre + around >= len(power):
            break
        line = float(power[centre - 1 : centre + 2].sum())
        beside = np.concatenate(
            [power[max(1, centre - around) : centre - 2], power[centre + 3 : centre + around + 1]]
        )
        floor = 3.0 * float(np.median(beside)) + 1e-20
        prominent.append(10.0 * np.log10(max(line, 1e-20) / floor) > _HUM_PROMINENCE_DB)
        total += line if prominent[-1] else 0.0
    level = 10.0 * float(np.log10(max(total, 1e-20)))
    enough = (prominent[:1] == [True] and sum(prominent) >= 1) or sum(prominent) >= 2
    return Hum(mains_hz, level) if enough and level > _HUM_DBFS else None


def dropouts_s(waveform: Waveform, speech: tuple[Span, ...]) -> float:
    """Seconds of digital silence that begin or end abruptly in the middle of speech."""
    total = 0
    for span in speech:
        part = waveform.between(span.start_s, span.end_s).samples
        edge = _DROPOUT_EDGE * float(np.max(np.abs(part), initial=0.0))
        for first, last in runs(part == 0.0):
            if last - first + 1 < _DROPOUT_S * waveform.rate_hz:
                continue
            before = abs(float(part[first - 1])) if first > 0 else 0.0
            after = abs(float(part[last + 1])) if last + 1 < len(part) else 0.0
            if edge > 0.0 and max(before, after) > edge:
                total += last - first + 1
    return total / waveform.rate_hz
