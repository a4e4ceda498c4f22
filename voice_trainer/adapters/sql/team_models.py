"""The tables of a training department."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voice_trainer.adapters.sql.models import Base, UtcDateTime


class TeamRow(Base):
    """People who are coached together."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class AccountRow(Base):
    """Somebody who can sign in; `roles` and `coached` are JSON lists."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("login", name="uq_accounts_login"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(Text)
    team_id: Mapped[str | None] = mapped_column(String(64), index=True)
    coached: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled: Mapped[bool]
    password_hash: Mapped[str | None] = mapped_column(Text)


class InvitationRow(Base):
    """A link that makes one account."""

    __tablename__ = "invitations"

    secret_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    roles: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    team_id: Mapped[str | None] = mapped_column(String(64))
    coached: Mapped[str] = mapped_column(Text)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInRow(Base):
    """A browser that is signed in."""

    __tablename__ = "sign_ins"

    secret_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(200))


class SignInFailureRow(Base):
    """A failed try to sign in; forgotten after the window in which tries are counted."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """Who did what to whose things."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    resource_id: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(String(200))


class SubmissionRow(Base):
    """An attempt that its agent handed to the coach."""

    __tablename__ = "submissions"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AssignmentRow(Base):
    """What a coach asks of a person or a team."""

    __tablename__ = "assignments"
    __table_args__ = (Index("ix_assignments_team_id_due_on", "team_id", "due_on"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team_id: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date] = mapped_column(Date)
    person: Mapped[str | None] = mapped_column(String(64))
    scenario_id: Mapped[str | None] = mapped_column(String(200))
    drill: Mapped[str | None] = mapped_column(String(32))
    goal_criterion: Mapped[str | None] = mapped_column(String(32))
    goal_points: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text)


class BlindScoreRow(Base):
    """Points a coach gave without seeing the machine's or another coach's."""

    __tablename__ = "blind_scores"
    __table_args__ = (
        UniqueConstraint("attempt_id", "take_id", "criterion", "coach", name="uq_blind_scores_attempt_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    take_id: Mapped[str] = mapped_column(String(64))
    criterion: Mapped[str] = mapped_column(String(32))
    points: Mapped[int] = mapped_column(Integer)
    coach: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupReportRow(Base):
    """A month's report for HR, as it was made."""

    __tablename__ = "group_reports"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report: Mapped[str] = mapped_column(Text)


class RubricRow(Base):
    """A rubric a coach wrote: a draft until it goes live, never changed after."""

    __tablename__ = "rubrics"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    live_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
