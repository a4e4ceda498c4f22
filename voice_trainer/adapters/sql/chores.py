"""Whose turn it is to do what must be done now and then: one row a chore, taken by compare and set."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.job_models import ChoreRow


class SqlChores:
    """The port `Chores`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, name: str, *, every_s: float) -> bool:
        """Whether it is this caller's turn, by the database's clock; asking takes the turn."""
        with self._database.writing() as session:
            now = self._database.now(session)
            row = session.get(ChoreRow, name, with_for_update=True)
            if row is None:
                try:
                    with session.begin_nested():
                        session.add(ChoreRow(name=name, begun_at=now))
                except IntegrityError:  # another process was quicker
                    return False
                return True
            if now - row.begun_at < timedelta(seconds=every_s):
                return False
            row.begun_at = now
            return True
