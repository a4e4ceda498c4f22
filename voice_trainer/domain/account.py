"""Who may come in on a server: accounts, their roles and teams, invitations and sign-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; `voice_trainer.teams.policy` says it for each."""

    AGENT = "agent"  # practises
    COACH = "coach"  # listens to what their teams handed in
    HR = "hr"  # sees whether training works, never a voice
    ADMIN = "admin"  # manages accounts and retention, never a recording


# HR must not hear anybody, so nobody is HR and something that hears. The same person may practise.
_APART = frozenset({Role.COACH, Role.ADMIN})


def roles_conflict(roles: frozenset[Role]) -> bool:
    """Whether one account would see through its other role what HR must not see."""
    return Role.HR in roles and bool(roles & _APART)


@dataclass(frozen=True, slots=True)
class Team:
    """People who are coached together."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in.

    `id` is what attempts, baselines and reviews call the `person`: it says nothing about who that is.
    """

    id: str
    login: str  # an e-mail address or a staff number, in lower case
    name: str
    roles: frozenset[Role]
    created_at: datetime
    team_id: str | None = None  # the team this person practises in
    coached: frozenset[str] = frozenset()  # ids of the teams this coach listens to
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes one account, once. The link's secret is known by its SHA-256 alone."""

    secret_sha256: str
    login: str
    name: str
    roles: frozenset[Role]
    invited_by: str
    created_at: datetime
    expires_at: datetime
    team_id: str | None = None
    coached: frozenset[str] = frozenset()
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser that is signed in. The cookie's secret is known by its SHA-256 alone."""

    secret_sha256: str
    account_id: str
    created_at: datetime
    expires_at: datetime
    browser: str = ""  # as it calls itself, so that its owner can tell which to sign out
