"""Judgements that were asked for, in the database of the takes: asked and saved together or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from voice_trainer.adapters.sql import rows
from voice_trainer.adapters.sql.job_models import JudgingRow, key_of
from voice_trainer.adapters.sql.models import TakeRow
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Take, TakeState
from voice_trainer.domain.judging import Cost, Fault, JobState, Judging, JudgingKey, QueueHealth, Stage
from voice_trainer.errors import UsageError

_JUDGED = (TakeState.RECORDED.value, TakeState.SCORED.value)
_SECONDS = {stage: getattr(JudgingRow, f"{stage.value}_s") for stage in Stage}


class Post(Protocol):
    """Carries the word that something waits to those who work."""

    def announce(self, session: Session, key: JudgingKey, *, run_at: datetime) -> None:
        """Within the transaction: heard if it commits, never if it does not."""
        ...

    def forget(self, session: Session, attempt_id: str) -> None:
        """Within the transaction: nothing of an attempt is carried any more."""
        ...

    def rescue(self) -> int:
        """Announce again what a dead worker held; returns how many."""
        ...


class SqlJobQueue:
    """The port `JobQueue`; `post` is what tells SQLite on one machine from a server with many workers."""

    def __init__(self, store: SqlAttemptStore, *, post: Post) -> None:
        self._store = store
        self._database = store.database
        self._post = post

    def submit(self, attempt_id: str, take: Take, *, rubric: str, said: str | None = None) -> Judging:
        """Save the take and ask for its judgement, both or neither."""
        with self._database.writing() as session:
            self._store.put_take(session, attempt_id, take)
            return self._ask(session, attempt_id, take.id, rubric, said)

    def ask_again(self, attempt_id: str, take_id: str, *, rubric: str, said: str | None = None) -> Judging:
        """Ask under another rubric, or with words that a person corrected."""
        with self._database.writing() as session:
            if session.get(TakeRow, (attempt_id, take_id), with_for_update=True) is None:
                raise UsageError(
                    "take_unknown",
                    f"There is no take {take_id!r} of attempt {attempt_id!r}.",
                    remedy="`voice-trainer attempts show` lists its takes.",
                )
            return self._ask(session, attempt_id, take_id, rubric, said)

    def latest(self, attempt_id: str, take_id: str) -> Judging | None:
        """How far the newest judgement of a take has come; None where none was asked for."""
        query = select(JudgingRow).where(JudgingRow.attempt_id == attempt_id, JudgingRow.take_id == take_id)
        with self._database.reading() as session:
            row = session.scalars(
                query.order_by(JudgingRow.asked_at.desc(), JudgingRow.revision.desc())
            ).first()
            return _judging(row) if row else None

    def listed(self, *states: JobState, limit: int = 100) -> list[Judging]:
        """Judgements in these states (in any, if none is named), the oldest first."""
        query = select(JudgingRow).order_by(JudgingRow.asked_at, JudgingRow.attempt_id, JudgingRow.take_id)
        if states:
            query = query.where(JudgingRow.state.in_([state.value for state in states]))
        with self._database.reading() as session:
            return [_judging(row) for row in session.scalars(query.limit(limit))]

    def retry(self, key: JudgingKey) -> None:
        """Let a parked judgement begin anew."""
        with self._database.writing() as session:
            row = _locked(session, key)
            if row is None or row.state != JobState.PARKED.value:
                raise UsageError(
                    "job_not_parked",
                    f"The judgement of {key.attempt_id}/{key.take_id} is not parked"
                    f" ({row.state if row else 'there is none'}).",
                    remedy="`voice-trainer jobs list` shows those that are.",
                )
            row.tries = 0
            self._wait(session, row, delay_s=0.0)

    def health(self) -> QueueHealth:
        """Figures of the whole queue."""
        with self._database.reading() as session:
            now = self._database.now(session)
            counted = session.execute(select(JudgingRow.state, func.count()).group_by(JudgingRow.state)).all()
            counts = dict.fromkeys(JobState, 0) | {JobState(state): count for state, count in counted}
            waiting = JudgingRow.state == JobState.WAITING.value
            oldest = session.scalar(
                select(func.min(JudgingRow.run_at)).where(waiting, JudgingRow.run_at <= now)
            )
            recent = (
                JudgingRow.state == JobState.DONE.value,
                JudgingRow.updated_at > now - timedelta(hours=1),
            )
            means = [func.avg(column) for column in _SECONDS.values()]
            figures = session.execute(
                select(func.count(), func.avg(JudgingRow.reliability), *means).where(*recent)
            ).one()
        judged, reliability, *seconds = figures
        return QueueHealth(
            counts=counts,
            oldest_waiting_s=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
            mean_seconds={
                s: float(mean) for s, mean in zip(_SECONDS, seconds, strict=True) if mean is not None
            },
            judged_last_hour=judged,
            mean_reliability=None if reliability is None else float(reliability),
        )

    def begin(self, key: JudgingKey) -> Judging | None:
        """A worker takes it up: one more try. None where there is nothing left to do."""
        with self._database.writing() as session:
            row = _locked(session, key)
            if row is None or row.state in (JobState.DONE.value, JobState.PARKED.value):
                return None
            if row.state == JobState.WAITING.value and row.run_at > self._database.now(session):
                return None  # put off meanwhile; it is announced for then
            row.state, row.stage = JobState.WORKING.value, Stage.READING.value
            row.tries += 1
            row.updated_at = self._database.now(session)
            return _judging(row)

    def at_stage(self, key: JudgingKey, stage: Stage) -> None:
        """Tell those who wait."""
        with self._database.writing() as session:
            now = self._database.now(session)
            working = JudgingRow.state == JobState.WORKING.value
            session.execute(
                update(JudgingRow).where(*_is(key), working).values(stage=stage.value, updated_at=now)
            )

    def finish(self, key: JudgingKey, take: Take, *, cost: Cost) -> bool:
        """Save the judged take and be done, both or neither."""
        with self._database.writing() as session:
            values: dict[str, object] = {f"{stage.value}_s": s for stage, s in cost.seconds.items()}
            values |= {"state": JobState.DONE.value, "worker": None, "reliability": cost.reliability}
            values |= {"fault_code": None, "fault_message": None, "fault_remedy": None}
            undone = JudgingRow.state != JobState.DONE.value
            # Compared and set in one statement: of two workers that judged the same, one sees a row to set.
            done: CursorResult[tuple[()]] = session.execute(  # type: ignore[assignment]
                update(JudgingRow)
                .where(*_is(key), undone)
                .values(updated_at=self._database.now(session), **values)
            )
            row = session.get(TakeRow, (key.attempt_id, key.take_id), with_for_update=True)
            if (
                done.rowcount != 1
                or row is None
                or row.state not in _JUDGED
                or row.audio_key != take.audio_key
            ):
                return False
            rows.fill_take(row, take)
            return True

    def put_off(self, key: JudgingKey, fault: Fault, *, delay_s: float | None) -> None:
        """Try again after `delay_s`, counted by the database's clock; None: park it."""
        with self._database.writing() as session:
            row = _locked(session, key)
            if row is None or row.state == JobState.DONE.value:
                return
            row.fault_code, row.fault_message, row.fault_remedy = fault.code, fault.message, fault.remedy
            if delay_s is None:
                row.state, row.worker, row.updated_at = (
                    JobState.PARKED.value,
                    None,
                    self._database.now(session),
                )
            else:
                self._wait(session, row, delay_s=delay_s)

    def forget(self, attempt_id: str) -> int:
        """Remove what waits or was given up of an attempt; returns how many judgements it had."""
        with self._database.writing() as session:
            self._post.forget(session, attempt_id)
            gone = session.execute(delete(JudgingRow).where(JudgingRow.attempt_id == attempt_id))
            return gone.rowcount if isinstance(gone, CursorResult) else 0

    def rescue(self) -> int:
        """Give judgements whose worker died to others."""
        return self._post.rescue()

    def _ask(self, session: Session, attempt_id: str, take_id: str, rubric: str, said: str | None) -> Judging:
        asked = select(JudgingRow).where(JudgingRow.attempt_id == attempt_id, JudgingRow.take_id == take_id)
        before = session.scalars(asked.order_by(JudgingRow.revision)).all()
        newest = before[-1] if before else None
        revision = newest.revision if newest else 1
        if newest is not None and said is not None and said != newest.said:
            revision += 1
        words = said if said is not None or newest is None else newest.said
        same = next((row for row in before if (row.rubric, row.revision) == (rubric, revision)), None)
        if same is not None:
            return _judging(same)
        now = self._database.now(session)
        row = JudgingRow(attempt_id=attempt_id, take_id=take_id, rubric=rubric, revision=revision, said=words)
        row.tries, row.asked_at = 0, now
        with session.no_autoflush:  # it is not whole yet
            session.add(row)
            self._wait(session, row, delay_s=0.0)
        return _judging(row)

    def _wait(self, session: Session, row: JudgingRow, *, delay_s: float) -> None:
        now = self._database.now(session)
        row.state, row.stage, row.worker = JobState.WAITING.value, None, None
        row.updated_at, row.run_at = now, now + timedelta(seconds=delay_s)
        session.flush()
        self._post.announce(session, key_of(row), run_at=row.run_at)


def _is(key: JudgingKey) -> tuple[ColumnElement[bool], ...]:
    return (
        JudgingRow.attempt_id == key.attempt_id,
        JudgingRow.take_id == key.take_id,
        JudgingRow.rubric == key.rubric,
        JudgingRow.revision == key.revision,
    )


def _locked(session: Session, key: JudgingKey) -> JudgingRow | None:
    identity = (key.attempt_id, key.take_id, key.rubric, key.revision)
    return session.get(JudgingRow, identity, with_for_update=True)


def _judging(row: JudgingRow) -> Judging:
    fault = Fault(row.fault_code, row.fault_message or "", row.fault_remedy or "") if row.fault_code else None
    return Judging(
        key_of(row),
        JobState(row.state),
        row.asked_at,
        row.updated_at,
        Stage(row.stage) if row.stage else None,
        row.tries,
        row.said,
        fault,
    )
