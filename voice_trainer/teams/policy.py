"""Who may do what. Every route and every job asks `permits`; nothing else decides.

The rules are a table: a role may do some actions on one kind of thing under one condition. What no rule
allows is forbidden, and is answered as if it were not there (`require`), so that nobody learns by asking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from voice_trainer.domain.account import Account, Role
from voice_trainer.errors import NotFoundError


class Action(StrEnum):
    """What somebody wants to do."""

    VIEW = "view"
    LISTEN = "listen"  # hear a recording
    EXPORT = "export"
    CREATE = "create"
    CHANGE = "change"
    SUBMIT = "submit"  # hand an attempt to the coach, or take it back
    DISPUTE = "dispute"  # say that the machine is wrong about me
    REVIEW = "review"  # comment, override, score blind
    DELETE = "delete"


class Kind(StrEnum):
    """What it is done to."""

    ATTEMPT = "attempt"  # with its takes, transcript, scores, reviews and recordings
    BASELINE = "baseline"
    CHECK_IN = "check_in"  # somebody's own stress and confidence
    PROGRESS = "progress"  # one person's skills over time
    AUDIT = "audit"  # who has opened what belongs to one person
    DESK = "desk"  # the coach's own page; what lies on it is asked for piece by piece
    ASSIGNMENT = "assignment"
    CALIBRATION = "calibration"  # how far coaches and machine agree
    RUBRIC = "rubric"
    SCENARIO = "scenario"
    GROUP_REPORT = "group_report"  # grouped figures, five people or more
    ACCOUNT = "account"
    PERSON = "person"  # everything held on one person: export and erasure
    OPERATION = "operation"  # jobs, retention, what the machine room needs


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `local` is the one user of a machine without accounts, to whom all of it belongs."""

    person: str
    roles: frozenset[Role] = frozenset()
    team_id: str | None = None
    coached: frozenset[str] = frozenset()
    local: bool = False
    name: str = ""  # as people call them; decides nothing


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for, as far as the rules look at it."""

    kind: Kind
    owner: str | None = None  # the person it is about
    team_id: str | None = None  # the owner's team
    submitted: bool = False  # an attempt that was handed in
    discarded: bool = False  # a take that its agent threw away


_Condition = Callable[[Actor, Resource], bool]


def _any(actor: Actor, resource: Resource) -> bool:
    del actor, resource
    return True


def _own(actor: Actor, resource: Resource) -> bool:
    return resource.owner == actor.person


def _coached(actor: Actor, resource: Resource) -> bool:
    return resource.team_id is not None and resource.team_id in actor.coached


def _handed_in(actor: Actor, resource: Resource) -> bool:
    return _coached(actor, resource) and resource.submitted and not resource.discarded


def _to_me(actor: Actor, resource: Resource) -> bool:
    """An assignment to this person or to their team."""
    mine = resource.team_id is not None and resource.team_id == actor.team_id
    return _own(actor, resource) or (resource.owner is None and mine)


A = Action
_OWN_ATTEMPT = (A.VIEW, A.LISTEN, A.EXPORT, A.CREATE, A.CHANGE, A.SUBMIT, A.DISPUTE, A.DELETE)
RULES: dict[tuple[Role, Kind], tuple[tuple[_Condition, tuple[Action, ...]], ...]] = {
    (Role.AGENT, Kind.ATTEMPT): ((_own, _OWN_ATTEMPT),),
    (Role.AGENT, Kind.BASELINE): ((_own, (A.VIEW, A.LISTEN, A.CREATE, A.DELETE)),),
    (Role.AGENT, Kind.CHECK_IN): ((_own, (A.VIEW, A.CREATE, A.DELETE)),),
    (Role.AGENT, Kind.PROGRESS): ((_own, (A.VIEW, A.EXPORT)),),
    (Role.AGENT, Kind.ASSIGNMENT): ((_to_me, (A.VIEW,)),),
    (Role.AGENT, Kind.SCENARIO): ((_any, (A.VIEW,)),),
    (Role.COACH, Kind.ATTEMPT): ((_handed_in, (A.VIEW, A.LISTEN, A.EXPORT, A.REVIEW)),),
    (Role.COACH, Kind.DESK): ((_any, (A.VIEW,)),),
    (Role.COACH, Kind.ASSIGNMENT): ((_coached, (A.VIEW, A.CREATE, A.CHANGE, A.DELETE)),),
    (Role.COACH, Kind.CALIBRATION): ((_any, (A.VIEW, A.CREATE)),),
    (Role.COACH, Kind.RUBRIC): ((_any, (A.VIEW, A.CREATE, A.CHANGE)),),
    (Role.COACH, Kind.SCENARIO): ((_any, (A.VIEW, A.CREATE, A.CHANGE)),),
    (Role.HR, Kind.GROUP_REPORT): ((_any, (A.VIEW, A.EXPORT)),),
    (Role.ADMIN, Kind.ACCOUNT): ((_any, (A.VIEW, A.CREATE, A.CHANGE, A.DELETE)),),
    (Role.ADMIN, Kind.PERSON): ((_any, (A.DELETE,)),),
    (Role.ADMIN, Kind.OPERATION): ((_any, (A.VIEW, A.CHANGE)),),
}
# Whoever you are: what is held on you, and who has opened it, is yours to see.
EVERYBODY: dict[Kind, tuple[tuple[_Condition, tuple[Action, ...]], ...]] = {
    Kind.AUDIT: ((_own, (A.VIEW,)),),
    Kind.PERSON: ((_own, (A.EXPORT, A.DELETE)),),
    Kind.ACCOUNT: ((_own, (A.VIEW,)),),
}


def permits(actor: Actor, action: Action, resource: Resource) -> bool:
    """Whether `actor` may do `action` to `resource`."""
    if actor.local:
        return True
    rules = [rule for role in actor.roles for rule in RULES.get((role, resource.kind), ())]
    rules += EVERYBODY.get(resource.kind, ())
    return any(action in actions and holds(actor, resource) for holds, actions in rules)


def require(actor: Actor, action: Action, resource: Resource) -> None:
    """Raise `NotFoundError` unless permitted: what may not be seen is not there."""
    if not permits(actor, action, resource):
        raise not_found()


def not_found() -> NotFoundError:
    """What is said of a thing that is not there, and of one that is not for the one who asks."""
    return NotFoundError(
        "not_found",
        "There is nothing here for you under this address.",
        remedy="Check the link; your role may not include this page.",
    )


def actor_of(account: Account) -> Actor:
    """The account as the one who asks."""
    return Actor(account.id, account.roles, account.team_id, account.coached, name=account.name)


def local_actor(person: str) -> Actor:
    """The one user of a machine without accounts."""
    return Actor(person, local=True)
