"""The customer's feeling as the agent named it before answering: a skill of its own, no criterion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FeelingMatch(StrEnum):
    """How the word named compares with what the call declares."""

    RIGHT = "right"  # the declared feeling, one the call accepts, or another word for either
    NEAR = "near"  # a feeling that lies beside it
    OTHER = "other"  # another feeling
    UNKNOWN = "unknown"  # no feeling known by that word: not scored


_POINTS = {FeelingMatch.RIGHT: 100, FeelingMatch.NEAR: 50, FeelingMatch.OTHER: 0}


@dataclass(frozen=True, slots=True)
class NamedFeeling:
    """What the agent said the customer feels; `declared` is the call's own word."""

    said: str
    match: FeelingMatch
    declared: str

    @property
    def points(self) -> int | None:
        """100, 50 or 0; None where the word named no feeling we know: not measured is not zero."""
        return _POINTS.get(self.match)
