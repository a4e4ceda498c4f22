"""One question before anything is shown or done: may they, and if so, who is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.audit import AuditEntry
from voice_trainer.ports import Clock
from voice_trainer.teams.policy import Action, Actor, Kind, Resource, require
from voice_trainer.teams.ports import AccountStore, AuditLog, TrainingStore

_ABOUT_A_PERSON = frozenset({Kind.ATTEMPT, Kind.BASELINE, Kind.PERSON, Kind.PROGRESS, Kind.CHECK_IN})
_ALWAYS_NOTED = frozenset({Action.EXPORT, Action.DELETE})
_SEEN_BY_OTHERS = frozenset({Action.VIEW, Action.LISTEN, Action.REVIEW, Action.CHANGE})


@dataclass(frozen=True, slots=True)
class Access:
    """Asks the policy, and notes for the person concerned what somebody else saw or did."""

    accounts: AccountStore
    training: TrainingStore
    audit: AuditLog
    clock: Clock

    def ask(self, actor: Actor, action: Action, resource: Resource, *, resource_id: str) -> None:
        """Raise `NotFoundError` unless permitted; note it where it must be noted."""
        require(actor, action, resource)
        if noted(actor, action, resource):
            self.audit.note(
                AuditEntry(
                    self.clock.now(),
                    actor.person,
                    action.value,
                    resource.kind.value,
                    resource_id,
                    resource.owner,
                )
            )

    def attempt(self, attempt: Attempt, take: Take | None = None) -> Resource:
        """An attempt, or one take of it, as the policy sees it."""
        owner = self.accounts.account(attempt.person)
        return Resource(
            Kind.ATTEMPT,
            attempt.person,
            owner.team_id if owner else None,
            submitted=self.training.submitted_at(attempt.id) is not None,
            discarded=take is not None and take.state is TakeState.DISCARDED,
        )

    def of_person(self, kind: Kind, person: str) -> Resource:
        """Something that belongs to a person."""
        owner = self.accounts.account(person)
        return Resource(kind, person, owner.team_id if owner else None)


def noted(actor: Actor, action: Action, resource: Resource) -> bool:
    """Whether the person concerned is told: whatever others see or do, and each export and deletion."""
    if actor.local or resource.kind not in _ABOUT_A_PERSON:
        return False
    others = resource.owner != actor.person
    return action in _ALWAYS_NOTED or (others and action in _SEEN_BY_OTHERS)
