"""The month's report for HR, made once when the month is over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean

from voice_trainer.domain.account import Account, Role
from voice_trainer.domain.assignment import Assignment, Standing, standing
from voice_trainer.domain.checkin import means
from voice_trainer.domain.group_report import Figure, GroupReport, GroupRow, PersonMonth, group_report
from voice_trainer.domain.progress import PractisedTake
from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion
from voice_trainer.errors import UsageError
from voice_trainer.ports import Clock, GrowthStore
from voice_trainer.teams.ports import AccountStore, TrainingStore
from voice_trainer.teams.training import attempts_done


@dataclass(frozen=True, slots=True)
class ReportOffice:
    """Makes group reports."""

    accounts: AccountStore
    training: TrainingStore
    growth: GrowthStore
    clock: Clock
    rubric_version: str

    def report(self, month: str) -> GroupReport:
        """The report of a month that is over: made at the first call, the same ever after.

        Raises
        ------
        UsageError
            ``month_wrong`` for what is no month, ``month_not_over`` for one that is still going on: its
            report would change from day to day, and the difference would be somebody's.
        """
        since, until = bounds(month)
        if until > self.clock.now():
            raise UsageError(
                "month_not_over",
                f"The month {month} is not over.",
                remedy="Its report can be made from the first of the next month on.",
            )
        kept = self.training.report(month)
        if kept is None:
            people = [self._person(account, since, until) for account in self._agents()]
            made = group_report(month, people, rubric_version=self.rubric_version)
            kept = self.training.keep_report(month, json.dumps(asdict(made)), made_at=self.clock.now())
        return _loaded(kept)

    def _agents(self) -> Iterable[Account]:
        return (
            one for one in self.accounts.accounts() if Role.AGENT in one.roles and one.team_id is not None
        )

    def _person(self, account: Account, since: datetime, until: datetime) -> PersonMonth:
        takes = [take for take in self.growth.practised(account.id) if since <= take.at < until]
        stress, confidence = means(self.growth.check_ins(account.id, since=since, until=until)) or (
            None,
            None,
        )
        due = [
            one
            for one in self.training.assignments({account.team_id or ""})
            if one.person in (None, account.id)
            and since.date() <= one.due_on < until.date()
            and _countable(one)
        ]
        done = [one for one in attempts_done(self.growth, account.id) if one.at < until]
        last_day = until.date() - timedelta(days=1)
        return PersonMonth(
            account.team_id or "",
            attempts=len({take.attempt_id for take in takes}),
            assigned=len(due),
            completed=sum(standing(one, done, today=last_day) is Standing.DONE for one in due),
            points=self._points(takes),
            stress=stress,
            confidence=confidence,
        )

    def _points(self, takes: list[PractisedTake]) -> dict[Criterion, float]:
        """Means of whole calls under the present rubric; other versions are not comparable and left out."""
        found = {}
        for criterion in CONTENT_CRITERIA:
            points = [
                take.points[criterion]
                for take in takes
                if take.rubric == self.rubric_version and take.drill is None and criterion in take.points
            ]
            if points:
                found[criterion] = fmean(points)
        return found


def bounds(month: str) -> tuple[datetime, datetime]:
    """First moment of a month and of the next, UTC."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageError("month_wrong", f"{month!r:.40} is not a month.", remedy="Write it like 2026-11.")
    year, number = int(month[:4]), int(month[5:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    try:
        return datetime(year, number, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC)
    except ValueError as error:
        raise UsageError(
            "month_wrong", f"There is no month {month}.", remedy="Write it like 2026-11."
        ) from error


def _countable(assignment: Assignment) -> bool:
    """A goal on tone or pace, reached or not, says something of tone: HR does not count it."""
    asked = {assignment.goal.criterion if assignment.goal else None, assignment.drill} - {None}
    return asked <= set(CONTENT_CRITERIA)


def _loaded(text: str) -> GroupReport:
    raw = json.loads(text)
    rows = (
        GroupRow(row["team_id"], row["people"], tuple(Figure(**figure) for figure in row["figures"]))
        for row in raw["rows"]
    )
    return GroupReport(raw["month"], raw["rubric_version"], tuple(rows))
