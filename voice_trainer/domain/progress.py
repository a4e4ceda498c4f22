"""What practice adds up to: one skill over time, with how sure one can be of it.

Points of different rubric versions are never put together, takes that were not scored are no zeros, and
drills stand beside whole calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.checkin import CheckInTrend
from voice_trainer.domain.feeling import NamedFeeling
from voice_trainer.domain.score import Criterion


@dataclass(frozen=True, slots=True)
class PractisedTake:
    """As much of a judged take as progress needs.

    `points` holds the criteria that were scored, `withheld` those that could not be. In a drill only the
    drilled skill counts.
    """

    attempt_id: str
    take_id: str
    turn_id: str
    number: int
    at: datetime
    scenario_id: str
    title: str
    difficulty: int
    drill: Criterion | None
    rubric: str
    points: Mapping[Criterion, int]
    withheld: frozenset[Criterion]
    listening_points: int | None  # None in drills too
    feeling: NamedFeeling | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One scored take of one skill."""

    at: datetime
    points: int
    attempt_id: str
    take_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where the skill stands, 0..100: recent takes count most; `low`..`high` holds it nine times in ten."""

    points: float
    low: float
    high: float
    takes: int


class Direction(StrEnum):
    """Where a skill is going."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"  # no change that stands out from how takes differ anyway
    UNKNOWN = "unknown"  # too few takes to tell


@dataclass(frozen=True, slots=True)
class SkillProgress:
    """One criterion under one rubric version.

    Attributes
    ----------
    takes, drills
        Scored takes in whole calls and in drills, oldest first.
    estimate, drill_estimate
        None while there are too few to tell.
    withheld
        Takes in which the skill was asked for and could not be scored.
    other_rubrics
        Scored takes under other versions, not compared: version and how many.
    """

    skill: Criterion
    rubric: str
    takes: tuple[Point, ...]
    drills: tuple[Point, ...]
    estimate: Estimate | None
    drill_estimate: Estimate | None
    direction: Direction
    change_points: float | None  # over the recent takes, along a line; None where `direction` is UNKNOWN
    withheld: int
    other_rubrics: tuple[tuple[str, int], ...] = ()

    @property
    def first(self) -> Point | None:
        """The first take in a whole call."""
        return self.takes[0] if self.takes else None

    @property
    def best(self) -> Point | None:
        """The best take in a whole call, the earliest of equals; None before there are two."""
        return max(self.takes, key=lambda p: p.points) if len(self.takes) > 1 else None


@dataclass(frozen=True, slots=True)
class Progress:
    """All that a person's practice adds up to; skills never practised are not in it."""

    person: str
    skills: tuple[SkillProgress, ...]
    feelings: Estimate | None  # naming the customer's feeling; None while too few to tell
    feelings_named: tuple[Point, ...]
    check_ins: CheckInTrend
    calls: int  # attempts with a judged take, drills apart
    drills: int


def practised(attempt: Attempt) -> tuple[PractisedTake, ...]:
    """The judged takes of an attempt that still stand."""
    kept = (take for take in attempt.takes if take.state is not TakeState.DISCARDED and take.score)
    return tuple(practised_take(attempt, take) for take in kept)


def practised_take(attempt: Attempt, take: Take) -> PractisedTake:
    """One judged take of an attempt."""
    score = take.score
    assert score is not None
    asked = [c for c in score.criteria if attempt.drill in (None, c.criterion)]
    return PractisedTake(
        attempt.id,
        take.id,
        take.turn_id,
        take.number,
        take.created_at,
        attempt.scenario.id,
        attempt.scenario.title,
        attempt.scenario.difficulty,
        attempt.drill,
        score.rubric_version,
        {c.criterion: c.points for c in asked if c.points is not None},
        frozenset(c.criterion for c in asked if c.points is None),
        score.listening_points if attempt.drill is None else None,
        take.feeling,
    )


def in_order(takes: Iterable[PractisedTake]) -> list[PractisedTake]:
    """Oldest first, whatever order they came in."""
    return sorted(takes, key=lambda t: (t.at, t.attempt_id, t.turn_id, t.number, t.take_id))
