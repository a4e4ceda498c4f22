"""What coaches and agents add to attempts, in an SQL database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import delete, select

from voice_trainer import serialise
from voice_trainer.adapters.sql import erase
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.faults import storage_faults
from voice_trainer.adapters.sql.models import AttemptRow, ReviewRow, TakeRow
from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.queue import DeskLine, DeskTake, desk_line, desk_take
from voice_trainer.domain.review import Override, Remark, Review
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.serialise import UnreadableError


class SqlReviewStore:
    """The port `ReviewStore` on SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, attempt_id: str, remark: Remark) -> None:
        """Append; the same id again changes nothing."""
        with self._database.writing() as session:
            if session.get(AttemptRow, attempt_id) is None:
                raise UsageError(
                    "attempt_unknown",
                    f"There is no attempt {attempt_id!r}.",
                    remedy="`voice-trainer attempts list` shows those there are.",
                )
            if session.get(ReviewRow, (attempt_id, remark.id)) is None:
                body = serialise.REVIEW.dump(Review((remark,)))
                row = ReviewRow(attempt_id=attempt_id, id=remark.id, author=remark.author, body=body)
                row.kind, row.created_at = remark.kind, remark.created_at
                session.add(row)

    def review(self, attempt_id: str) -> Review:
        """All of one attempt, oldest first."""
        return Review(self._remarks([attempt_id])[attempt_id])

    def remove(self, attempt_id: str, remark_id: str) -> None:
        """Take back one remark, in copies too."""
        with self._database.writing() as session:
            session.execute(
                delete(ReviewRow).where(ReviewRow.attempt_id == attempt_id, ReviewRow.id == remark_id)
            )
        file = self._database.file
        if file is not None:
            with storage_faults(str(file)):
                erase.remark_from_backups(file, attempt_id, remark_id)
                erase.from_log(file)

    def overrides(self) -> list[Override]:
        """The newest points of each coach for each criterion of each take, oldest first."""
        query = select(ReviewRow.attempt_id, ReviewRow.body).where(ReviewRow.kind == "override")
        # By attempt: takes are numbered within theirs, so "opening-1" is a take of every call.
        given: dict[str, list[Remark]] = defaultdict(list)
        with self._database.reading() as session:
            for attempt_id, body in session.execute(query):
                given[attempt_id] += _loaded([body])
        newest = [one for remarks in given.values() for one in Review(tuple(remarks)).overrides]
        return sorted(newest, key=lambda one: (one.created_at, one.id))

    def desk(self, *, limit: int = 200, among: Collection[str] | None = None) -> list[DeskLine]:
        """The newest attempts that hold a judged take; curves and sound stay where they are."""
        attempt, take = AttemptRow, TakeRow
        judged = (
            select(take.attempt_id)
            .where(take.attempt_id == attempt.id, take.score.is_not(None))
            .where(take.state != TakeState.DISCARDED.value)
            .exists()
        )
        lines = (
            select(attempt.id, attempt.person, attempt.created_at, attempt.scenario_id, attempt.title)
            .where(judged)
            .order_by(attempt.created_at.desc(), attempt.id.desc())
            .limit(limit)
        )
        if among is not None:
            lines = lines.where(attempt.id.in_(among))
        with self._database.reading() as session:
            page = session.execute(lines).all()
        ids = [line.id for line in page]
        takes, remarks = self._desk_takes(ids), self._remarks(ids)
        return [desk_line(*line, takes=takes[line.id], review=Review(remarks[line.id])) for line in page]

    def _desk_takes(self, attempt_ids: list[str]) -> dict[str, tuple[DeskTake, ...]]:
        take = TakeRow
        query = (
            select(take.attempt_id, take.id, take.turn_id, take.score, take.transcript)
            .where(take.attempt_id.in_(attempt_ids), take.score.is_not(None))
            .where(take.state != TakeState.DISCARDED.value)
            .order_by(take.attempt_id, take.position)
        )
        found: dict[str, tuple[DeskTake, ...]] = defaultdict(tuple)
        with self._database.reading() as session:
            for attempt_id, take_id, turn_id, score, transcript in session.execute(query):
                try:
                    judged = serialise.SCORE.load(score or "")
                    words = serialise.TRANSCRIPT.load(transcript) if transcript else None
                except UnreadableError:
                    continue  # one record that cannot be read must not close the desk
                found[attempt_id] += (desk_take(take_id, turn_id, score=judged, transcript=words),)
        return found

    def _remarks(self, attempt_ids: list[str]) -> dict[str, tuple[Remark, ...]]:
        row = ReviewRow
        query = select(row.attempt_id, row.body).where(row.attempt_id.in_(attempt_ids))
        found: dict[str, tuple[Remark, ...]] = defaultdict(tuple)
        with self._database.reading() as session:
            for attempt_id, body in session.execute(query.order_by(row.created_at, row.id)):
                found[attempt_id] += tuple(_loaded([body]))
        return found


def _loaded(bodies: Iterable[str]) -> list[Remark]:
    try:
        return [remark for body in bodies for remark in serialise.REVIEW.load(body).remarks]
    except UnreadableError as error:
        raise StorageError(
            "record_unreadable",
            f"A stored remark cannot be read ({error}).",
            remedy="Restore the database from a backup.",
        ) from error
