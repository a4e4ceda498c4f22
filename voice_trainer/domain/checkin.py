"""How the agent says they are: two taps before and after a session, theirs alone.

A check-in is told, never inferred. It is shown to nobody but the agent; elsewhere it is only part of a
group's figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean

LOWEST, HIGHEST = 1, 5


class Moment(StrEnum):
    """When it was told."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Stress and confidence, 1 (low) to 5 (high); `session` joins the one before with the one after."""

    person: str
    at: datetime
    moment: Moment
    stress: int
    confidence: int
    session: str

    def __post_init__(self) -> None:
        for name, value in (("stress", self.stress), ("confidence", self.confidence)):
            if not LOWEST <= value <= HIGHEST:
                raise ValueError(f"{name} is {LOWEST} to {HIGHEST}, not {value}")


@dataclass(frozen=True, slots=True)
class Change:
    """Means of sessions that were told before and after, 1..5."""

    sessions: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class CheckInTrend:
    """One person's check-ins, oldest first; a change is None while no session has both."""

    check_ins: tuple[CheckIn, ...]
    stress: Change | None
    confidence: Change | None


def open_session(check_ins: Sequence[CheckIn]) -> str | None:
    """The session that was begun last and has no end yet; None where there is none. The newest comes last."""
    newest = check_ins[-1] if check_ins else None
    return newest.session if newest is not None and newest.moment is Moment.BEFORE else None


def trend(check_ins: Iterable[CheckIn]) -> CheckInTrend:
    """The trend of one person; the order given does not matter."""
    ordered = tuple(sorted(check_ins, key=lambda c: (c.at, c.moment is Moment.AFTER, c.session)))
    by_session: dict[str, dict[Moment, CheckIn]] = defaultdict(dict)
    for one in ordered:
        by_session[one.session][one.moment] = one
    pairs = [(s[Moment.BEFORE], s[Moment.AFTER]) for s in by_session.values() if len(s) == 2]
    if not pairs:
        return CheckInTrend(ordered, None, None)
    return CheckInTrend(
        ordered,
        Change(len(pairs), fmean(b.stress for b, _ in pairs), fmean(a.stress for _, a in pairs)),
        Change(len(pairs), fmean(b.confidence for b, _ in pairs), fmean(a.confidence for _, a in pairs)),
    )


def means(check_ins: Iterable[CheckIn]) -> tuple[float, float] | None:
    """Mean stress and confidence of one person, 1..5; None where nothing was told.

    Made for `voice_trainer.domain.group_report`, which counts every person once and shows groups of five or
    more: of one person it is for nobody but them.
    """
    told = list(check_ins)
    return (fmean(c.stress for c in told), fmean(c.confidence for c in told)) if told else None
