"""Every role, kind and action: what is allowed is written here once more, by hand, and all else is not."""

from __future__ import annotations

import itertools

import pytest

from voice_trainer.domain.account import Role
from voice_trainer.errors import NotFoundError
from voice_trainer.teams.policy import Action, Actor, Kind, Resource, local_actor, permits, require

ME, COLLEAGUE, STRANGER = "p-me", "p-colleague", "p-stranger"
NORTH, SOUTH = "north", "south"

# Who a thing belongs to, as seen by the one who asks.
OWNERS = {
    "mine": Resource(Kind.ATTEMPT, ME, NORTH),
    "team's draft": Resource(Kind.ATTEMPT, COLLEAGUE, NORTH),
    "team's, handed in": Resource(Kind.ATTEMPT, COLLEAGUE, NORTH, submitted=True),
    "team's, thrown away": Resource(Kind.ATTEMPT, COLLEAGUE, NORTH, submitted=True, discarded=True),
    "another team's, handed in": Resource(Kind.ATTEMPT, STRANGER, SOUTH, submitted=True),
    "nobody's": Resource(Kind.ATTEMPT),
}
ALWAYS = {
    ("mine", Kind.AUDIT): {"view"},
    ("mine", Kind.PERSON): {"export", "delete"},
    ("mine", Kind.ACCOUNT): {"view"},
}
ALLOWED: dict[Role, dict[tuple[str, Kind], set[str]]] = {
    Role.AGENT: {
        ("mine", Kind.ATTEMPT): {
            "view",
            "listen",
            "export",
            "create",
            "change",
            "submit",
            "dispute",
            "delete",
        },
        ("mine", Kind.BASELINE): {"view", "listen", "create", "delete"},
        ("mine", Kind.CHECK_IN): {"view", "create", "delete"},
        ("mine", Kind.PROGRESS): {"view", "export"},
        ("mine", Kind.ASSIGNMENT): {"view"},
    },
    Role.COACH: {
        ("team's, handed in", Kind.ATTEMPT): {"view", "listen", "export", "review"},
        **{
            (owner, Kind.ASSIGNMENT): {"view", "create", "change", "delete"}
            for owner in ("mine", "team's draft", "team's, handed in", "team's, thrown away")
        },
    },
    Role.HR: {},
    Role.ADMIN: {},
}
FOR_ANYTHING: dict[Role, dict[Kind, set[str]]] = {
    Role.AGENT: {Kind.SCENARIO: {"view"}},
    Role.COACH: {
        Kind.DESK: {"view"},
        Kind.CALIBRATION: {"view", "create"},
        Kind.RUBRIC: {"view", "create", "change"},
        Kind.SCENARIO: {"view", "create", "change"},
    },
    Role.HR: {Kind.GROUP_REPORT: {"view", "export"}},
    Role.ADMIN: {
        Kind.ACCOUNT: {"view", "create", "change", "delete"},
        Kind.PERSON: {"delete"},
        Kind.OPERATION: {"view", "change"},
    },
}  # fmt: skip


def actor(role: Role) -> Actor:
    coached = frozenset({NORTH}) if role is Role.COACH else frozenset()
    return Actor(ME, frozenset({role}), NORTH, coached)


def thing(kind: Kind, owner: str) -> Resource:
    pattern = OWNERS[owner]
    return Resource(kind, pattern.owner, pattern.team_id, pattern.submitted, pattern.discarded)


@pytest.mark.parametrize(("role", "kind"), list(itertools.product(Role, Kind)))
def test_the_matrix(role: Role, kind: Kind) -> None:
    for owner, action in itertools.product(OWNERS, Action):
        expected = (
            action.value in ALLOWED[role].get((owner, kind), set())
            or action.value in ALWAYS.get((owner, kind), set())
            or action.value in FOR_ANYTHING[role].get(kind, set())
        )
        assert permits(actor(role), action, thing(kind, owner)) is expected, (role, action, kind, owner)


@pytest.mark.parametrize(("kind", "action"), list(itertools.product(Kind, Action)))
def test_roles_add_up_and_no_role_sees_only_what_is_everybodys(kind: Kind, action: Action) -> None:
    for owner in OWNERS:
        one = thing(kind, owner)
        both = Actor(ME, frozenset({Role.AGENT, Role.COACH}), NORTH, frozenset({NORTH}))
        either = permits(actor(Role.AGENT), action, one) or permits(actor(Role.COACH), action, one)
        assert permits(both, action, one) is either
        nobody = permits(Actor(ME), action, one)
        assert nobody is (action.value in ALWAYS.get((owner, kind), set()))


@pytest.mark.parametrize("kind", [Kind.ATTEMPT, Kind.BASELINE, Kind.PROGRESS, Kind.CHECK_IN])
@pytest.mark.parametrize("role", [Role.HR, Role.ADMIN])
def test_hr_and_admin_touch_nothing_of_anybody(role: Role, kind: Kind) -> None:
    for owner, action in itertools.product(OWNERS, Action):
        assert not permits(actor(role), action, thing(kind, owner))


def test_an_assignment_to_the_team_is_seen_by_its_people() -> None:
    to_team = Resource(Kind.ASSIGNMENT, None, NORTH)
    assert permits(actor(Role.AGENT), Action.VIEW, to_team)
    assert not permits(Actor(ME, frozenset({Role.AGENT}), SOUTH), Action.VIEW, to_team)
    assert not permits(Actor(ME, frozenset({Role.AGENT})), Action.VIEW, to_team)


def test_what_may_not_be_seen_is_not_there() -> None:
    with pytest.raises(NotFoundError) as refused:
        require(actor(Role.HR), Action.VIEW, OWNERS["team's, handed in"])
    assert refused.value.code == "not_found"
    require(local_actor("dana"), Action.LISTEN, OWNERS["another team's, handed in"])
