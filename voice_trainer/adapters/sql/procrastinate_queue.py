"""The queue on PostgreSQL: procrastinate hands judgements to workers on any number of machines."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate import sql as statements
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.worker import Worker
from psycopg import Error as PsycopgError
from psycopg_pool import PoolTimeout
from sqlalchemy import cast, delete, exists, select, table
from sqlalchemy import column as col
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.job_models import JudgingRow, key_of
from voice_trainer.domain.judging import JobState, JudgingKey

TASK = "judge"
QUEUE = "judgings"
_PAUSE_S = 2.0  # before a server that went away is looked for again
_LOST_AT_ONCE = 500
_log = logging.getLogger(__name__)
_jobs = table("procrastinate_jobs", col("status", String), col("task_name", String), col("args", JSONB))


class Procrastinate:
    """Port `Dispatcher`, and the post of `SqlJobQueue`, on a server.

    A worker sends heartbeats; what one held that has sent none for `stalled_after_s` is given to another.
    All times are the server's.
    """

    def __init__(self, database: Database, *, stalled_after_s: float = 30.0) -> None:
        self._database = database
        self._stalled_after_s = stalled_after_s
        self._app = App(connector=SyncPsycopgConnector())

    def announce(self, session: Session, key: JudgingKey, *, run_at: datetime) -> None:
        """A job within the session's transaction; turns of one call are judged in order by its lock."""
        later = self._app.configure_task(
            TASK,
            queue=QUEUE,
            lock=key.attempt_id,
            schedule_at=run_at,
            connection=_driver(session),
            allow_unknown=True,
        )
        later.defer(attempt_id=key.attempt_id, take_id=key.take_id, rubric=key.rubric, revision=key.revision)

    def forget(self, session: Session, attempt_id: str) -> None:
        """Within the transaction: the attempt's jobs go; one that runs finds nothing left to do."""
        mine = (_jobs.c.task_name == TASK, _jobs.c.args["attempt_id"].astext == attempt_id)
        idle = cast(_jobs.c.status, String) != "doing"
        session.execute(delete(_jobs).where(*mine, idle))

    def rescue(self) -> int:
        """Give what dead workers held to others; announce again what no job stands for."""
        sync: Any = self._app.connector
        with self._database.writing() as session:
            stalled = sync.execute_query_all_with_connection(
                _driver(session),
                statements.queries["select_stalled_jobs_by_heartbeat"],
                queue=QUEUE,
                task_name=TASK,
                seconds_since_heartbeat=self._stalled_after_s,
            )
            for job in stalled:
                nothing_new = dict.fromkeys(("retry_at", "new_priority", "new_queue_name", "new_lock"))
                sync.execute_query_all_with_connection(
                    _driver(session), statements.queries["retry_job"], job_id=job["id"], **nothing_new
                )
            return len(stalled) + self._announce_lost(session)

    def run(self, work: Callable[[JudgingKey], None], *, concurrency: int, stop: Event) -> None:
        """Call `work` for each that waits, at most `concurrency` at once, until `stop`."""
        while not stop.is_set():
            try:
                asyncio.run(self._serve(work, concurrency=concurrency, stop=stop))
            except (ProcrastinateException, PsycopgError, PoolTimeout, OSError) as error:
                _log.warning("the queue cannot be reached", extra={"code": type(error).__name__})
                stop.wait(_PAUSE_S)

    async def _serve(self, work: Callable[[JudgingKey], None], *, concurrency: int, stop: Event) -> None:
        # One thread a judgement, which only waits for a child process; the loop stays free for heartbeats.
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(concurrency + 1, thread_name_prefix="judging"))
        conninfo = self._database.engine.url.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
        app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=3, timeout=10.0))

        @app.task(name=TASK, queue=QUEUE)
        def judge(attempt_id: str, take_id: str, rubric: str, revision: int) -> None:
            self._guarded(work, JudgingKey(attempt_id, take_id, rubric, revision))

        async with app.open_async():
            worker = Worker(
                app,
                queues=[QUEUE],
                concurrency=concurrency,
                fetch_job_polling_interval=2.0,
                install_signal_handlers=False,
                # What became of a judgement stands in our own table; done jobs would only pile up.
                delete_jobs=DeleteJobCondition.ALWAYS,
                update_heartbeat_interval=self._stalled_after_s / 3,
                stalled_worker_timeout=self._stalled_after_s,
            )
            watcher = asyncio.create_task(_stop_with(worker, stop))
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                watcher.cancel()
                with suppress(asyncio.CancelledError):
                    await watcher

    def _guarded(self, work: Callable[[JudgingKey], None], key: JudgingKey) -> None:
        try:
            work(key)
        except Exception as error:
            # What went wrong with the reply itself has been noted by `work`; this is the database or the
            # program. Where even the new announcement fails, `rescue` makes it.
            _log.warning("a judgement was left", extra={"code": getattr(error, "code", type(error).__name__)})
            with self._database.writing() as session:
                later = self._database.now(session) + timedelta(seconds=_PAUSE_S)
                self.announce(session, key, run_at=later)

    def _announce_lost(self, session: Session) -> int:
        """Judgements whose job ended without a word (or was left out of a backup) get a new one."""
        now = self._database.now(session)
        before = now - timedelta(seconds=2 * self._stalled_after_s)
        open_states = (JobState.WAITING.value, JobState.WORKING.value)
        job = exists().where(
            _jobs.c.task_name == TASK,
            cast(_jobs.c.status, String).in_(("todo", "doing")),
            _jobs.c.args["attempt_id"].astext == JudgingRow.attempt_id,
            _jobs.c.args["take_id"].astext == JudgingRow.take_id,
            _jobs.c.args["rubric"].astext == JudgingRow.rubric,
            _jobs.c.args["revision"].astext == cast(JudgingRow.revision, String),
        )
        overdue = (JudgingRow.run_at < before, JudgingRow.updated_at < before)
        lost = select(JudgingRow).where(JudgingRow.state.in_(open_states), *overdue, ~job)
        found = session.scalars(lost.limit(_LOST_AT_ONCE).with_for_update(skip_locked=True)).all()
        for row in found:
            row.state, row.updated_at = JobState.WAITING.value, now
            self.announce(session, key_of(row), run_at=now)
        return len(found)


async def _stop_with(worker: Worker, stop: Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.2)
    worker.stop()  # type: ignore[no-untyped-call]


def _driver(session: Session) -> Any:
    return session.connection().connection.driver_connection
