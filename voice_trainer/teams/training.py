"""Handing in, assigning, and how far everybody is."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from voice_trainer.domain.account import Account, Role
from voice_trainer.domain.assignment import Assignment, Done, Goal, Standing, standing
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.ports import Clock, GrowthStore
from voice_trainer.teams.ports import AccountStore, TrainingStore


@dataclass(frozen=True, slots=True)
class Progress:
    """One person and one assignment."""

    person: str
    name: str
    assignment: Assignment
    standing: Standing


@dataclass(frozen=True, slots=True)
class TrainingOffice:
    """What agents are asked to practise. Whether somebody may ask is the policy's matter, not this one's."""

    accounts: AccountStore
    training: TrainingStore
    growth: GrowthStore
    clock: Clock

    def assign(
        self,
        *,
        by: str,
        team_id: str,
        due_on: date,
        person: str | None = None,
        scenario_id: str | None = None,
        drill: Criterion | None = None,
        goal: Goal | None = None,
        note: str = "",
    ) -> Assignment:
        """Ask a team, or one person of it, for a call or for drills of a skill."""
        if (scenario_id is None) == (drill is None):
            raise UsageError(
                "assignment_wrong", "An assignment is a call or a drill.", remedy="Choose one of the two."
            )
        if goal is not None and not 1 <= goal.points <= 100:
            raise UsageError(
                "assignment_wrong", f"The goal is {goal.points} points.", remedy="Choose 1 to 100."
            )
        member = self.accounts.account(person) if person is not None else None
        if person is not None and (member is None or member.team_id != team_id):
            raise UsageError(
                "assignment_wrong", "That person is not in this team.", remedy="Choose from the list."
            )
        assignment = Assignment(
            f"a-{secrets.token_hex(6)}",
            team_id,
            by,
            self.clock.now(),
            due_on,
            person,
            scenario_id,
            drill,
            goal,
            note.strip()[:500],
        )
        self.training.assign(assignment)
        return assignment

    def for_agent(self, agent: Account) -> list[Progress]:
        """What this agent is asked for, the most urgent first; what is done comes last."""
        if agent.team_id is None:
            return []
        mine = [one for one in self.training.assignments({agent.team_id}) if one.person in (None, agent.id)]
        found = self._standings(agent, mine)
        return sorted(found, key=lambda one: (one.standing is Standing.DONE, one.assignment.due_on))

    def for_coach(self, coached: Iterable[str]) -> list[Progress]:
        """Everybody of these teams and everything they are asked for, by due date."""
        teams = frozenset(coached)
        asked = self.training.assignments(teams)
        found: list[Progress] = []
        for account in self.accounts.accounts():
            if account.team_id in teams and Role.AGENT in account.roles:
                of_team = [one for one in asked if one.team_id == account.team_id]
                found += self._standings(
                    account, [one for one in of_team if one.person in (None, account.id)]
                )
        return sorted(found, key=lambda one: (one.assignment.due_on, one.assignment.id, one.name))

    def _standings(self, account: Account, assignments: list[Assignment]) -> list[Progress]:
        if not assignments:
            return []
        done = attempts_done(self.growth, account.id)
        today = self.clock.now().date()
        return [
            Progress(account.id, account.name, one, standing(one, done, today=today)) for one in assignments
        ]


def attempts_done(growth: GrowthStore, person: str) -> list[Done]:
    """A person's attempts with their best points, as assignments look at them."""
    found: dict[str, Done] = {}
    for take in growth.practised(person):
        before = found.get(take.attempt_id)
        points = dict(before.points) if before else {}
        for criterion, value in take.points.items():
            points[criterion] = max(value, points.get(criterion, 0))
        found[take.attempt_id] = Done(take.scenario_id, take.at, points, take.drill)
    return list(found.values())
