"""Silence inside a reply, and the time before it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from voice_trainer.domain.measurement import Span

PAUSE_S = 0.5  # shorter gaps belong to fluent speech


def joined(spans: Iterable[Span], *, gap_s: float) -> tuple[Span, ...]:
    """Spans in order, those no more than `gap_s` apart made one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start_s, s.end_s)):
        if result and span.start_s - result[-1].end_s <= gap_s + 1e-9:
            result[-1] = Span(result[-1].start_s, max(result[-1].end_s, span.end_s))
        else:
            result.append(Span(span.start_s, span.end_s))
    return tuple(result)


def pauses_between(speech: Iterable[Span]) -> tuple[Span, ...]:
    """The gaps of more than 0.5 s between stretches of speech."""
    stretches = joined(speech, gap_s=PAUSE_S)
    return tuple(Span(before.end_s, after.start_s) for before, after in pairwise(stretches))


def total_s(spans: Iterable[Span]) -> float:
    """Summed length."""
    return sum(span.duration_s for span in spans)


def overlap_s(spans: Iterable[Span], start_s: float, end_s: float) -> float:
    """How much of the time from `start_s` to `end_s` lies in the spans."""
    return sum(max(0.0, min(end_s, span.end_s) - max(start_s, span.start_s)) for span in spans)


def without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    """What is left of the spans outside the holes."""
    left = [Span(span.start_s, span.end_s) for span in spans]
    for hole in holes:
        pieces = []
        for span in left:
            before = Span(span.start_s, min(span.end_s, hole.start_s))
            after = Span(max(span.start_s, hole.end_s), span.end_s)
            pieces += [piece for piece in (before, after) if piece.duration_s > 0]
        left = pieces
    return tuple(left)
