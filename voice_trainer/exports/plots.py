"""Geometry of the plots: values over time into SVG coordinates, and the same said in words.

All plots of a panel share one time axis, so that a word, its pitch and its level stand above each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voice_trainer.domain.listening import Move
from voice_trainer.domain.measurement import Curve, Span
from voice_trainer.domain.transcript import Word
from voice_trainer.exports.wording import MOVES, clock

PX_PER_S = 84.0
MIN_WIDTH = 320.0
CHARACTER_PX = 7.2  # of the words under the waveform, generous so that none overlap
LABEL_PX = 7.0
MAX_ROWS = 4
RANGE_SEMITONES = 6.0
FLOOR_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class Axis:
    """Seconds to pixels."""

    duration_s: float

    @property
    def width(self) -> float:
        """Pixels of the whole take."""
        return round(max(MIN_WIDTH, self.duration_s * PX_PER_S), 1)

    def x(self, time_s: float) -> float:
        """The pixel of a second, inside the plot."""
        return round(min(max(time_s, 0.0), self.duration_s) * PX_PER_S, 1)

    def ticks(self) -> list[tuple[float, str]]:
        """One a second, with its clock."""
        return [(self.x(s), clock(s)) for s in range(int(self.duration_s) + 1)]


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of time with a label; `label` is empty where it would not fit."""

    x: float
    width: float
    label: str
    title: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class WordMark:
    """A word under the waveform."""

    x: float
    row: int
    text: str
    title: str
    flags: str


def boxes(spans: Iterable[Span], axis: Axis, *, word: str) -> list[Box]:
    """Pauses or raised stretches as boxes."""
    found = []
    for span in spans:
        x, end = axis.x(span.start_s), axis.x(span.end_s)
        full = f"{word} {span.duration_s:.1f} s"
        label = next((s for s in (full, f"{span.duration_s:.1f} s") if len(s) * LABEL_PX <= end - x), "")
        found.append(Box(x, round(end - x, 1), label, f"{full}, from {clock(span.start_s)}"))
    return found


def move_boxes(moves: Sequence[Move], axis: Axis) -> list[Box]:
    """The order strip; the number leads to the list of moves that stands beside it."""
    found = []
    for number, move in enumerate(moves, start=1):
        if move.heard.start_s is None or move.heard.end_s is None:
            continue
        x, end = axis.x(move.heard.start_s), axis.x(move.heard.end_s)
        full = f"{number} {MOVES[move.kind]}"
        label = full if len(full) * LABEL_PX + 10 <= end - x else str(number)
        title = f"{full}, {clock(move.heard.start_s)}: {move.heard.text}"
        found.append(Box(x, max(round(end - x, 1), 14.0), label, title, move.kind.value))
    return found


def word_marks(words: Sequence[Word], flags: Sequence[str], axis: Axis) -> tuple[list[WordMark], int]:
    """Each timed word at its second, in as few rows as keep them apart, and the number of rows."""
    row_ends: list[float] = []
    marks: list[WordMark] = []
    for word, flag in zip(words, flags, strict=True):
        if word.start_s is None:
            continue
        wide = len(word.text) * CHARACTER_PX + 5
        x = min(axis.x(word.start_s), max(0.0, axis.width - wide))
        free = [row for row, end in enumerate(row_ends) if end <= x]
        if free:
            row = free[0]
        elif len(row_ends) < MAX_ROWS:
            row = len(row_ends)
            row_ends.append(0.0)
        else:
            row = min(range(MAX_ROWS), key=row_ends.__getitem__)
        row_ends[row] = x + wide
        title = f"{word.text}, {clock(word.start_s)}, {word.probability:.0%} sure"
        marks.append(WordMark(x, row, word.text, title, flag))
    return marks, len(row_ends)


def envelope_path(envelope: Sequence[tuple[float, float]], axis: Axis, *, height: float) -> str:
    """A closed SVG path around the lowest and highest sample of each column."""
    if not envelope:
        return ""
    # the loudest column fills the lane: the shape is shown here, the level has a plot of its own
    peak = max((max(abs(low), abs(high)) for low, high in envelope), default=0.0)
    scale = (height / 2 - 2) / max(peak, 0.02)
    step = axis.duration_s * PX_PER_S / len(envelope)
    middle = height / 2
    upper = [f"{i * step:.1f},{middle - max(high * scale, 0.4):.1f}" for i, (_, high) in enumerate(envelope)]
    lower = [f"{i * step:.1f},{middle - min(low * scale, -0.4):.1f}" for i, (low, _) in enumerate(envelope)]
    return "M" + "L".join([*upper, *reversed(lower)]) + "Z"


def curve_path(curve: Curve, axis: Axis, *, low: float, high: float, height: float) -> str:
    """The curve as an SVG path, broken where there is nothing to measure; at most one point a pixel."""
    parts: list[str] = []
    drawn = -math.inf
    pen_down = False
    for time_s, value in zip(curve.times_s, curve.values, strict=True):
        if value is None or not math.isfinite(value) or time_s > axis.duration_s + 0.05:
            pen_down = False
            continue
        x = axis.x(time_s)
        if pen_down and x - drawn < 1.0:
            continue
        y = y_of(value, low=low, high=high, height=height)
        parts.append(f"{'L' if pen_down else 'M'}{x:.1f},{y:.1f}")
        drawn, pen_down = x, True
    return "".join(parts)


def y_of(value: float, *, low: float, high: float, height: float) -> float:
    """The pixel row of a value, inside the plot."""
    share = (min(max(value, low), high) - low) / (high - low)
    return round(2 + (height - 4) * (1 - share), 1)


def reach(curve: Curve, low: float, high: float) -> tuple[float, float]:
    """`low` to `high`, or as far as the curve goes beyond."""
    values = [v for v in curve.values if v is not None and math.isfinite(v)]
    return min([low, *values]), max([high, *values])


def pitch_range(curve: Curve, baseline_semitones: float | None) -> tuple[float, float]:
    """Lowest and highest pitch shown: the middle nine tenths of the curve and the baseline's surroundings."""
    values = sorted(v for v in curve.values if v is not None and math.isfinite(v))
    trimmed = values[len(values) // 20 : len(values) - len(values) // 20]
    middle = baseline_semitones if baseline_semitones is not None else _middle(values)
    low = min([middle - RANGE_SEMITONES, *trimmed[:1]])
    high = max([middle + RANGE_SEMITONES, *trimmed[-1:]])
    return low - 1, high + 1


def _middle(values: Sequence[float]) -> float:
    return values[len(values) // 2] if values else 84.0


def hertz(semitones: float) -> float:
    """Frequency of a pitch in semitones above 1 Hz."""
    return float(2 ** (semitones / 12))


def spans_in_words(spans: Sequence[Span], *, one: str, many: str) -> str:
    """``2 pauses: 1.2 s at 0:04, 0.8 s at 0:09`` or ``no pauses``."""
    if not spans:
        return f"no {many}"
    told = ", ".join(f"{span.duration_s:.1f} s at {clock(span.start_s)}" for span in spans)
    return f"{len(spans)} {one if len(spans) == 1 else many}: {told}"


def curve_in_words(curve: Curve, *, unit: str, digits: int = 0) -> str:
    """Lowest, middle and highest value of a curve."""
    values = sorted(v for v in curve.values if v is not None and math.isfinite(v))
    if not values:
        return "nothing to measure"
    least, middle, most = (f"{value:.{digits}f}" for value in (values[0], _middle(values), values[-1]))
    return f"from {least} over {middle} (median) to {most} {unit}".rstrip()
