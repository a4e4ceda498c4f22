"""What a coach asks of a person or a team, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from voice_trainer.domain.score import Criterion


@dataclass(frozen=True, slots=True)
class Goal:
    """Points of one criterion to reach in one attempt."""

    criterion: Criterion
    points: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """A call (`scenario_id`) or drills of a skill (`drill`), for a person or, where that is None, a team."""

    id: str
    team_id: str
    by: str
    created_at: datetime
    due_on: date
    person: str | None = None
    scenario_id: str | None = None
    drill: Criterion | None = None
    goal: Goal | None = None
    note: str = ""


class Standing(StrEnum):
    """How far one person is with one assignment."""

    OPEN = "open"
    PRACTISED = "practised"  # done, the goal not reached yet
    DONE = "done"
    OVERDUE = "overdue"  # the day has passed and nothing was done


@dataclass(frozen=True, slots=True)
class Done:
    """One attempt, as far as an assignment looks at it."""

    scenario_id: str
    at: datetime
    points: dict[Criterion, int]  # the best of the attempt's takes, by criterion; not scored is not there
    drill: Criterion | None = None


def standing(assignment: Assignment, attempts: Iterable[Done], *, today: date) -> Standing:
    """How far somebody is, by their attempts since the assignment was made."""
    fitting = [
        done
        for done in attempts
        if done.at >= assignment.created_at
        and (assignment.scenario_id is None or done.scenario_id == assignment.scenario_id)
        and (assignment.drill is None or done.drill is assignment.drill)
    ]
    if fitting:
        goal = assignment.goal
        reached = goal is None or any(done.points.get(goal.criterion, -1) >= goal.points for done in fitting)
        return Standing.DONE if reached else Standing.PRACTISED
    return Standing.OVERDUE if today > assignment.due_on else Standing.OPEN
