"""What an agent on a server is asked to practise, and how far an attempt is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from voice_trainer.domain.assignment import Assignment, Standing
from voice_trainer.domain.attempt import Attempt
from voice_trainer.teams.policy import Action, Kind, Resource, permits
from voice_trainer.web.deps import Visit


@dataclass(frozen=True, slots=True)
class Asked:
    """One assignment as the agent's first page shows it; `title` is the call's or the skill's."""

    assignment: Assignment
    title: str
    standing: Standing
    days_left: int  # negative: so many days late

    @property
    def late(self) -> bool:
        """Whether it is to be reminded of as overdue."""
        return self.days_left < 0


@dataclass(frozen=True, slots=True)
class HandingIn:
    """An attempt its agent may hand in; `at` is when that was done, None for a draft."""

    attempt_id: str
    at: datetime | None


def asked_of(visit: Visit) -> list[Asked]:
    """What this person is asked for and has not done, the most urgent first; nothing without accounts."""
    if visit.services.entrance is None:
        return []
    home = visit.house
    account = home.accounts.account(visit.person)
    if account is None:
        return []
    today = home.clock.now().date()
    return [
        _asked(visit, one.assignment, one.standing, today)
        for one in home.training_office.for_agent(account)
        if one.standing is not Standing.DONE
        and permits(
            visit.actor,
            Action.VIEW,
            Resource(Kind.ASSIGNMENT, one.assignment.person, one.assignment.team_id),
        )
    ]


def _asked(visit: Visit, assignment: Assignment, standing: Standing, today: date) -> Asked:
    if assignment.drill is not None:
        title = f"Drill: {assignment.drill.value.replace('_', ' ')}"
    else:
        known = {call.id: call.title for call in visit.house.library.all()}
        title = known.get(assignment.scenario_id or "", assignment.scenario_id or "")
    return Asked(assignment, title, standing, (assignment.due_on - today).days)


def handing_in(visit: Visit, attempt: Attempt) -> HandingIn | None:
    """How far `attempt` is handed in; None for those who may not hand it in, and without accounts."""
    if visit.services.entrance is None:
        return None
    if not permits(visit.actor, Action.SUBMIT, visit.services.access.attempt(attempt)):
        return None
    return HandingIn(attempt.id, visit.house.training.submitted_at(attempt.id))
