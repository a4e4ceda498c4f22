"""What a person's practice adds up to: judged takes in short, check-ins, when each skill is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import CursorResult

from voice_trainer.adapters.sql import erase, rows
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.faults import storage_faults
from voice_trainer.adapters.sql.models import AttemptRow, CheckInRow, SkillCardRow, TakeRow
from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.checkin import CheckIn, Moment
from voice_trainer.domain.progress import PractisedTake, in_order
from voice_trainer.domain.score import Criterion


class SqlGrowthStore:
    """The port `GrowthStore` on SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def practised(self, person: str) -> list[PractisedTake]:
        """Every judged take that was not discarded, oldest first; words and sound stay where they are."""
        attempt, take = AttemptRow, TakeRow
        attempts = select(
            attempt.id,
            attempt.person,
            attempt.created_at,
            attempt.scenario,
            attempt.scenario_sha256,
            attempt.drill,
        ).where(attempt.person == person)
        takes = (
            select(
                take.attempt_id, take.id, take.turn_id, take.number, take.created_at, take.score, take.feeling
            )
            .join(attempt, attempt.id == take.attempt_id)
            .where(attempt.person == person, take.score.is_not(None))
            .where(take.state != TakeState.DISCARDED.value)
        )
        with self._database.reading() as session:
            found = rows.practised_of(session.execute(attempts), session.execute(takes))
        return in_order(found)

    def save_check_in(self, check_in: CheckIn) -> None:
        """Add; the same person, session and moment again replaces it."""
        row = CheckInRow(
            person=check_in.person,
            session=check_in.session,
            moment=check_in.moment.value,
            at=check_in.at,
            stress=check_in.stress,
            confidence=check_in.confidence,
        )
        with self._database.writing() as session:
            session.merge(row)

    def check_ins(
        self, person: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[CheckIn]:
        """Those of a person from `since` until before `until`, oldest first."""
        row = CheckInRow
        query = select(row).where(row.person == person).order_by(row.at, row.session, row.moment.desc())
        if since is not None:
            query = query.where(row.at >= since)
        if until is not None:
            query = query.where(row.at < until)
        with self._database.reading() as session:
            return [
                CheckIn(one.person, one.at, Moment(one.moment), one.stress, one.confidence, one.session)
                for one in session.scalars(query)
            ]

    def cards(self, person: str) -> dict[Criterion, str]:
        """When each skill is due, as the scheduler wrote it."""
        query = select(SkillCardRow).where(SkillCardRow.person == person)
        with self._database.reading() as session:
            return {Criterion(row.skill): row.card for row in session.scalars(query)}

    def save_cards(self, person: str, cards: Mapping[Criterion, str]) -> None:
        """Insert or update these skills' cards."""
        with self._database.writing() as session:
            for skill, card in cards.items():
                session.merge(SkillCardRow(person=person, skill=skill.value, card=card))

    def forget_check_ins(self, person: str) -> int:
        """Delete a person's check-ins, in copies too; returns how many there were."""
        with self._database.writing() as session:
            gone = session.execute(delete(CheckInRow).where(CheckInRow.person == person))
        self._erase(CheckInRow.__tablename__, person)
        return gone.rowcount if isinstance(gone, CursorResult) else 0

    def forget(self, person: str) -> None:
        """Delete check-ins and cards of a person, in copies too."""
        self.forget_check_ins(person)
        with self._database.writing() as session:
            session.execute(delete(SkillCardRow).where(SkillCardRow.person == person))
        self._erase(SkillCardRow.__tablename__, person)

    def _erase(self, table: str, person: str) -> None:
        file = self._database.file
        if file is not None:
            with storage_faults(self._database.where):
                erase.from_log(file)
                erase.person_from_backups(file, table, person)
