"""The schema grows step by step, with a copy taken first, all or nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.unit.test_store_contract import NOON, VOICE, attempt, take
from voice_trainer.adapters.sql import schema
from voice_trainer.adapters.sql.engine import WRITING, database_url, make_engine
from voice_trainer.adapters.sql.models import Base
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Baseline

NEWEST = schema.revisions()[-1]
NEXT = "9999"
NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{NEWEST}"

def upgrade():
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True))
    with op.batch_alter_table("attempts", recreate="always") as table:
        table.add_column(sa.Column("mood", sa.Text))
    {then}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "100% data" / "store.db"


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """The program's migrations, to which a test adds the next release's."""
    copied = tmp_path / "100% migrations"
    shutil.copytree(schema.MIGRATIONS, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


def add_next(migrations: Path, *, then: str = "pass") -> None:
    (migrations / "versions" / f"{NEXT}_next.py").write_text(
        NEXT_REVISION.format(then=then, NEXT=NEXT, NEWEST=NEWEST)
    )


def upgrade(file: Path, migrations: Path) -> None:
    schema.prepare(database_url(file), busy_timeout_s=1, migrations=migrations)


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def revision(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_file_names_and_alembic_agree_on_the_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS).replace("%", "%%"))
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(reversed(found)) == schema.revisions()


def test_every_revision_follows_from_the_one_before_up_to_the_models(file: Path) -> None:
    file.parent.mkdir()
    engine = make_engine(database_url(file), busy_timeout_s=1)
    for step in schema.revisions():
        with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
            schema.run_migrations(connection, step)
        assert revision(file) == step
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_an_upgrade_copies_first_and_keeps_every_row(file: Path, migrations: Path) -> None:
    saved = attempt("one", take("t1"), take("t2", points=(70, 80)))
    with SqlAttemptStore(file) as store:
        store.save(saved)
        store.save(attempt("two", take("t1")))
    add_next(migrations)
    upgrade(file, migrations)
    assert revision(file) == NEXT
    assert "extra" in tables(file)
    (backup,) = schema.backups(file)
    assert (revision(backup), "extra" in tables(backup)) == (NEWEST, False)
    with SqlAttemptStore(backup) as old:
        assert old.get("one") == saved
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM takes").fetchone() == (3,)


def test_an_upgrade_that_fails_changes_nothing(file: Path, migrations: Path) -> None:
    with SqlAttemptStore(file) as store:
        store.save(attempt("one", take("t1")))
    add_next(migrations, then="raise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        upgrade(file, migrations)
    assert revision(file) == NEWEST
    assert "extra" not in tables(file)
    with SqlAttemptStore(file) as store:
        assert store.get("one") == attempt("one", take("t1"))


def test_deletion_reaches_the_copies(file: Path, migrations: Path) -> None:
    with SqlAttemptStore(file) as store:
        store.save(attempt("gone", take("t1"), person="quokka" * 10))
        store.save(attempt("kept", take("t1")))
        store.save_baseline(Baseline("b1", "wombat" * 10, "headset", NOON, VOICE))
    shutil.copy(file, file.with_name("store.db.0000.backup"))
    (file.with_name("store.db.000a.backup")).write_bytes(b"not a database " * 100)
    with SqlAttemptStore(file) as store:
        store.delete("gone")
        store.delete_baseline("b1")
    (copy,) = schema.backups(file)  # the one that could not be cleaned is gone
    assert b"quokka" not in copy.read_bytes()
    assert b"wombat" not in copy.read_bytes()
    with SqlAttemptStore(copy) as old:
        assert [line.id for line in old.summaries()] == ["kept"]


def test_an_open_program_is_waited_for(file: Path, migrations: Path) -> None:
    with SqlAttemptStore(file) as store:
        store.save(attempt("one"))
    add_next(migrations)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match="locked") as caught:
            schema.prepare(database_url(file), busy_timeout_s=0.1, migrations=migrations)
        assert getattr(caught.value, "code", "") == "database_locked"
    upgrade(file, migrations)
    assert revision(file) == NEXT
