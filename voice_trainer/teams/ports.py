"""What a training department needs kept, as protocols; `adapters/sql/team_store.py` keeps it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from voice_trainer.domain.account import Account, Invitation, SignIn, Team
from voice_trainer.domain.assignment import Assignment
from voice_trainer.domain.audit import AuditEntry
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.rubric import RubricDraft


class PasswordHasher(Protocol):
    """Makes and checks password hashes; slow on purpose."""

    def hash(self, password: str) -> str:
        """The hash to store, salt and cost included."""
        ...

    def verify(self, password: str, *, stored: str) -> bool:
        """Whether the password is the one that was hashed."""
        ...

    def outdated(self, stored: str) -> bool:
        """Whether it was hashed with less effort than is usual now."""
        ...


class AccountStore(Protocol):
    """Accounts, teams, invitations, sign-ins."""

    def add_account(self, account: Account, *, password_hash: str | None) -> None:
        """Insert; raises `UsageError` ``login_taken``."""
        ...

    def save_account(self, account: Account) -> None:
        """Update all but the password."""
        ...

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Replace the hash."""
        ...

    def account(self, account_id: str) -> Account | None:
        """By id."""
        ...

    def account_by_login(self, login: str) -> tuple[Account, str | None] | None:
        """By login, with the password's hash (None: signs in through a provider)."""
        ...

    def accounts(self) -> list[Account]:
        """All, by name."""
        ...

    def delete_account(self, account_id: str) -> None:
        """Remove the account and its sign-ins."""
        ...

    def save_team(self, team: Team) -> None:
        """Insert or rename."""
        ...

    def teams(self) -> list[Team]:
        """All, by name."""
        ...

    def add_invitation(self, invitation: Invitation) -> None:
        """Keep until used or run out."""
        ...

    def invitation(self, secret_sha256: str) -> Invitation | None:
        """By the secret's digest."""
        ...

    def use_invitation(self, secret_sha256: str, *, at: datetime) -> bool:
        """Mark as used; False if somebody was quicker."""
        ...

    def open_invitations(self, *, now: datetime) -> list[Invitation]:
        """Not used, not run out."""
        ...

    def add_sign_in(self, sign_in: SignIn) -> None:
        """A browser signed in."""
        ...

    def sign_in(self, secret_sha256: str) -> SignIn | None:
        """By the secret's digest."""
        ...

    def sign_ins(self, account_id: str) -> list[SignIn]:
        """All of an account, newest first."""
        ...

    def end_sign_ins(self, account_id: str, *, only: str | None = None) -> int:
        """End all sign-ins of an account, or the one with this digest; returns how many there were."""
        ...

    def count_failure(self, key: str, *, at: datetime, since: datetime) -> int:
        """Note a failed try under `key`, forget those before `since`, and return how many are left."""
        ...

    def failures(self, key: str, *, since: datetime) -> int:
        """Failed tries under `key` since then."""
        ...


class AuditLog(Protocol):
    """Who has opened, exported, changed or deleted what."""

    def note(self, entry: AuditEntry) -> None:
        """Append."""
        ...

    def about(self, person: str, *, limit: int = 200) -> list[AuditEntry]:
        """Entries about a person, newest first."""
        ...


class TrainingStore(Protocol):
    """What was handed in, what was assigned, blind scores, group reports, rubrics."""

    def submit(self, attempt_id: str, *, at: datetime) -> None:
        """Hand an attempt in; twice is once."""
        ...

    def take_back(self, attempt_id: str) -> None:
        """The attempt is the agent's alone again."""
        ...

    def submitted_at(self, attempt_id: str) -> datetime | None:
        """When it was handed in; None for a draft."""
        ...

    def handed_in(self, team_ids: Collection[str], *, limit: int = 50, offset: int = 0) -> list[str]:
        """Ids of attempts that people of these teams handed in, newest first."""
        ...

    def assign(self, assignment: Assignment) -> None:
        """Insert or update."""
        ...

    def assignment(self, assignment_id: str) -> Assignment | None:
        """By id."""
        ...

    def assignments(self, team_ids: Collection[str]) -> list[Assignment]:
        """All of these teams and their people, those due first in front."""
        ...

    def unassign(self, assignment_id: str) -> None:
        """Remove; gone already is fine."""
        ...

    def score_blind(self, score: BlindScore) -> None:
        """Keep the points; a coach's second thought replaces the first."""
        ...

    def blind_scores(self) -> list[BlindScore]:
        """All, oldest first."""
        ...

    def keep_report(self, month: str, report: str, *, made_at: datetime) -> str:
        """Keep a month's report and return the one that is kept: the first stays."""
        ...

    def report(self, month: str) -> str | None:
        """The month's report as it was made."""
        ...

    def save_rubric(self, draft: RubricDraft) -> None:
        """Insert or update; one that is live is never changed."""
        ...

    def rubrics(self) -> list[RubricDraft]:
        """All, newest first."""
        ...
