"""Opens the database: SQLite set up for several programs at once, anything else as its URL says."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from voice_trainer.errors import UsageError

WRITING = "voice_trainer_writing"
_CONNECTIONS_KEPT = 20  # beyond these each is made anew, which costs more than what it is wanted for


def database_url(where: str | Path) -> URL:
    """A URL as given, or the URL of the SQLite file at a path."""
    if isinstance(where, str) and "://" in where:
        try:
            url = make_url(where)
            url.get_dialect()
        except (ArgumentError, NoSuchModuleError, ValueError) as error:
            raise UsageError(
                "database_url_wrong",
                f"The database's URL cannot be read ({type(error).__name__}).",  # it may hold a password
                remedy="Write it as postgresql://USER:PASSWORD@HOST/NAME.",
            ) from error
        # psycopg 3, whatever SQLAlchemy's default is; "postgres" is what hosts of databases write
        postgres = url.drivername in ("postgres", "postgresql")
        return url.set(drivername="postgresql+psycopg") if postgres else url
    return URL.create("sqlite", database=str(where))


def database_file(url: URL) -> Path | None:
    """The file of a SQLite database, None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_engine(url: URL, *, busy_timeout_s: float, foreign_keys: bool = True) -> Engine:
    """An engine whose transactions are real ones on SQLite too."""
    if url.get_backend_name() != "sqlite":
        waits = {"connect_timeout": max(2, round(busy_timeout_s))} if "psycopg" in url.drivername else {}
        return create_engine(url, pool_pre_ping=True, pool_size=_CONNECTIONS_KEPT, connect_args=waits)
    # Opening a file is cheap; a connection kept open would hold the log and, on Windows, the file.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": busy_timeout_s})

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own BEGIN comes too late to protect a read before the write: we begin ourselves.
        connection.isolation_level = None
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA secure_delete = ON")  # deletion overwrites: a voice belongs to its speaker

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that will write takes the write lock at once and waits for it; one that began by
        # reading could not wait, it would fail as soon as another program wrote in between.
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
