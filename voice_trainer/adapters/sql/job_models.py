"""The tables of jobs: judgements that were asked for, and chores."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voice_trainer.adapters.sql.models import Base, UtcDateTime
from voice_trainer.domain.judging import JudgingKey


class JudgingRow(Base):
    """A judgement that was asked for: its words, how far it is, what it took.

    On a server procrastinate's tables say whose turn it is; with SQLite this table is the queue itself.
    """

    __tablename__ = "judgings"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "take_id"], ["takes.attempt_id", "takes.id"], ondelete="CASCADE"),
        Index("ix_judgings_state_run_at", "state", "run_at"),
        Index("ix_judgings_updated_at", "updated_at"),
    )

    attempt_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    take_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    rubric: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str | None] = mapped_column(String(16))
    tries: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)  # not before
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(64))  # a lease; SQLite only
    said: Mapped[str | None] = mapped_column(Text)
    fault_code: Mapped[str | None] = mapped_column(String(64))
    fault_message: Mapped[str | None] = mapped_column(Text)
    fault_remedy: Mapped[str | None] = mapped_column(Text)
    reading_s: Mapped[float | None] = mapped_column(Float(53))
    hearing_s: Mapped[float | None] = mapped_column(Float(53))
    measuring_s: Mapped[float | None] = mapped_column(Float(53))
    scoring_s: Mapped[float | None] = mapped_column(Float(53))
    reliability: Mapped[float | None] = mapped_column(Float(53))


def key_of(row: JudgingRow) -> JudgingKey:
    """Which judgement a row is."""
    return JudgingKey(row.attempt_id, row.take_id, row.rubric, row.revision)


class ChoreRow(Base):
    """When a thing that must be done now and then was last taken up, by whichever process came first."""

    __tablename__ = "chores"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
