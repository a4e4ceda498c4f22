"""Makes the database fit this program: created, brought up to date after a backup, or refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, inspect, text

from voice_trainer.adapters.sql import faults
from voice_trainer.adapters.sql.engine import WRITING, database_file, make_engine

MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x766F696365  # "voice": any number will do that nobody else takes
OWN_TABLES = frozenset({"attempts", "takes", "baselines", "consents"})


def revisions(migrations: Path = MIGRATIONS) -> list[str]:
    """The schema revisions this program knows, oldest first: "0001", "0002"...

    Read from the file names, because importing Alembic takes longer than opening the database.
    """
    return sorted(path.name.split("_")[0] for path in (migrations / "versions").glob("[0-9]*_*.py"))


def prepare(url: URL, *, busy_timeout_s: float, migrations: Path = MIGRATIONS) -> None:
    """Create or upgrade the schema where needed; raises `StorageError`, having touched nothing."""
    where = url.render_as_string()
    known = revisions(migrations)
    file = database_file(url)
    if file is not None:
        where = str(file)
    with faults.storage_faults(where):
        if file is not None:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not file.exists():
                file.touch(mode=0o600)  # what people said is theirs, also on a shared machine
        if _checked_revision(url, known, where=where, busy_timeout_s=busy_timeout_s) == known[-1]:
            return
        if file is None:
            _upgrade(url, where=where, busy_timeout_s=busy_timeout_s, migrations=migrations)
            return
        try:
            with FileLock(f"{file}.upgrade.lock", timeout=busy_timeout_s):
                # Another instance may have done it while this one waited.
                found = _checked_revision(url, known, where=where, busy_timeout_s=busy_timeout_s)
                if found == known[-1]:
                    return
                if found is not None:
                    _back_up(file, found)
                else:
                    _use_wal(file, busy_timeout_s)
                _upgrade(url, where=where, busy_timeout_s=busy_timeout_s, migrations=migrations)
        except Timeout as error:
            raise faults.locked(where) from error


def backups(file: Path) -> list[Path]:
    """The copies that upgrades left beside the database, oldest schema first."""
    return sorted(file.parent.glob(f"{file.name}.*.backup"))


def _checked_revision(url: URL, known: list[str], *, where: str, busy_timeout_s: float) -> str | None:
    """The schema's revision, None in an empty database; refuses newer schemas and foreign databases."""
    engine = make_engine(url, busy_timeout_s=busy_timeout_s)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if "alembic_version" not in tables:
                if tables and url.get_backend_name() == "sqlite":
                    raise faults.broken(where, f"it holds other tables: {', '.join(sorted(tables)[:3])}")
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    finally:
        engine.dispose()
    if len(found) != 1:
        # Alembic makes its table before the first migration; both are one transaction here.
        raise faults.broken(where, f"{len(found)} schema versions")
    if found[0] not in known:
        raise faults.newer(where, str(found[0]))
    if not tables >= OWN_TABLES:
        raise faults.broken(where, f"missing tables: {', '.join(sorted(OWN_TABLES - tables))}")
    return str(found[0])


def _back_up(file: Path, revision: str) -> None:
    """Copy the database beside itself; a copy begun by a killed program is overwritten."""
    unfinished = file.with_name(f"{file.name}.backup.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(file.with_name(f"{file.name}.{revision}.backup"))


def _use_wal(file: Path, busy_timeout_s: float) -> None:
    """Let readers and a writer work at once; the setting stays with the file.

    A network drive may refuse, and then works with the rollback journal.
    """
    with closing(sqlite3.connect(file, timeout=busy_timeout_s)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def _upgrade(url: URL, *, where: str, busy_timeout_s: float, migrations: Path) -> None:
    # A migration may rebuild a table: with foreign keys on, dropping the old one deletes what points at it.
    engine = make_engine(url, busy_timeout_s=busy_timeout_s, foreign_keys=False)
    try:
        with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
            if url.get_backend_name() == "postgresql":
                # Of two programs that upgrade at once the second waits here and finds nothing left to do.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
            run_migrations(connection, "head", migrations=migrations)
            if url.get_backend_name() == "sqlite":
                dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if dangling:
                    raise faults.broken(where, f"{len(dangling)} takes without their attempt")
    finally:
        engine.dispose()


def run_migrations(connection: Connection, revision: str, *, migrations: Path = MIGRATIONS) -> None:
    """Migrate within the connection's transaction: all of it happens, or nothing."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    # configparser reads % as the start of a variable
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
