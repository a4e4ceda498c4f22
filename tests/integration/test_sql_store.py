"""The SQL store on real files, with other programs at work beside it."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import TakeState
from voice_trainer.errors import StorageError, UsageError

PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.scenario import CallKind, Scenario, Turn
from voice_trainer.domain.transcript import typed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Scenario("late", 1, "Late", "retail", "en", CallKind.COMPLAINT, 2, (Turn("opening", "Hello?"),))

def attempt(name, *, takes=3, state=TakeState.RECORDED, words="lorem ipsum"):
    made = [Take(f"t{n}", "opening", n, NOW, state, transcript=typed(words)) for n in range(1, takes + 1)]
    return Attempt(name, "ann", NOW, CALL, "ab" * 32, tuple(made))
"""
here: dict[str, Any] = {}
exec(PROGRAM, here)  # the same attempts in this process and in those it starts
attempt = here["attempt"]

SAVE_MANY = """
print("ready", flush=True)
sys.stdin.readline()
with SqlAttemptStore(Path(sys.argv[1])) as store:
    for n in range(int(sys.argv[3])):
        store.save(attempt(f"{sys.argv[2]}-{n}"))
        print(f"{sys.argv[2]}-{n}", flush=True)
"""
RECORD = """
store = SqlAttemptStore(Path(sys.argv[1]))
store.save(attempt("live", takes=1, state=TakeState.RECORDING))
print("ready", flush=True)
sys.stdin.readline()
"""


@contextmanager
def started(code: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM + code, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


def make(file: Path, *names: str) -> None:
    with SqlAttemptStore(file) as store:
        for name in names:
            store.save(attempt(name))


def fault_of(action: Callable[[], object]) -> StorageError:
    with pytest.raises(StorageError) as caught:
        action()
    assert caught.value.remedy
    return caught.value


def test_two_programs_at_once_from_an_empty_folder_lose_nothing(file: Path) -> None:
    count = 25
    with (
        started(SAVE_MANY, file, "a", str(count)) as first,
        started(SAVE_MANY, file, "b", str(count)) as second,
    ):
        assert [line_of(first), line_of(second)] == ["ready", "ready"]
        go(first)
        go(second)
        assert [first.wait(60), second.wait(60)] == [0, 0]
    with SqlAttemptStore(file) as store:
        lines = store.summaries(limit=1000)
        assert {line.id for line in lines} == {f"{who}-{n}" for who in "ab" for n in range(count)}
        assert {line.takes for line in lines} == {3}


def test_threads_share_a_store(file: Path) -> None:
    with SqlAttemptStore(file) as store, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.save(attempt(f"a{n}")), range(24)))
        assert len(store.summaries(limit=100)) == 24


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_program_killed_while_saving_leaves_whole_attempts(file: Path, after: int) -> None:
    with started(SAVE_MANY, file, "a", "100000") as process:
        assert line_of(process) == "ready"
        go(process)
        saved = [line_of(process) for _ in range(after)]
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
        assert process.stdout is not None
        saved += process.stdout.read().split()
    with SqlAttemptStore(file) as store:
        found = {line.id for line in store.summaries(limit=1_000_000)}
        assert found >= set(saved)
        assert all(store.get(name) == attempt(name) for name in found)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_only_a_dead_programs_take_is_interrupted(file: Path) -> None:
    with started(RECORD, file) as process:
        assert line_of(process) == "ready"
        with SqlAttemptStore(file) as store:
            assert store.interrupted() == []
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
            ((found, take),) = store.interrupted()
            assert (found.id, take.id, take.state) == ("live", "t1", TakeState.RECORDING)
            with SqlAttemptStore(file) as other:
                assert other.interrupted() == []  # it is being recovered already
    with SqlAttemptStore(file) as later:  # which was left undone
        assert len(later.interrupted()) == 1


def test_a_closed_store_leaves_no_lock_files(file: Path) -> None:
    with SqlAttemptStore(file) as store:
        store.save(attempt("one", state=TakeState.RECORDING))
        assert len(list(file.with_name("store.db.leases").iterdir())) == 1
    with SqlAttemptStore(file) as store:
        assert len(store.interrupted()) == 3
    assert list(file.with_name("store.db.leases").iterdir()) == []


def test_a_locked_database_is_named_and_works_again(file: Path) -> None:
    make(file, "one")
    with SqlAttemptStore(file, busy_timeout_s=0.1) as store, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert fault_of(lambda: store.save(attempt("two"))).code == "database_locked"
        assert [line.id for line in store.summaries()] == ["one"]  # reading goes on
        other.rollback()
        store.save(attempt("two"))
        assert len(store.summaries()) == 2


def digest(file: Path) -> tuple[str, int]:
    return hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns


