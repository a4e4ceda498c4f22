"""One database, opened and brought up to date: what every store on it shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from voice_trainer.adapters.sql import schema
from voice_trainer.adapters.sql.engine import WRITING, database_file, database_url, make_engine
from voice_trainer.adapters.sql.faults import storage_faults


class Database:
    """The path of a SQLite file, made when missing, or the URL of a database server.

    Attributes
    ----------
    file
        The SQLite file; None for a server.
    where
        As it is shown to people: without a password.
    """

    def __init__(self, where: str | Path, *, busy_timeout_s: float = 5.0) -> None:
        url = database_url(where)
        self.file = database_file(url)
        self.where = str(self.file) if self.file else url.render_as_string()
        schema.prepare(url, busy_timeout_s=busy_timeout_s)
        self.engine = make_engine(url, busy_timeout_s=busy_timeout_s)
        self._writer = self.engine.execution_options(**{WRITING: True})

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that holds the write lock from its start; raises `StorageError`."""
        with storage_faults(self.where), Session(self._writer) as session, session.begin():
            yield session

    def now(self, session: Session) -> datetime:
        """The database's own time: clocks of many machines differ, this one is the same for all."""
        if self.file is not None:
            text = str(session.scalar(select(func.strftime("%Y-%m-%d %H:%M:%f", "now"))))
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; raises `StorageError`."""
        with storage_faults(self.where), Session(self.engine) as session:
            yield session
