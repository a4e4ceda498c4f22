"""The tables. Nothing here is peculiar to SQLite: the same tables serve PostgreSQL by URL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and handed out with its zone.

    SQLite drops the zone, so it is put back; PostgreSQL keeps it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraints have names, so that migrations can address them anywhere."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class AttemptRow(Base):
    """One run through a scenario; `scenario` is the whole call as it was, in JSON."""

    __tablename__ = "attempts"
    __table_args__ = (
        Index("ix_attempts_created_at_id", "created_at", "id"),
        Index("ix_attempts_person_created_at_id", "person", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scenario_id: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    scenario_sha256: Mapped[str] = mapped_column(String(64))
    imported_from: Mapped[str | None] = mapped_column(Text)
    scenario: Mapped[str] = mapped_column(Text)
    drill: Mapped[str | None] = mapped_column(String(32))  # the one skill trained; null for a whole call
    closed: Mapped[bool | None]  # null in attempts from before calls could be resumed: they are closed


class TakeRow(Base):
    """One recorded reply. The small columns come first: a list of attempts never reads the JSON behind."""

    __tablename__ = "takes"
    __table_args__ = (Index("ix_takes_state", "state"),)

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)  # its place in the attempt
    turn_id: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    # The running program that is writing the audio (a lease); null unless `state` is "recording".
    recorded_by: Mapped[str | None] = mapped_column(String(64))
    listening_points: Mapped[int | None] = mapped_column(Integer)
    delivery_points: Mapped[int | None] = mapped_column(Integer)
    audio_key: Mapped[str | None] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    duration_s: Mapped[float | None] = mapped_column(Float(53))
    recovered: Mapped[bool]
    lost_frames: Mapped[int] = mapped_column(Integer, server_default="0")
    customer_end_s: Mapped[float | None] = mapped_column(Float(53))
    engines: Mapped[str | None] = mapped_column(Text)  # JSON, as all below
    baseline: Mapped[str | None] = mapped_column(Text)
    score: Mapped[str | None] = mapped_column(Text)
    transcript: Mapped[str | None] = mapped_column(Text)
    machine_transcript: Mapped[str | None] = mapped_column(Text)
    listening: Mapped[str | None] = mapped_column(Text)
    delivery: Mapped[str | None] = mapped_column(Text)
    feeling: Mapped[str | None] = mapped_column(Text)


class BaselineRow(Base):
    """A relaxed reading of a person on a device; `profile` is JSON."""

    __tablename__ = "baselines"
    __table_args__ = (Index("ix_baselines_person_created_at_id", "person", "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(200))
    device: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    audio_key: Mapped[str | None] = mapped_column(Text)
    profile: Mapped[str] = mapped_column(Text)


class ConsentRow(Base):
    """A person agreed to be recorded, to a text of that version."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_person_given_at", "person", "given_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CheckInRow(Base):
    """How a person said they were, before or after a session; 1 to 5 each. Theirs alone."""

    __tablename__ = "check_ins"
    __table_args__ = (Index("ix_check_ins_person_at", "person", "at"),)

    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    moment: Mapped[str] = mapped_column(String(8), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    stress: Mapped[int] = mapped_column(Integer)
    confidence: Mapped[int] = mapped_column(Integer)


class SkillCardRow(Base):
    """When a skill of a person is due again; `card` is the scheduler's JSON."""

    __tablename__ = "skill_cards"

    person: Mapped[str] = mapped_column(String(200), primary_key=True)
    skill: Mapped[str] = mapped_column(String(32), primary_key=True)
    card: Mapped[str] = mapped_column(Text)


class ReviewRow(Base):
    """A comment, override, dispute or answer; `body` is the whole remark in JSON."""

    __tablename__ = "reviews"
    __table_args__ = (Index("ix_reviews_kind", "kind"),)

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    author: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
