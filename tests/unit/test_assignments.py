"""How far somebody is with what was assigned; and that the store gives back what it was given."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.test_store_contract import attempt
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.adapters.sql.team_store import SqlAccountStore, SqlAuditLog
from voice_trainer.adapters.sql.training_store import SqlTrainingStore
from voice_trainer.domain.account import Account, Role
from voice_trainer.domain.assignment import Assignment, Done, Goal, Standing, standing
from voice_trainer.domain.audit import AuditEntry
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.rubric import RubricDraft
from voice_trainer.domain.score import Criterion

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
TASK = Assignment(
    "a-1", "north", "p-coach", MONDAY, date(2026, 11, 6), None, "late", None, Goal(Criterion.PARAPHRASE, 80)
)
LATER = MONDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        ([], date(2026, 11, 6), Standing.OPEN),
        ([], date(2026, 11, 7), Standing.OVERDUE),
        ([Done("late", LATER, {Criterion.PARAPHRASE: 79})], date(2026, 11, 9), Standing.PRACTISED),
        ([Done("late", LATER, {})], date(2026, 11, 3), Standing.PRACTISED),
        ([Done("late", LATER, {Criterion.PARAPHRASE: 80})], date(2026, 11, 3), Standing.DONE),
        ([Done("other", LATER, {Criterion.PARAPHRASE: 99})], date(2026, 11, 3), Standing.OPEN),
        ([Done("late", MONDAY - timedelta(1), {Criterion.PARAPHRASE: 99})], date(2026, 11, 3), Standing.OPEN),
    ],
)
def test_standing(done: list[Done], today: date, expected: Standing) -> None:
    assert standing(TASK, done, today=today) is expected


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "store.sqlite3")


def test_only_what_the_team_handed_in_is_listed(database: Database) -> None:
    attempts, store = SqlAttemptStore(database), SqlTrainingStore(database)
    accounts = SqlAccountStore(database)
    for person, team in (("p-1", "north"), ("p-2", "south")):
        accounts.add_account(
            Account(person, person, person, frozenset({Role.AGENT}), MONDAY, team), password_hash=None
        )
        attempts.save(attempt(f"{person}-draft", person=person))
        attempts.save(attempt(f"{person}-given", person=person))
        store.submit(f"{person}-given", at=MONDAY)
    assert store.handed_in({"north"}) == ["p-1-given"]
    assert store.handed_in(set()) == []
    store.submit("p-1-given", at=LATER)
    assert store.submitted_at("p-1-given") == MONDAY
    store.take_back("p-1-given")
    assert store.handed_in({"north"}) == []
    attempts.delete("p-2-given")
    assert store.submitted_at("p-2-given") is None


def test_what_is_stored_comes_back(database: Database) -> None:
    store = SqlTrainingStore(database)
    drill = Assignment(
        "a-2", "north", "p-c", LATER, date(2026, 11, 4), "p-1", None, Criterion.PACE, None, "x"
    )
    for one in (TASK, drill):
        store.assign(one)
    assert store.assignments({"north"}) == [drill, TASK]
    store.unassign("a-2")
    assert (store.assignment("a-2"), store.assignment("a-1")) == (None, TASK)

    SqlAttemptStore(database).save(attempt("one"))
    first = BlindScore("one", "opening-1", Criterion.ORDER, 40, "p-c", MONDAY)
    second = BlindScore("one", "opening-1", Criterion.ORDER, 60, "p-c", LATER)
    store.score_blind(first)
    store.score_blind(second)
    assert store.blind_scores() == [second]

    entry = AuditEntry(MONDAY, "p-c", "view", "attempt", "one", "p-1")
    log = SqlAuditLog(database)
    log.note(entry)
    assert (log.about("p-1"), log.about("p-c")) == ([entry], [])


def test_a_months_report_is_made_once(database: Database) -> None:
    store = SqlTrainingStore(database)
    assert store.keep_report("2026-10", "first", made_at=MONDAY) == "first"
    assert store.keep_report("2026-10", "second", made_at=LATER) == "first"
    assert (store.report("2026-10"), store.report("2026-09")) == ("first", None)


def test_a_live_rubric_is_never_changed(database: Database) -> None:
    store = SqlTrainingStore(database)
    draft = RubricDraft("2-north", "a", "p-c", MONDAY)
    live = RubricDraft("2-north", "b", "p-c", MONDAY, LATER)
    for one in (draft, live, RubricDraft("2-north", "c", "p-c", MONDAY)):
        store.save_rubric(one)
    assert store.rubrics() == [live]
