"""A value with its unit, its confidence and where it was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the take, seconds from its start; `text` names what is there."""

    start_s: float
    end_s: float
    text: str = ""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of the reply used as evidence; times are None in typed replies."""

    text: str
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number.

    Attributes
    ----------
    value
        None where it could not be measured: that is never the same as zero.
    confidence
        0..1, how far to trust the value.
    """

    name: str
    value: float | None
    unit: str
    confidence: float = 1.0
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """A value over time; None where there is nothing to measure (silence, unvoiced sound)."""

    name: str
    unit: str
    times_s: tuple[float, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class NotScored:
    """Why something was not measured, and what the agent can do about it."""

    code: str
    reason: str
    remedy: str
