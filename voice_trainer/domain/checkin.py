"""How the agent says they are: two taps before and after a session, theirs alone.

A check-in is told, never inferred. It is shown to nobody but the agent; elsewhere only as a figure of a
group of `GROUP_MIN` people or more, in which every person counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean

LOWEST, HIGHEST = 1, 5
GROUP_MIN = 5


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


@dataclass(frozen=True, slots=True)
class GroupedCheckIns:
    """Means over people, each counted once; 1..5. `people` is rounded down to a multiple of `GROUP_MIN`."""

    people: int
    stress: float
    confidence: float


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


def grouped(check_ins: Iterable[CheckIn]) -> GroupedCheckIns | None:
    """The figures of a group; None for fewer than `GROUP_MIN` people who told anything.

    Who asks must keep to groups and stretches of time that do not overlap: the difference of two figures
    would be one person's.
    """
    by_person: dict[str, list[CheckIn]] = defaultdict(list)
    for one in check_ins:
        by_person[one.person].append(one)
    if len(by_person) < GROUP_MIN:
        return None
    told = by_person.values()
    return GroupedCheckIns(
        len(by_person) // GROUP_MIN * GROUP_MIN,
        round(fmean(fmean(c.stress for c in own) for own in told), 1),
        round(fmean(fmean(c.confidence for c in own) for own in told), 1),
    )
