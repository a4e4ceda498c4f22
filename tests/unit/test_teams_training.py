"""Assignments and the month's report, on a real database with practice that the test makes up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.test_teams_accounts import HandClock
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.growth_store import SqlGrowthStore
from voice_trainer.adapters.sql.team_store import SqlAccountStore
from voice_trainer.adapters.sql.training_store import SqlTrainingStore
from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.domain.assignment import Goal, Standing
from voice_trainer.domain.checkin import CheckIn, Moment
from voice_trainer.domain.progress import PractisedTake
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.teams.reports import ReportOffice, bounds
from voice_trainer.teams.training import TrainingOffice

OCTOBER = datetime(2026, 10, 12, 9, tzinfo=UTC)


class MadeUpPractice(SqlGrowthStore):
    """Check-ins in the database, takes as the test says."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.takes: dict[str, list[PractisedTake]] = {}

    def practised(self, person: str) -> list[PractisedTake]:
        return self.takes.get(person, [])

    def add(
        self, person: str, points: dict[Criterion, int], *, at: datetime = OCTOBER, rubric: str = "1"
    ) -> None:
        made = self.takes.setdefault(person, [])
        number = len(made) + 1
        made.append(
            PractisedTake(
                f"{person}-{number}", "opening-1", "opening", 1, at, "late", "Late again", 2, None, rubric,
                points, frozenset(), None,
            )
        )  # fmt: skip


class Department:
    """A team of six in the north, of four in the south, and the offices."""

    def __init__(self, folder: Path) -> None:
        database = Database(folder / "store.sqlite3")
        self.clock = HandClock()
        self.accounts = SqlAccountStore(database)
        self.training = SqlTrainingStore(database)
        self.growth = MadeUpPractice(database)
        self.office = TrainingOffice(self.accounts, self.training, self.growth, self.clock)
        self.reports = ReportOffice(self.accounts, self.training, self.growth, self.clock, "1")
        self.people = [f"p-{number}" for number in range(10)]
        for team in ("north", "south"):
            self.accounts.save_team(Team(team, team.title()))
        for number, person in enumerate(self.people):
            team = "north" if number < 6 else "south"
            roles = frozenset({Role.AGENT})
            account = Account(person, person, f"Agent {number}", roles, OCTOBER, team)
            self.accounts.add_account(account, password_hash=None)

    def account(self, person: str) -> Account:
        found = self.accounts.account(person)
        assert found is not None
        return found


@pytest.fixture
def department(tmp_path: Path) -> Department:
    return Department(tmp_path)


def figures(department: Department, month: str, team: str) -> dict[str, float | None]:
    row = next(row for row in department.reports.report(month).rows if row.team_id == team)
    return {figure.name: figure.value for figure in row.figures}


def test_agents_see_what_they_are_asked_for_and_what_is_done_last(department: Department) -> None:
    department.clock.time = OCTOBER
    goal = Goal(Criterion.PARAPHRASE, 80)
    first = department.office.assign(
        by="p-c", team_id="north", due_on=date(2026, 10, 14), scenario_id="late", goal=goal
    )
    second = department.office.assign(
        by="p-c", team_id="north", due_on=date(2026, 10, 16), drill=Criterion.PACE, person="p-1"
    )
    department.growth.add("p-1", {Criterion.PARAPHRASE: 70}, at=OCTOBER + timedelta(hours=1))
    department.growth.add("p-1", {Criterion.PARAPHRASE: 85}, at=OCTOBER + timedelta(hours=2))
    mine = department.office.for_agent(department.account("p-1"))
    assert [(one.assignment, one.standing) for one in mine] == [
        (second, Standing.OPEN),
        (first, Standing.DONE),
    ]
    assert [one.assignment for one in department.office.for_agent(department.account("p-2"))] == [first]
    assert department.office.for_agent(department.account("p-7")) == []


def test_the_coach_sees_everybody_of_the_own_teams(department: Department) -> None:
    department.clock.time = OCTOBER
    department.office.assign(by="p-c", team_id="north", due_on=date(2026, 10, 14), scenario_id="late")
    department.growth.add("p-3", {}, at=OCTOBER + timedelta(days=1))
    department.clock.time = OCTOBER + timedelta(days=5)
    found = {one.person: one.standing for one in department.office.for_coach({"north"})}
    assert set(found) == set(department.people[:6])
    assert (found["p-3"], found["p-4"]) == (Standing.DONE, Standing.OVERDUE)
    assert department.office.for_coach({"south"}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"scenario_id": "late", "drill": Criterion.PACE},
        {"scenario_id": "late", "person": "p-7"},
        {"scenario_id": "late", "person": "nobody"},
        {"scenario_id": "late", "goal": Goal(Criterion.ORDER, 0)},
    ],
)
def test_assignments_that_make_no_sense(department: Department, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError) as refused:
        department.office.assign(by="p-c", team_id="north", due_on=date(2026, 10, 14), **wrong)  # type: ignore[arg-type]
    assert refused.value.code == "assignment_wrong"


def check_in(person: str, stress: int) -> CheckIn:
    return CheckIn(person, OCTOBER, Moment.BEFORE, stress, 3, f"s-{person}")


def told(people: Iterable[str], department: Department) -> None:
    for number, person in enumerate(people):
        department.growth.save_check_in(check_in(person, 1 + number % 5))


def test_a_month_in_groups(department: Department) -> None:
    for number, person in enumerate(department.people[:6]):
        department.growth.add(person, {Criterion.PARAPHRASE: 60 + number, Criterion.TONE_CALMNESS: 90})
    department.growth.add("p-0", {Criterion.PARAPHRASE: 100}, at=OCTOBER - timedelta(days=30))  # September
    department.growth.add("p-0", {Criterion.PARAPHRASE: 100}, rubric="0")  # not comparable
    told(department.people[:4], department)
    north = figures(department, "2026-10", "north")
    assert (north["paraphrase"], north["practised"]) == (62.0, 95.0)
    assert north["stress"] is None  # four people told
    assert figures(department, "2026-10", "south")["practised"] is None
    assert figures(department, "2026-10", "")["practised"] is None  # the south would be the difference


def test_a_report_stays_as_it_was_made(department: Department) -> None:
    for person in department.people[:6]:
        department.growth.add(person, {Criterion.ORDER: 50})
    before = department.reports.report("2026-10")
    department.growth.takes["p-0"].clear()  # somebody is erased afterwards: the difference would be theirs
    assert department.reports.report("2026-10") == before


def test_goals_on_tone_are_not_counted(department: Department) -> None:
    department.clock.time = OCTOBER
    for goal in (Goal(Criterion.TONE_CALMNESS, 80), Goal(Criterion.PACE, 80)):
        department.office.assign(
            by="p-c", team_id="north", due_on=date(2026, 10, 20), scenario_id="late", goal=goal
        )
    department.clock.time = datetime(2026, 11, 1, tzinfo=UTC)
    assert figures(department, "2026-10", "north")["completed"] is None


@pytest.mark.parametrize("month", ["2026-11", "2027-01", "9999-12"])
def test_a_month_that_is_not_over_has_no_report(department: Department, month: str) -> None:
    with pytest.raises(UsageError):
        department.reports.report(month)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-1", "0000-01", "x" * 200])
def test_what_is_no_month(month: str) -> None:
    with pytest.raises(UsageError) as wrong:
        bounds(month)
    assert wrong.value.code == "month_wrong"
