"""The stores and the queue on a real PostgreSQL: the same contracts as on SQLite, and what a server adds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from procrastinate.schema import migrations_path
from sqlalchemy import text

from tests.postgres import Server
from tests.unit import test_job_queue as jobs
from tests.unit import test_store_contract as contract
from tests.unit.test_job_queue import KEY, Office, run_until, spoken
from tests.unit.test_store_contract import Place, attempt, take
from voice_trainer.adapters.sql import schema
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.engine import database_url, make_engine
from voice_trainer.adapters.sql.jobs import SqlJobQueue
from voice_trainer.adapters.sql.models import Base
from voice_trainer.adapters.sql.procrastinate_queue import Procrastinate
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.judging import Cost, JobState, JudgingKey
from voice_trainer.errors import StorageError, UsageError

EMPTY = "TRUNCATE attempts, takes, baselines, consents, judgings, chores, procrastinate_jobs CASCADE"


@pytest.fixture(scope="module")
def shared_url(postgres: Server) -> str:
    """A database that the tests of contracts share; each begins with empty tables."""
    url = postgres.url()
    Database(url).close()
    return url


@pytest.fixture
def url(shared_url: str) -> str:
    with psycopg.connect(shared_url) as connection:
        connection.execute(EMPTY)
    return shared_url


@pytest.fixture
def place(url: str, tmp_path: Path) -> Iterator[Place]:
    opened = [SqlAttemptStore(url, lease_folder=tmp_path / "leases")]

    def reopen() -> SqlAttemptStore:
        opened[-1].close()
        opened.append(SqlAttemptStore(url, lease_folder=tmp_path / "leases"))
        return opened[-1]

    yield Place(opened[0], reopen)
    opened[-1].close()


@pytest.fixture
def store(place: Place) -> Any:
    return place.store


@pytest.fixture
def open_office(url: str, tmp_path: Path) -> Iterator[Callable[[], Office]]:
    opened: list[SqlAttemptStore] = []

    def one() -> Office:
        store = SqlAttemptStore(url, lease_folder=tmp_path / f"leases{len(opened)}")
        opened.append(store)
        post = Procrastinate(store.database, stalled_after_s=1.0)
        return Office(store, SqlJobQueue(store, post=post), post)

    yield one
    for store in opened:
        store.close()


@pytest.fixture
def office(open_office: Callable[[], Office]) -> Office:
    made = open_office()
    made.store.save(attempt("one"))
    return made


# Every test of the two contracts that asks for a store or a queue, once more on the server.
for _module in (contract, jobs):
    for _name, _test in vars(_module).items():
        if _name.startswith("test_") and not {"blobs"} & set(_test.__code__.co_varnames):
            globals().setdefault(_name, _test)
del test_what_a_dead_worker_held_is_judged_by_another  # type: ignore[name-defined] # noqa: F821 - below, by heartbeats


def test_what_a_silent_worker_held_is_judged_by_another(office: Office, url: str) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    with psycopg.connect(url) as connection:  # a worker takes it and is never heard of again
        (worker,) = connection.execute(
            "SELECT worker_id FROM procrastinate_register_worker_v1()"
        ).fetchone() or (0,)
        connection.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", (worker,))
    office.queue.begin(KEY)
    assert office.queue.rescue() == 0  # not silent for long enough
    threading.Event().wait(1.2)
    assert office.queue.rescue() == 1
    seen: list[JudgingKey] = []
    run_until(office, seen.append, lambda: bool(seen))
    assert seen == [KEY]


def test_a_judgement_without_a_job_is_announced_again(office: Office, url: str) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute(
            "UPDATE judgings SET run_at = run_at - interval '1 h', updated_at = run_at - interval '1 h'"
        )
    assert [office.queue.rescue(), office.queue.rescue()] == [1, 0]


def test_a_job_commits_or_goes_with_the_take(office: Office, url: str) -> None:
    def announced_and_cut_off() -> None:
        with office.store.database.writing() as session:
            office.store.put_take(session, "one", spoken())
            office.queue._ask(session, "one", "t1", "1", None)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power"):
        announced_and_cut_off()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (0,)
    assert office.store.get("one").takes == ()


def test_the_clock_of_the_jobs_is_the_servers(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)  # this machine believes it is 1970
    office.queue.submit("one", spoken(), rubric="1")
    seen: list[JudgingKey] = []
    run_until(office, seen.append, lambda: bool(seen))
    found = office.queue.latest("one", "t1")
    assert found
    assert found.asked_at.year >= 2026


def test_a_restart_of_the_server_loses_nothing(office: Office, postgres: Server) -> None:
    for n in range(6):
        office.queue.submit("one", spoken(f"t{n}"), rubric="1")
    restarts: list[str] = []

    def work(key: JudgingKey) -> None:
        if not restarts:
            restarts.append(key.take_id)  # before: what follows may fail, and once is meant
            postgres.kill()
            postgres.start()
        office.queue.begin(key)
        office.queue.finish(key, spoken(key.take_id), cost=Cost())

    def done() -> bool:
        try:
            office.queue.rescue()
            return len(office.queue.listed(JobState.DONE)) == 6
        except StorageError:
            return False

    run_until(office, work, done)


def test_two_upgrades_at_once(postgres: Server) -> None:
    url = postgres.url()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: Database(url).close(), range(2)))
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (schema.revisions()[-1],)
        ]


def test_revisions_lead_to_the_models_and_to_procrastinates_newest_step(postgres: Server) -> None:
    engine = make_engine(database_url(postgres.url()), busy_timeout_s=5)
    for step in schema.revisions():
        with engine.begin() as connection:
            schema.run_migrations(connection, step)
    with engine.connect() as connection:
        ours = {
            "include_name": lambda name, kind, _: kind != "table" or not name.startswith("procrastinate_")
        }
        context = MigrationContext.configure(connection, opts={"compare_type": True, **ours})
        assert compare_metadata(context, Base.metadata) == []
        reached = connection.scalar(text("SELECT obj_description('procrastinate_jobs'::regclass)"))
    engine.dispose()
    # Where this fails after procrastinate was raised: add a revision that calls `bring_up_to_date` again.
    assert reached == "03.04.00_50_post_add_retry_failed_job_procedure"
    assert reached == max(path.stem for path in migrations_path.glob("*.sql"))


def test_a_newer_database_is_refused_untouched(postgres: Server) -> None:
    url = postgres.url()
    Database(url).close()
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError) as caught:
        Database(url)
    assert caught.value.code == "database_newer"


def test_a_server_that_is_away_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        Database(f"postgresql://ann:secret@/none?host={tmp_path}")
    assert caught.value.code == "database_unreachable"
    assert "secret" not in str(caught.value)
    for wrong in ("nosuch://x", "postgresql://a:secret@h:port/x"):
        with pytest.raises(UsageError) as refused:
            Database(wrong)
        assert refused.value.code == "database_url_wrong"
        assert "secret" not in str(refused.value)


def test_a_server_that_may_only_be_read(postgres: Server, url: str, tmp_path: Path) -> None:
    with SqlAttemptStore(
        url + "&options=-cdefault_transaction_read_only%3Don", lease_folder=tmp_path
    ) as store:
        assert store.summaries() == []
        with pytest.raises(StorageError) as caught:
            store.save(attempt("one"))
    assert caught.value.code == "data_read_only"


def test_threads_save_takes_in_places_of_their_own(store: SqlAttemptStore) -> None:
    store.save(attempt("one"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.save_take("one", take(f"t{n}")), range(12)))
    with store.database.reading() as session:
        places = session.scalars(text("SELECT position FROM takes")).all()
    assert len(set(places)) == 12


def test_what_another_machine_records_is_not_taken_from_it(url: str, tmp_path: Path) -> None:
    there = SqlAttemptStore(url, lease_folder=tmp_path / "there")
    recording = contract.replace(take("t1"), state=contract.TakeState.RECORDING)
    there.save(attempt("one", recording))
    there.leases.close()  # that machine fell
    with SqlAttemptStore(url, lease_folder=tmp_path / "here") as here:
        assert here.interrupted() == []
    with SqlAttemptStore(url, lease_folder=tmp_path / "there") as again:
        assert again.interrupted() == [(attempt("one", recording), recording)]