def test_a_newer_schema_is_refused_untouched(file: Path) -> None:
    make(file, "one")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = digest(file)
    error = fault_of(lambda: SqlAttemptStore(file))
    assert error.code == "database_newer"
    assert "9999" in error.message
    assert digest(file) == before
    assert not list(file.parent.glob("*.backup"))


@pytest.mark.parametrize(
    "content", [b"This is a shopping list.\n" * 100, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_what_is_no_database_is_refused_untouched(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert fault_of(lambda: SqlAttemptStore(file)).code == "database_broken"
    assert file.read_bytes() == content


def test_somebody_elses_database_is_refused_untouched(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = digest(file)
    error = fault_of(lambda: SqlAttemptStore(file))
    assert error.code == "database_broken"
    assert "bookmarks" in error.message
    assert digest(file) == before


def test_a_damaged_database_is_named(file: Path) -> None:
    make(file, *(f"a{n}" for n in range(40)))
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xaa" * (len(content) - 8192)
    file.write_bytes(content)

    def read() -> None:
        with SqlAttemptStore(file) as store:
            store.summaries()
            store.get("a1")

    assert fault_of(read).code == "database_broken"


def test_an_unreadable_record_is_named_and_the_others_work(file: Path) -> None:
    make(file, "one", "two")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE takes SET transcript = '{\"text\": 1}' WHERE attempt_id = 'one' AND id = 't2'"
        )
    with SqlAttemptStore(file) as store:
        error = fault_of(lambda: store.get("one"))
        assert (error.code, "attempt one" in error.message) == ("record_unreadable", True)
        assert store.get("two") == attempt("two")
        assert len(store.summaries()) == 2
        store.delete("one")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    error = fault_of(lambda: SqlAttemptStore(tmp_path / "file" / "data" / "store.db"))
    assert error.code == "data_read_only"


def fault_code_without_privileges(folder: Path) -> str:
    """What the store says in `folder` to a user who is not root."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(folder)  # before: the way here may be closed to others
            if os.getuid() == 0:
                os.setuid(65534)
            with SqlAttemptStore(Path("store.db")) as store:
                store.save(attempt("two"))
            os.write(writing, b"no fault")
        except StorageError as error:
            os.write(writing, error.code.encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return answer.read()


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such mode")
@pytest.mark.parametrize("existing", [False, True])
def test_a_folder_that_may_not_be_written(file: Path, existing: bool) -> None:
    file.parent.mkdir()
    if existing:
        make(file, "one")
        file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        assert fault_code_without_privileges(file.parent) == "data_read_only"
    finally:
        file.parent.chmod(0o755)


def test_a_full_disk_keeps_what_was_saved(file: Path) -> None:
    make(file, "one")
    with SqlAttemptStore(file) as store:

        @event.listens_for(store.database.engine, "connect")
        def _no_room(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite then answers as on a full disk

        big = attempt("big", words="word " * 50_000)
        assert fault_of(lambda: store.save(big)).code == "disk_full"
        assert [line.id for line in store.summaries()] == ["one"]
    with SqlAttemptStore(file) as store:
        store.save(big)
        assert store.get("big") == big


def test_deletion_leaves_no_trace_in_any_file(file: Path) -> None:
    secret = "xylophone-" + "quokka" * 400
    with SqlAttemptStore(file) as store, closing(sqlite3.connect(file)) as reader:
        for name in ("one", "two"):
            store.save(attempt(name, words=secret if name == "one" else "lorem"))
        reader.execute("SELECT id FROM attempts").fetchall()  # as long as it is open, the log stays
        assert any(b"quokka" in path.read_bytes() for path in file.parent.glob("store.db*") if path.is_file())
        store.delete("one")
        for path in file.parent.glob("store.db*"):
            assert path.is_dir() or b"quokka" not in path.read_bytes(), path
        assert store.get("two") == attempt("two", words="lorem")


def test_a_list_reads_an_index_in_order(file: Path) -> None:
    make(file, "one")
    with SqlAttemptStore(file) as store:
        seen: list[tuple[str, Any]] = []
        event.listen(
            store.database.engine, "before_cursor_execute", lambda *call: seen.append((call[2], call[3]))
        )
        store.summaries()
        store.summaries(person="ann", limit=10, offset=20)
    with closing(sqlite3.connect(file)) as connection:
        lists = [call for call in seen if "ORDER BY" in call[0]]
        assert len(lists) == 2
        for query, parameters in lists:
            plan = json.dumps(connection.execute(f"EXPLAIN QUERY PLAN {query}", parameters).fetchall())
            assert "USING INDEX ix_attempts" in plan
            assert "TEMP B-TREE" not in plan


def test_a_server_needs_a_lease_folder() -> None:
    with pytest.raises(UsageError) as caught:
        SqlAttemptStore("postgresql://user:secret@127.0.0.1/voices")
    assert caught.value.code == "lease_folder_missing"
    assert "secret" not in str(caught.value)
