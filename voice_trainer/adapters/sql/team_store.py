"""Accounts, teams, invitations, sign-ins and the audit log in an SQL database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError

from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.team_models import (
    AccountRow,
    AuditRow,
    InvitationRow,
    SignInFailureRow,
    SignInRow,
    TeamRow,
)
from voice_trainer.domain.account import Account, Invitation, Role, SignIn, Team
from voice_trainer.domain.audit import AuditEntry
from voice_trainer.errors import UsageError


class SqlAccountStore:
    """The port `AccountStore` on SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_account(self, account: Account, *, password_hash: str | None) -> None:
        """Insert; raises `UsageError` ``login_taken``."""
        row = AccountRow(id=account.id, password_hash=password_hash)
        _fill(row, account)
        with self._database.writing() as session:
            session.add(row)
            try:
                session.flush()
            except IntegrityError as error:
                raise _taken(account.login) from error

    def save_account(self, account: Account) -> None:
        """Update all but the password."""
        with self._database.writing() as session:
            row = session.get(AccountRow, account.id)
            if row is not None:
                _fill(row, account)

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Replace the hash."""
        with self._database.writing() as session:
            session.execute(
                update(AccountRow).where(AccountRow.id == account_id).values(password_hash=password_hash)
            )

    def account(self, account_id: str) -> Account | None:
        """By id."""
        with self._database.reading() as session:
            row = session.get(AccountRow, account_id)
            return _account(row) if row else None

    def account_by_login(self, login: str) -> tuple[Account, str | None] | None:
        """By login, with the password's hash."""
        with self._database.reading() as session:
            row = session.scalars(select(AccountRow).where(AccountRow.login == login)).first()
            return (_account(row), row.password_hash) if row else None

    def accounts(self) -> list[Account]:
        """All, by name."""
        with self._database.reading() as session:
            rows = session.scalars(select(AccountRow).order_by(AccountRow.name, AccountRow.id))
            return [_account(row) for row in rows]

    def delete_account(self, account_id: str) -> None:
        """Remove the account and its sign-ins."""
        with self._database.writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.account_id == account_id))
            session.execute(delete(AccountRow).where(AccountRow.id == account_id))

    def save_team(self, team: Team) -> None:
        """Insert or rename."""
        with self._database.writing() as session:
            session.merge(TeamRow(id=team.id, name=team.name))

    def teams(self) -> list[Team]:
        """All, by name."""
        with self._database.reading() as session:
            rows = session.scalars(select(TeamRow).order_by(TeamRow.name, TeamRow.id))
            return [Team(row.id, row.name) for row in rows]

    def add_invitation(self, invitation: Invitation) -> None:
        """Keep until used or run out."""
        values = asdict(invitation) | {
            "roles": _dump(invitation.roles),
            "coached": _dump(invitation.coached),
        }
        with self._database.writing() as session:
            session.add(InvitationRow(**values))

    def invitation(self, secret_sha256: str) -> Invitation | None:
        """By the secret's digest."""
        with self._database.reading() as session:
            row = session.get(InvitationRow, secret_sha256)
            return _invitation(row) if row else None

    def use_invitation(self, secret_sha256: str, *, at: datetime) -> bool:
        """Mark as used; False if somebody was quicker."""
        row = InvitationRow
        mine = update(row).where(row.secret_sha256 == secret_sha256, row.used_at.is_(None)).values(used_at=at)
        with self._database.writing() as session:
            return _count(session.execute(mine)) == 1

    def open_invitations(self, *, now: datetime) -> list[Invitation]:
        """Not used, not run out."""
        row = InvitationRow
        query = select(row).where(row.used_at.is_(None), row.expires_at > now).order_by(row.created_at)
        with self._database.reading() as session:
            return [_invitation(one) for one in session.scalars(query)]

    def add_sign_in(self, sign_in: SignIn) -> None:
        """A browser signed in; those that ran out are forgotten."""
        with self._database.writing() as session:
            session.execute(delete(SignInRow).where(SignInRow.expires_at <= sign_in.created_at))
            session.add(SignInRow(**asdict(sign_in)))

    def sign_in(self, secret_sha256: str) -> SignIn | None:
        """By the secret's digest."""
        with self._database.reading() as session:
            row = session.get(SignInRow, secret_sha256)
            return _sign_in(row) if row else None

    def sign_ins(self, account_id: str) -> list[SignIn]:
        """All of an account, newest first."""
        row = SignInRow
        query = select(row).where(row.account_id == account_id).order_by(row.created_at.desc())
        with self._database.reading() as session:
            return [_sign_in(one) for one in session.scalars(query)]

    def end_sign_ins(self, account_id: str, *, only: str | None = None) -> int:
        """End all sign-ins of an account, or the one with this digest."""
        ended = delete(SignInRow).where(SignInRow.account_id == account_id)
        if only is not None:
            ended = ended.where(SignInRow.secret_sha256 == only)
        with self._database.writing() as session:
            return _count(session.execute(ended))

    def count_failure(self, key: str, *, at: datetime, since: datetime) -> int:
        """Note a failed try, forget all those before `since`, and return how many are left under `key`."""
        row = SignInFailureRow
        with self._database.writing() as session:
            session.execute(delete(row).where(row.at < since))
            session.add(row(key=key, at=at))
            session.flush()
            return session.scalar(select(func.count()).where(row.key == key)) or 0

    def failures(self, key: str, *, since: datetime) -> int:
        """Failed tries under `key` since then."""
        row = SignInFailureRow
        with self._database.reading() as session:
            return session.scalar(select(func.count()).where(row.key == key, row.at >= since)) or 0


class SqlAuditLog:
    """The port `AuditLog` on SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, entry: AuditEntry) -> None:
        """Append."""
        with self._database.writing() as session:
            session.add(AuditRow(**asdict(entry)))

    def about(self, person: str, *, limit: int = 200) -> list[AuditEntry]:
        """Entries about a person, newest first."""
        row = AuditRow
        query = select(row).where(row.subject == person).order_by(row.at.desc(), row.id.desc()).limit(limit)
        with self._database.reading() as session:
            return [
                AuditEntry(one.at, one.actor, one.action, one.kind, one.resource_id, one.subject)
                for one in session.scalars(query)
            ]


def _fill(row: AccountRow, account: Account) -> None:
    row.login = account.login
    row.name = account.name
    row.roles = _dump(account.roles)
    row.team_id = account.team_id
    row.coached = _dump(account.coached)
    row.created_at = account.created_at
    row.disabled = account.disabled


def _account(row: AccountRow) -> Account:
    return Account(
        row.id,
        row.login,
        row.name,
        _roles(row.roles),
        row.created_at,
        row.team_id,
        frozenset(json.loads(row.coached)),
        row.disabled,
    )


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        row.secret_sha256,
        row.login,
        row.name,
        _roles(row.roles),
        row.invited_by,
        row.created_at,
        row.expires_at,
        row.team_id,
        frozenset(json.loads(row.coached)),
        row.used_at,
    )


def _sign_in(row: SignInRow) -> SignIn:
    return SignIn(row.secret_sha256, row.account_id, row.created_at, row.expires_at, row.browser)


def _roles(text: str) -> frozenset[Role]:
    return frozenset(Role(name) for name in json.loads(text))


def _dump(names: Iterable[str]) -> str:
    return json.dumps(sorted(names))


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0


def _taken(login: str) -> UsageError:
    return UsageError(
        "login_taken", f"There is an account for {login} already.", remedy="Change that one instead."
    )
