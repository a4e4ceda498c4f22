"""The queue on SQLite: the table of judgements itself, worked through by processes of this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.job_models import JudgingRow, key_of
from voice_trainer.adapters.sql.leases import Leases
from voice_trainer.domain.judging import JobState, JudgingKey
from voice_trainer.errors import StorageError

_POLL_S = 0.2
_PAUSE_S = 2.0  # after a fault of the database
_log = logging.getLogger(__name__)


class OneMachine:
    """Port `Dispatcher`, and the post of `SqlJobQueue`, where one machine does everything.

    A worker holds a lease, like a program that records: the system drops it with the process, so that a
    dead worker is told from a slow one without heartbeats.
    """

    def __init__(self, database: Database, *, leases: Leases) -> None:
        self._database = database
        self._leases = leases
        self._running: set[JudgingKey] = set()
        self._fallen: set[JudgingKey] = set()  # whose outcome could not be noted

    def announce(self, session: Session, key: JudgingKey, *, run_at: datetime) -> None:
        """Nothing to carry: the row is seen at the next look."""

    def forget(self, session: Session, attempt_id: str) -> None:
        """Nothing is carried."""

    def rescue(self) -> int:
        """Judgements whose worker died wait again."""
        query = select(JudgingRow).where(JudgingRow.state == JobState.WORKING.value)
        with self._database.reading() as session:
            working = [(row.worker, key_of(row)) for row in session.scalars(query)]
        rescued = 0
        for holder, key in working:
            with self._leases.ended(holder or "") as gone:
                rescued += self._release(key) if gone else 0
        return rescued

    def run(self, work: Callable[[JudgingKey], None], *, concurrency: int, stop: Event) -> None:
        """Call `work` for each that waits, at most `concurrency` at once, until `stop`."""
        with ThreadPoolExecutor(concurrency, thread_name_prefix="judging") as pool:
            while not stop.is_set():
                try:
                    self._pick_up()
                    key = self._claim() if len(self._running) < concurrency else None
                except StorageError as error:
                    _log.warning("the queue cannot be read", extra={"code": error.code})
                    stop.wait(_PAUSE_S)
                    continue
                if key is None:
                    stop.wait(_POLL_S)
                    continue
                self._running.add(key)
                pool.submit(self._guarded, work, key)

    def _guarded(self, work: Callable[[JudgingKey], None], key: JudgingKey) -> None:
        try:
            work(key)
        except Exception as error:
            # What went wrong with the reply itself has been noted by `work`; this is the database or the
            # program, so it is tried again.
            _log.warning("a judgement was left", extra={"code": getattr(error, "code", type(error).__name__)})
            self._fallen.add(key)
        finally:
            self._running.discard(key)

    def _pick_up(self) -> None:
        for key in list(self._fallen):
            self._release(key)
            self._fallen.discard(key)

    def _claim(self) -> JudgingKey | None:
        row, other = JudgingRow, aliased(JudgingRow)
        with self._database.writing() as session:
            now = self._database.now(session)
            # Turns of one call are judged in order: a later one counts what an earlier one gave back.
            busy = select(other.attempt_id).where(other.state == JobState.WORKING.value)
            due = select(row).where(row.state == JobState.WAITING.value, row.run_at <= now)
            due = due.where(row.attempt_id.not_in(busy)).order_by(row.asked_at, row.take_id)
            found = session.scalars(due.limit(1)).first()
            if found is None:
                return None
            found.state, found.worker, found.updated_at = JobState.WORKING.value, self._leases.own(), now
            return key_of(found)

    def _release(self, key: JudgingKey) -> int:
        with self._database.writing() as session:
            row = session.get(JudgingRow, (key.attempt_id, key.take_id, key.rubric, key.revision))
            if row is None or row.state != JobState.WORKING.value:
                return 0
            row.state, row.worker = JobState.WAITING.value, None
            return 1
