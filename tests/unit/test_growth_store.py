"""What every growth store must do; the real one and the fake alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.growth_store import SqlGrowthStore
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.checkin import CheckIn, Moment, means, trend
from voice_trainer.domain.feeling import FeelingMatch, NamedFeeling
from voice_trainer.domain.measurement import NotScored
from voice_trainer.domain.scenario import CallKind, Reaction, Scenario, Turn
from voice_trainer.domain.score import Criterion, CriterionScore, Feedback, Score
from voice_trainer.ports import AttemptStore, GrowthStore
from voice_trainer.testing.stores import MemoryAttemptStore, MemoryGrowthStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Scenario("late", 1, "Late", "retail", "en-GB", CallKind.COMPLAINT, 3, (Turn("opening", "Hello?"),))
WHY = NotScored("no_baseline", "No baseline.", "Record one.")
FEELING = NamedFeeling("cross", FeelingMatch.RIGHT, "angry")


@dataclass
class Place:
    attempts: AttemptStore
    growth: GrowthStore
    file: Path | None = None


@pytest.fixture(params=["memory", "sql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "memory":
        memory = MemoryAttemptStore()
        yield Place(memory, MemoryGrowthStore(memory))
        return
    database = Database(tmp_path / "store.db")
    with SqlAttemptStore(database) as store:
        yield Place(store, SqlGrowthStore(database), database.file)


def judged(take_id: str, *, minutes: int = 0, pace: int | None = 70, rubric: str = "1") -> Take:
    criteria = (
        CriterionScore(
            Criterion.PACE, pace, "fine" if pace is not None else None, withheld=None if pace else WHY
        ),
        CriterionScore(Criterion.PARAPHRASE, 55, "part"),
    )
    score = Score(rubric, criteria, 55, pace, Feedback("s", "c", "t"), Reaction.SAME)
    at = NOON + timedelta(minutes=minutes)
    return Take(take_id, "opening", 1, at, TakeState.SCORED, score=score)


def attempt(attempt_id: str, *takes: Take, person: str = "ann", drill: Criterion | None = None) -> Attempt:
    return Attempt(attempt_id, person, NOON, CALL, "ab" * 32, takes, drill=drill)


def told(session: str, moment: Moment, stress: int, confidence: int, *, person: str = "ann") -> CheckIn:
    minutes = 60 * int(session) + 30 * (moment is Moment.AFTER)
    return CheckIn(person, NOON + timedelta(minutes=minutes), moment, stress, confidence, session)


def test_judged_takes_come_back_in_short_oldest_first(place: Place) -> None:
    place.attempts.save(attempt("b", judged("t2", minutes=5, pace=None)))
    place.attempts.save(
        attempt("a", judged("t1"), replace(judged("t3"), state=TakeState.DISCARDED, score=None))
    )
    place.attempts.save(attempt("other", judged("t1"), person="bob"))
    place.attempts.save(attempt("c", replace(judged("t4"), state=TakeState.RECORDED, score=None)))
    first, second = place.growth.practised("ann")
    assert (first.attempt_id, first.points, first.withheld) == (
        "a", {Criterion.PACE: 70, Criterion.PARAPHRASE: 55}, frozenset(),
    )  # fmt: skip
    assert (second.points, second.withheld) == ({Criterion.PARAPHRASE: 55}, {Criterion.PACE})
    assert (first.difficulty, first.title, first.rubric, first.listening_points) == (3, "Late", "1", 55)


def test_a_drill_counts_for_its_skill_alone(place: Place) -> None:
    place.attempts.save(attempt("d", judged("t1"), drill=Criterion.PACE))
    [take] = place.growth.practised("ann")
    assert take.drill is Criterion.PACE
    assert take.points == {Criterion.PACE: 70}
    assert take.listening_points is None
    assert place.attempts.get("d").drill is Criterion.PACE
    assert [line.drill for line in place.attempts.summaries()] == [Criterion.PACE]


def test_the_feeling_named_stays_with_the_take(place: Place) -> None:
    place.attempts.save(attempt("f", replace(judged("t1"), feeling=FEELING)))
    assert place.attempts.get("f").takes[0].feeling == FEELING
    assert place.growth.practised("ann")[0].feeling == FEELING


def test_check_ins_are_the_persons_own_and_replaced_when_told_again(place: Place) -> None:
    place.growth.save_check_in(told("2", Moment.BEFORE, 3, 3))
    place.growth.save_check_in(told("1", Moment.AFTER, 2, 4))
    place.growth.save_check_in(told("1", Moment.BEFORE, 5, 1))
    place.growth.save_check_in(told("1", Moment.BEFORE, 4, 2))
    place.growth.save_check_in(told("1", Moment.BEFORE, 1, 1, person="bob"))
    found = place.growth.check_ins("ann")
    assert [(c.session, c.stress) for c in found] == [("1", 4), ("1", 2), ("2", 3)]
    later = place.growth.check_ins(
        "ann", since=NOON + timedelta(minutes=90), until=NOON + timedelta(minutes=120)
    )
    assert [c.moment for c in later] == [Moment.AFTER]


def test_cards_are_kept_by_skill(place: Place) -> None:
    place.growth.save_cards("ann", {Criterion.PACE: "{}", Criterion.ORDER: "[1]"})
    place.growth.save_cards("ann", {Criterion.PACE: "[2]"})
    assert place.growth.cards("ann") == {Criterion.PACE: "[2]", Criterion.ORDER: "[1]"}
    assert place.growth.cards("bob") == {}


def test_forgetting_leaves_nothing_of_that_person(place: Place) -> None:
    for person in ("ann", "bob"):
        place.growth.save_check_in(told("1", Moment.BEFORE, 4, 2, person=person))
        place.growth.save_cards(person, {Criterion.PACE: "{}"})
    assert place.growth.forget_check_ins("ann") == 1
    place.growth.forget("ann")
    assert (place.growth.check_ins("ann"), place.growth.cards("ann")) == ([], {})
    assert len(place.growth.check_ins("bob")) == len(place.growth.cards("bob")) == 1


def test_forgetting_reaches_copies_and_leaves_those_without_the_tables(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    copy, old = tmp_path / "store.db.0003.backup", tmp_path / "store.db.0001.backup"
    database = Database(file)
    growth = SqlGrowthStore(database)
    growth.save_check_in(told("1", Moment.BEFORE, 4, 2))
    growth.save_cards("ann", {Criterion.PACE: "{}"})
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with closing(sqlite3.connect(old)) as target, target:
        target.execute("CREATE TABLE attempts (id TEXT)")
    growth.forget("ann")
    database.close()
    assert old.exists()
    with closing(sqlite3.connect(copy)) as kept:
        for table in ("check_ins", "skill_cards"):
            assert kept.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_trend_compares_sessions_told_before_and_after() -> None:
    found = trend(
        [told("2", Moment.BEFORE, 5, 1), told("1", Moment.AFTER, 2, 5), told("1", Moment.BEFORE, 4, 2)]
    )
    assert [c.session for c in found.check_ins] == ["1", "1", "2"]
    assert found.stress is not None
    assert found.confidence is not None
    assert (found.stress.sessions, found.stress.before, found.stress.after) == (1, 4, 2)
    assert (found.confidence.before, found.confidence.after) == (2, 5)
    assert trend([told("1", Moment.BEFORE, 4, 2)]).stress is None
    assert means([]) is None
    assert means(found.check_ins) == pytest.approx((11 / 3, 8 / 3))


@pytest.mark.parametrize("stress", [0, 6])
def test_a_check_in_is_one_to_five(stress: int) -> None:
    with pytest.raises(ValueError, match="stress is 1 to 5"):
        told("1", Moment.BEFORE, stress, 3)
