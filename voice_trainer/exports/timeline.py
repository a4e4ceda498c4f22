"""The plots of one take on one time axis: waveform, words, moves, pace, pitch, steadiness, level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.measurement import Span
from voice_trainer.exports import plots
from voice_trainer.exports.panel import ReportPanel
from voice_trainer.exports.plots import Axis, Box, WordMark
from voice_trainer.exports.wording import MOVES, clock

WAVE_PX, PACE_PX, PITCH_PX, STEADINESS_PX, LEVEL_PX, ROW_PX = 84, 84, 104, 64, 64, 18
_PACE_WPM = (60.0, 220.0)  # shown at least; a curve that leaves it widens the plot
_RAISED = (-1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Line:
    """A level line across a plot."""

    y: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of values in which a curve should stay."""

    y: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A curve with its lines, its band, and what it says in words."""

    path: str
    height: int
    lines: tuple[Line, ...]
    alt: str
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All plots; `words` stand in `rows` rows."""

    width: float
    duration_s: float
    px_per_s: float
    ticks: list[tuple[float, str]]
    wave: str
    wave_height: int
    wave_alt: str
    pauses: list[Box]
    raised: list[Box]
    words: list[WordMark]
    words_height: int
    moves: list[Box]
    moves_alt: str
    pace: Plot | None
    pitch: Plot | None
    steadiness: Plot | None
    level: Plot | None


def timeline(panel: ReportPanel, judged: Listening | None, flags: Sequence[str]) -> Timeline | None:
    """The plots of a recorded take; None for a typed one."""
    duration_s = panel.duration_s or (panel.delivery.signal.duration_s if panel.delivery else None)
    if not duration_s or not math.isfinite(duration_s) or duration_s <= 0:
        return None
    axis = Axis(duration_s)
    delivery = panel.delivery
    pauses = delivery.pace.pauses if delivery else ()
    raised = delivery.tone.raised_spans if delivery and delivery.tone.withheld is None else ()
    words, rows = plots.word_marks(panel.transcript.words, flags, axis) if panel.transcript else ([], 0)
    moves = judged.moves if judged else ()
    return Timeline(
        width=axis.width,
        duration_s=round(duration_s, 3),
        px_per_s=plots.PX_PER_S,
        ticks=axis.ticks(),
        wave=plots.envelope_path(panel.envelope, axis, height=WAVE_PX),
        wave_height=WAVE_PX,
        wave_alt=f"Waveform of {duration_s:.1f} seconds, "
        f"{plots.spans_in_words(pauses, one='pause', many='pauses')}.",
        pauses=plots.boxes(pauses, axis, word="pause"),
        raised=plots.boxes(raised, axis, word="raised"),
        words=words,
        words_height=rows * ROW_PX + 6,
        moves=plots.move_boxes(moves, axis),
        moves_alt="Order of the reply: "
        + ", ".join(f"{MOVES[move.kind]} at {clock(move.heard.start_s)}" for move in moves)
        + ".",
        pace=_pace(delivery, panel.pace_band_wpm, axis) if delivery else None,
        pitch=_pitch(panel, delivery, raised, axis) if delivery else None,
        steadiness=_steadiness(delivery, raised, axis) if delivery else None,
        level=_level(delivery, axis) if delivery else None,
    )


def _pace(delivery: Delivery, band_wpm: tuple[float, float] | None, axis: Axis) -> Plot | None:
    curve = delivery.pace.curve
    low, high = plots.reach(curve, *_PACE_WPM)
    bounds = {"low": low, "high": high, "height": float(PACE_PX)}
    path = plots.curve_path(curve, axis, **bounds)
    if not path:
        return None
    told = f"Pace {plots.curve_in_words(curve, unit='words a minute, in windows of three seconds')}"
    band = None
    if band_wpm is not None:
        slow, fast = band_wpm
        top, bottom = plots.y_of(fast, **bounds), plots.y_of(slow, **bounds)
        band = Band(top, round(bottom - top, 1), f"{slow:.0f}-{fast:.0f} words a minute cost nothing")
        told += f"; {band.label}"
    return Plot(path, PACE_PX, (), f"{told}.", band)


def _steadiness(delivery: Delivery, raised: Sequence[Span], axis: Axis) -> Plot | None:
    tone = delivery.tone
    if tone.withheld is not None:
        return None
    low, high = plots.reach(tone.curve, *_RAISED)
    bounds = {"low": low, "high": high, "height": float(STEADINESS_PX)}
    path = plots.curve_path(tone.curve, axis, **bounds)
    if not path:
        return None
    lines = (
        Line(plots.y_of(0.0, **bounds), "as in your relaxed voice", "baseline"),
        Line(plots.y_of(1.0, **bounds), "clearly raised", "raised"),
    )
    told = (
        f"Steadiness {plots.curve_in_words(tone.curve, unit='', digits=1)}; 0 is as in your relaxed voice, "
        f"1 clearly raised; {plots.spans_in_words(raised, one='raised stretch', many='raised stretches')}."
    )
    return Plot(path, STEADINESS_PX, lines, told)


def _pitch(panel: ReportPanel, delivery: Delivery, raised: Sequence[Span], axis: Axis) -> Plot | None:
    base = panel.baseline.f0_semitones if panel.baseline else None
    low, high = plots.pitch_range(delivery.pitch, base)
    path = plots.curve_path(delivery.pitch, axis, low=low, high=high, height=PITCH_PX)
    if not path:
        return None
    lines = []
    told = f"Pitch {plots.curve_in_words(delivery.pitch, unit='semitones above 1 hertz')}"
    if base is not None:
        y = plots.y_of(base, low=low, high=high, height=PITCH_PX)
        lines.append(Line(y, f"your usual pitch, {plots.hertz(base):.0f} Hz", "baseline"))
        told += f"; your usual pitch is {base:.0f}"
    told += f"; {plots.spans_in_words(raised, one='raised stretch', many='raised stretches')}."
    return Plot(path, PITCH_PX, tuple(lines), told)


def _level(delivery: Delivery, axis: Axis) -> Plot | None:
    bounds = {"low": plots.FLOOR_DBFS, "high": 0.0, "height": float(LEVEL_PX)}
    path = plots.curve_path(delivery.level, axis, **bounds)
    if not path:
        return None
    noise = delivery.signal.noise_dbfs
    lines = []
    told = f"Level {plots.curve_in_words(delivery.level, unit='dBFS')}"
    if noise is not None and math.isfinite(noise):
        lines.append(Line(plots.y_of(noise, **bounds), f"background, {noise:.0f} dBFS", "noise"))
        told += f"; the background lies at {noise:.0f}"
    return Plot(path, LEVEL_PX, tuple(lines), f"{told}.")
