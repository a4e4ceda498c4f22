"""What was handed in, what was assigned, blind scores, group reports and rubrics, in an SQL database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.models import AttemptRow
from voice_trainer.adapters.sql.team_models import (
    AccountRow,
    AssignmentRow,
    BlindScoreRow,
    GroupReportRow,
    RubricRow,
    SubmissionRow,
)
from voice_trainer.domain.assignment import Assignment, Goal
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.rubric import RubricDraft
from voice_trainer.domain.score import Criterion


class SqlTrainingStore:
    """The port `TrainingStore` on SQLAlchemy."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, attempt_id: str, *, at: datetime) -> None:
        """Hand an attempt in; twice is once."""
        with self._database.writing() as session:
            if session.get(SubmissionRow, attempt_id) is None:
                session.add(SubmissionRow(attempt_id=attempt_id, at=at))

    def take_back(self, attempt_id: str) -> None:
        """The attempt is the agent's alone again."""
        with self._database.writing() as session:
            session.execute(delete(SubmissionRow).where(SubmissionRow.attempt_id == attempt_id))

    def submitted_at(self, attempt_id: str) -> datetime | None:
        """When it was handed in; None for a draft."""
        with self._database.reading() as session:
            row = session.get(SubmissionRow, attempt_id)
            return row.at if row else None

    def handed_in(self, team_ids: Collection[str], *, limit: int = 50, offset: int = 0) -> list[str]:
        """Ids of attempts that people of these teams handed in, newest first."""
        query = (
            select(SubmissionRow.attempt_id)
            .join(AttemptRow, AttemptRow.id == SubmissionRow.attempt_id)
            .join(AccountRow, AccountRow.id == AttemptRow.person)
            .where(AccountRow.team_id.in_(sorted(team_ids)))
            .order_by(SubmissionRow.at.desc(), SubmissionRow.attempt_id)
        )
        with self._database.reading() as session:
            return list(session.scalars(query.limit(limit).offset(offset)))

    def assign(self, assignment: Assignment) -> None:
        """Insert or update."""
        goal = assignment.goal
        with self._database.writing() as session:
            session.merge(
                AssignmentRow(
                    id=assignment.id,
                    team_id=assignment.team_id,
                    by=assignment.by,
                    created_at=assignment.created_at,
                    due_on=assignment.due_on,
                    person=assignment.person,
                    scenario_id=assignment.scenario_id,
                    drill=assignment.drill.value if assignment.drill else None,
                    goal_criterion=goal.criterion.value if goal else None,
                    goal_points=goal.points if goal else None,
                    note=assignment.note,
                )
            )

    def assignment(self, assignment_id: str) -> Assignment | None:
        """By id."""
        with self._database.reading() as session:
            row = session.get(AssignmentRow, assignment_id)
            return _assignment(row) if row else None

    def assignments(self, team_ids: Collection[str]) -> list[Assignment]:
        """All of these teams and their people, those due first in front."""
        row = AssignmentRow
        query = select(row).where(row.team_id.in_(sorted(team_ids)))
        with self._database.reading() as session:
            return [_assignment(one) for one in session.scalars(query.order_by(row.due_on, row.created_at))]

    def unassign(self, assignment_id: str) -> None:
        """Remove; gone already is fine."""
        with self._database.writing() as session:
            session.execute(delete(AssignmentRow).where(AssignmentRow.id == assignment_id))

    def score_blind(self, score: BlindScore) -> None:
        """Keep the points; a coach's second thought replaces the first."""
        row = BlindScoreRow
        same = (
            row.attempt_id == score.attempt_id,
            row.take_id == score.take_id,
            row.criterion == score.criterion.value,
            row.coach == score.coach,
        )
        with self._database.writing() as session:
            session.execute(delete(row).where(*same))
            session.add(
                row(
                    attempt_id=score.attempt_id,
                    take_id=score.take_id,
                    criterion=score.criterion.value,
                    points=score.points,
                    coach=score.coach,
                    at=score.at,
                )
            )

    def blind_scores(self) -> list[BlindScore]:
        """All, oldest first."""
        with self._database.reading() as session:
            return [
                BlindScore(
                    one.attempt_id, one.take_id, Criterion(one.criterion), one.points, one.coach, one.at
                )
                for one in session.scalars(select(BlindScoreRow).order_by(BlindScoreRow.at, BlindScoreRow.id))
            ]

    def keep_report(self, month: str, report: str, *, made_at: datetime) -> str:
        """Keep a month's report and return the one that is kept: the first stays."""
        with self._database.writing() as session:
            row = session.get(GroupReportRow, month)
            if row is None:
                session.add(GroupReportRow(month=month, made_at=made_at, report=report))
                return report
            return row.report

    def report(self, month: str) -> str | None:
        """The month's report as it was made."""
        with self._database.reading() as session:
            row = session.get(GroupReportRow, month)
            return row.report if row else None

    def save_rubric(self, draft: RubricDraft) -> None:
        """Insert or update; one that is live is never changed."""
        with self._database.writing() as session:
            row = session.get(RubricRow, draft.version)
            if row is None or row.live_since is None:
                session.merge(
                    RubricRow(
                        version=draft.version,
                        text=draft.text,
                        by=draft.by,
                        created_at=draft.created_at,
                        live_since=draft.live_since,
                    )
                )

    def rubrics(self) -> list[RubricDraft]:
        """All, newest first."""
        row = RubricRow
        with self._database.reading() as session:
            return [
                RubricDraft(one.version, one.text, one.by, one.created_at, one.live_since)
                for one in session.scalars(select(row).order_by(row.created_at.desc(), row.version.desc()))
            ]


def _assignment(row: AssignmentRow) -> Assignment:
    goal = None
    if row.goal_criterion is not None and row.goal_points is not None:
        goal = Goal(Criterion(row.goal_criterion), row.goal_points)
    return Assignment(
        row.id,
        row.team_id,
        row.by,
        row.created_at,
        row.due_on,
        row.person,
        row.scenario_id,
        Criterion(row.drill) if row.drill else None,
        goal,
        row.note,
    )
