"""Deletion that reaches every copy: SQLite's write-ahead log and the backups of upgrades."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from voice_trainer.adapters.sql.schema import backups


def from_log(file: Path) -> None:
    """Empty the write-ahead log, where pages from before the deletion still lie.

    While another program reads, part of the log stays; its next own deletion or its end clears it.
    """
    with closing(sqlite3.connect(file, timeout=1.0)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


Table = Literal["attempts", "baselines"]


def from_backups(file: Path, table: Table, identity: str) -> None:
    """Remove an attempt or a baseline from backup copies; a copy that cannot be cleaned is removed whole."""
    for backup in backups(file):
        try:
            with closing(sqlite3.connect(backup)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                if table == "attempts":
                    for part in ("judgings", "takes", "reviews", "submissions", "blind_scores"):
                        _delete_parts(connection, part, identity)
                connection.execute(f"DELETE FROM {table} WHERE id = ?", (identity,))
            from_log(backup)
        except sqlite3.DatabaseError:
            backup.unlink(missing_ok=True)


def remark_from_backups(file: Path, attempt_id: str, remark_id: str) -> None:
    """Remove one remark from backup copies, those too old to have any left as they are."""
    for backup in backups(file):
        try:
            with closing(sqlite3.connect(backup)) as connection, connection:
                if not _has(connection, "reviews"):
                    continue
                connection.execute("PRAGMA secure_delete = ON")
                where = "attempt_id = ? AND id = ?"
                connection.execute(f"DELETE FROM reviews WHERE {where}", (attempt_id, remark_id))
            from_log(backup)
        except sqlite3.DatabaseError:
            backup.unlink(missing_ok=True)


def _has(connection: sqlite3.Connection, table: str) -> bool:
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(known, (table,)).fetchone() is not None


def _delete_parts(connection: sqlite3.Connection, table: str, attempt_id: str) -> None:
    """What hangs on an attempt; a copy from before there was such a table has nothing to delete."""
    if _has(connection, table):
        connection.execute(f"DELETE FROM {table} WHERE attempt_id = ?", (attempt_id,))


def person_from_backups(file: Path, table: str, person: str, *, column: str = "person") -> None:
    """Remove a person's rows of one table from backup copies, those too old to have it left as they are."""
    for backup in backups(file):
        try:
            with closing(sqlite3.connect(backup)) as connection, connection:
                if not _has(connection, table):
                    continue
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (person,))
            from_log(backup)
        except sqlite3.DatabaseError:
            backup.unlink(missing_ok=True)
