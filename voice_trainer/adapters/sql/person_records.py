"""What accounts, training and the audit log hold on one person, in an SQL database."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from voice_trainer.adapters.sql import erase
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.faults import storage_faults
from voice_trainer.adapters.sql.models import AttemptRow, Base
from voice_trainer.adapters.sql.team_models import (
    AccountRow,
    AssignmentRow,
    AuditRow,
    BlindScoreRow,
    InvitationRow,
    RubricRow,
    SignInFailureRow,
    SignInRow,
    SubmissionRow,
)

ERASED = "erased"
_SECRET = frozenset({"password_hash", "secret_sha256"})
# Tables in upgrade copies, and the column by which a person is found there.
_COPIES = (
    ("accounts", "id"),
    ("sign_ins", "account_id"),
    ("assignments", "person"),
    ("blind_scores", "coach"),
    ("audit", "subject"),
    ("audit", "actor"),
)


class SqlPersonRecords:
    """The port `PersonRecords` on SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, person: str) -> dict[str, object]:
        """All of it as JSON values by kind, without what opens a door."""
        attempts = select(AttemptRow.id).where(AttemptRow.person == person)
        with self._database.reading() as session:
            account = session.get(AccountRow, person)
            if account is None:
                return {}
            mine = SubmissionRow.attempt_id.in_(attempts)
            about = select(AuditRow).where(AuditRow.subject == person).order_by(AuditRow.at, AuditRow.id)
            given = select(BlindScoreRow).where(BlindScoreRow.coach == person).order_by(BlindScoreRow.id)
            return {
                "account": _plain(account),
                "sign_ins": [
                    _plain(row)
                    for row in session.scalars(select(SignInRow).where(SignInRow.account_id == person))
                ],
                "assignments": [
                    _plain(row)
                    for row in session.scalars(select(AssignmentRow).where(AssignmentRow.person == person))
                ],
                "submissions": [_plain(row) for row in session.scalars(select(SubmissionRow).where(mine))],
                "blind_scores": [_plain(row) for row in session.scalars(given)],
                "audit": [_plain(row) for row in session.scalars(about)],
            }

    def shut_out(self, person: str) -> None:
        """Disable the account: its sign-ins open nothing any more."""
        with self._database.writing() as session:
            session.execute(update(AccountRow).where(AccountRow.id == person).values(disabled=True))

    def forget(self, person: str) -> dict[str, int]:
        """Delete it, in copies too; rows of others in which the person acted stay, their actor "erased"."""
        with self._database.writing() as session:
            account = session.get(AccountRow, person)
            login = account.login if account is not None else None
            counts = {
                "sign_ins": _gone(session, delete(SignInRow).where(SignInRow.account_id == person)),
                "assignments": _gone(session, delete(AssignmentRow).where(AssignmentRow.person == person)),
                "blind_scores": _gone(session, delete(BlindScoreRow).where(BlindScoreRow.coach == person)),
                "audit_entries": _gone(session, delete(AuditRow).where(AuditRow.subject == person)),
            }
            session.execute(update(AuditRow).where(AuditRow.actor == person).values(actor=ERASED))
            session.execute(update(AssignmentRow).where(AssignmentRow.by == person).values(by=ERASED))
            session.execute(update(RubricRow).where(RubricRow.by == person).values(by=ERASED))
            invited = InvitationRow.invited_by == person
            session.execute(update(InvitationRow).where(invited).values(invited_by=ERASED))
            if login is not None:
                session.execute(delete(InvitationRow).where(InvitationRow.login == login))
                session.execute(delete(SignInFailureRow).where(SignInFailureRow.key == f"login:{login}"))
            counts["accounts"] = _gone(session, delete(AccountRow).where(AccountRow.id == person))
        if self._database.file is not None:
            with storage_faults(self._database.where):
                erase.from_log(self._database.file)
                for table, column in _COPIES:
                    erase.person_from_backups(self._database.file, table, person, column=column)
                if login is not None:
                    erase.person_from_backups(self._database.file, "invitations", login, column="login")
        return counts


def _gone(session: Session, statement: object) -> int:
    result = session.execute(statement)  # type: ignore[call-overload]
    return result.rowcount if isinstance(result, CursorResult) else 0


def _plain(row: Base) -> dict[str, object]:
    """A row as JSON values."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {name: _json(name, value) for name, value in values.items() if name not in _SECRET}


def _json(name: str, value: object) -> object:
    if name in ("roles", "coached") and isinstance(value, str):
        return json.loads(value)
    return value.isoformat() if isinstance(value, datetime | date) else value
