"""Attempts, baselines and consents in an SQL database, safe for several programs at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from voice_trainer.adapters.sql import erase, rows
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.engine import database_file, database_url
from voice_trainer.adapters.sql.faults import storage_faults
from voice_trainer.adapters.sql.leases import Leases
from voice_trainer.adapters.sql.models import AttemptRow, BaselineRow, ConsentRow, TakeRow
from voice_trainer.domain.attempt import Attempt, Baseline, Consent, Take, TakeState
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.summary import TakeOutcome, attempt_outcome
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptSummary


class SqlAttemptStore:
    """The port `AttemptStore` on SQLAlchemy.

    `where` is a `Database`, or what one is opened with. `lease_folder` holds the lock files by which running
    programs are told from dead ones; by default it lies beside the file. For a server it must be given: a
    folder of this machine, for what a machine was recording when it fell is on its own disk.
    """

    def __init__(
        self, where: str | Path | Database, *, lease_folder: Path | None = None, busy_timeout_s: float = 5.0
    ) -> None:
        lease_folder = lease_folder or _beside(where)
        self.database = (
            where if isinstance(where, Database) else Database(where, busy_timeout_s=busy_timeout_s)
        )
        self.file = self.database.file
        self.leases = Leases(lease_folder, shared=self.file is None)
        self._adopted: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; takes still "recording" count as interrupted from now on."""
        self.leases.close()
        self.database.close()

    def save(self, attempt: Attempt) -> None:
        """Insert or update the attempt and its takes; takes it does not name stay, behind those it names."""
        with self.database.writing() as session:
            row = session.get(AttemptRow, attempt.id)
            if row is None:
                row = AttemptRow(id=attempt.id)
                session.add(row)
            rows.fill_attempt(row, attempt)
            # The takes' foreign key needs the attempt; without an ORM relation the order is ours to keep.
            session.flush()
            stored = {take.id: take for take in _takes(session, attempt.id)}
            for position, take in enumerate(attempt.takes):
                self._put(session, attempt.id, take, stored.pop(take.id, None), position)
            for position, left in enumerate(stored.values(), start=len(attempt.takes)):
                left.position = position

    def save_take(self, attempt_id: str, take: Take) -> None:
        """Insert the take behind the others, or update it in its place."""
        with self.database.writing() as session:
            self.put_take(session, attempt_id, take)

    def put_take(self, session: Session, attempt_id: str, take: Take) -> None:
        """`save_take` within a transaction that does more."""
        # Locked, so that of two takes saved at once on a server each gets a place of its own.
        if session.get(AttemptRow, attempt_id, with_for_update=True) is None:
            raise _unknown(attempt_id)
        row = session.get(TakeRow, (attempt_id, take.id))
        last = select(func.max(TakeRow.position)).where(TakeRow.attempt_id == attempt_id)
        position = row.position if row else (session.scalar(last) or 0) + 1
        self._put(session, attempt_id, take, row, position)
        session.flush()

    def get(self, attempt_id: str) -> Attempt:
        """The attempt; an unambiguous prefix of the id will do."""
        with self.database.reading() as session:
            row = session.get(AttemptRow, attempt_id) or _by_prefix(session, attempt_id)
            return rows.attempt_of(row, _takes(session, row.id))

    def summaries(
        self, *, person: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[AttemptSummary]:
        """Newest first; two queries, however many attempts there are."""
        row = AttemptRow
        query = select(row.id, row.person, row.created_at, row.scenario_id, row.title, row.drill)
        query = query.order_by(row.created_at.desc(), row.id.desc())
        if person is not None:
            query = query.where(row.person == person)
        with self.database.reading() as session:
            page = session.execute(query.limit(limit).offset(offset)).all()
            outcomes = _outcomes(session, [line.id for line in page])
        totals = ((line, attempt_outcome(outcomes[line.id])) for line in page)
        return [
            AttemptSummary(
                *line[:5],
                total.takes,
                total.listening_points,
                total.delivery_points,
                Criterion(line.drill) if line.drill else None,
            )
            for line, total in totals
        ]

    def delete(self, attempt_id: str) -> None:
        """Remove the attempt and its takes, here and in backup copies; one that is gone already is fine."""
        with self.database.writing() as session:
            session.execute(delete(TakeRow).where(TakeRow.attempt_id == attempt_id))
            session.execute(delete(AttemptRow).where(AttemptRow.id == attempt_id))
        self._erase("attempts", attempt_id)

    def unfinished(self, person: str) -> list[Attempt]:
        """The person's own calls that are not closed, newest first."""
        row = AttemptRow
        ours = select(row).where(row.person == person, row.closed.is_(False))
        ours = ours.where(row.drill.is_(None), row.imported_from.is_(None))
        with self.database.reading() as session:
            found = session.scalars(ours.order_by(row.created_at.desc(), row.id.desc())).all()
            return [rows.attempt_of(one, _takes(session, one.id)) for one in found]

    def interrupted(self) -> list[tuple[Attempt, Take]]:
        """Takes left in state "recording" by programs that no longer run.

        They become this store's: another program that asks gets them only once this one has ended without
        saving them in another state.
        """
        holders = select(TakeRow.recorded_by).where(TakeRow.state == TakeState.RECORDING.value).distinct()
        with self.database.reading() as session:
            found = [holder for holder in session.scalars(holders) if holder is not None]
        with storage_faults(self.database.where):
            for holder in found:
                with self.leases.ended(holder) as gone:
                    if gone:
                        self._adopt(holder, self.leases.own())
        with self.database.reading() as session:
            ids = sorted({attempt_id for attempt_id, _ in self._adopted})
            stored = [row for row in (session.get(AttemptRow, one) for one in ids) if row]
            attempts = [rows.attempt_of(row, _takes(session, row.id)) for row in stored]
        return [(a, take) for a in attempts for take in a.takes if (a.id, take.id) in self._adopted]

    def save_baseline(self, baseline: Baseline) -> None:
        """Add to the history; the same id again updates it."""
        row = rows.baseline_row(baseline)
        with self.database.writing() as session:
            session.merge(row)

    def baseline(self, person: str, device: str | None = None) -> Baseline | None:
        """The newest baseline of the person on that device (on any, if None)."""
        found = self._baselines(person, device, limit=1)
        return found[0] if found else None

    def baselines(self, person: str) -> list[Baseline]:
        """All, newest first."""
        return self._baselines(person, None, limit=None)

    def delete_baseline(self, baseline_id: str) -> None:
        """Remove it here and in backup copies; one that is gone already is fine."""
        with self.database.writing() as session:
            session.execute(delete(BaselineRow).where(BaselineRow.id == baseline_id))
        self._erase("baselines", baseline_id)

    def save_consent(self, consent: Consent) -> None:
        """Remember that a person agreed; every time is kept."""
        with self.database.writing() as session:
            session.add(ConsentRow(person=consent.person, version=consent.version, given_at=consent.given_at))

    def consent(self, person: str) -> Consent | None:
        """The newest consent of the person."""
        return next(iter(self.consents(person)), None)

    def consents(self, person: str) -> list[Consent]:
        """All, newest first."""
        query = select(ConsentRow).where(ConsentRow.person == person)
        with self.database.reading() as session:
            found = session.scalars(query.order_by(ConsentRow.given_at.desc(), ConsentRow.id.desc()))
            return [Consent(row.person, row.version, row.given_at) for row in found]

    def delete_consents(self, person: str) -> int:
        """Forget, in copies too, that a person agreed; returns how often they had."""
        with self.database.writing() as session:
            gone = session.execute(delete(ConsentRow).where(ConsentRow.person == person))
        if self.file is not None:
            with storage_faults(self.database.where):
                erase.from_log(self.file)
                erase.person_from_backups(self.file, "consents", person)
        return gone.rowcount if isinstance(gone, CursorResult) else 0

    def _erase(self, table: erase.Table, identity: str) -> None:
        if self.file is not None:
            with storage_faults(self.database.where):
                erase.from_log(self.file)
                erase.from_backups(self.file, table, identity)

    def _baselines(self, person: str, device: str | None, *, limit: int | None) -> list[Baseline]:
        query = select(BaselineRow).where(BaselineRow.person == person)
        if device is not None:
            query = query.where(BaselineRow.device == device)
        query = query.order_by(BaselineRow.created_at.desc(), BaselineRow.id.desc()).limit(limit)
        with self.database.reading() as session:
            return [rows.baseline_of(row) for row in session.scalars(query)]

    def _put(self, session: Session, attempt_id: str, take: Take, row: TakeRow | None, position: int) -> None:
        if row is None:
            row = TakeRow(attempt_id=attempt_id, id=take.id)
            session.add(row)
        rows.fill_take(row, take)
        row.position = position
        if take.state is not TakeState.RECORDING:
            row.recorded_by = None
            self._adopted.discard((attempt_id, take.id))
        elif row.recorded_by is None:  # a take that is being recorded stays with who records it
            row.recorded_by = self.leases.own()

    def _adopt(self, holder: str, mine: str) -> None:
        recording = (TakeRow.state == TakeState.RECORDING.value, TakeRow.recorded_by == holder)
        with self.database.writing() as session:
            taken = session.execute(select(TakeRow.attempt_id, TakeRow.id).where(*recording)).all()
            session.execute(update(TakeRow).where(*recording).values(recorded_by=mine))
        self._adopted.update((attempt_id, take_id) for attempt_id, take_id in taken)


def _beside(where: str | Path | Database) -> Path:
    url = where.engine.url if isinstance(where, Database) else database_url(where)
    file = database_file(url)
    if file is None:
        raise UsageError(
            "lease_folder_missing",
            f"The database {url.render_as_string()} is on a server, so a lease folder is needed.",
            remedy="Name a folder that every program using this database can write.",
        )
    return file.with_name(f"{file.name}.leases")


def _takes(session: Session, attempt_id: str) -> Sequence[TakeRow]:
    query = select(TakeRow).where(TakeRow.attempt_id == attempt_id).order_by(TakeRow.position, TakeRow.id)
    return session.scalars(query).all()


def _by_prefix(session: Session, prefix: str) -> AttemptRow:
    """Compares exactly: LIKE would ignore case here and give % and _ a meaning."""
    if not prefix:
        raise _unknown(prefix)
    query = select(AttemptRow.id).where(func.substr(AttemptRow.id, 1, len(prefix)) == prefix)
    ids = session.scalars(query.order_by(AttemptRow.id).limit(4)).all()
    if len(ids) > 1:
        raise UsageError(
            "attempt_ambiguous",
            f"Several attempts begin with {prefix!r}: {', '.join(ids[:3])}{', ...' if len(ids) > 3 else ''}.",
            remedy="Give more of the id.",
        )
    row = session.get(AttemptRow, ids[0]) if ids else None
    if row is None:
        raise _unknown(prefix)
    return row


def _outcomes(session: Session, attempt_ids: Sequence[str]) -> dict[str, list[TakeOutcome]]:
    row = TakeRow
    query = select(
        row.attempt_id, row.turn_id, row.number, row.state, row.listening_points, row.delivery_points
    )
    outcomes: dict[str, list[TakeOutcome]] = defaultdict(list)
    for take in session.execute(query.where(row.attempt_id.in_(attempt_ids))):
        attempt_id, turn_id, number, state, listening, delivery = take
        outcomes[attempt_id].append(TakeOutcome(turn_id, number, TakeState(state), listening, delivery))
    return outcomes


def _unknown(attempt_id: str) -> UsageError:
    return UsageError(
        "attempt_unknown",
        f"There is no attempt {attempt_id!r}.",
        remedy="`voice-trainer attempts list` shows those there are.",
    )
