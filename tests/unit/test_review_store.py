"""What every review store must do; the real one and the fake alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.test_store_contract import NOON, attempt, take
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.review_store import SqlReviewStore
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.review import Comment, Dispute, Override, Review
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, ReviewStore
from voice_trainer.testing.reviews import MemoryReviewStore
from voice_trainer.testing.stores import MemoryAttemptStore

SAID = Comment("c1", "t1", "cora", NOON, "warm here", 1.5, 3.0)
KINDER = Override("o1", "t1", "cora", NOON + timedelta(minutes=1), Criterion.PACE, 80, "fine for me", 55, "1")
WRONG = Dispute("d1", "t1", "ann", NOON + timedelta(minutes=2), "fact:late", "I did say it")


@dataclass
class Place:
    attempts: AttemptStore
    reviews: ReviewStore
    file: Path | None = None


@pytest.fixture(params=["memory", "sql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "memory":
        memory = MemoryAttemptStore()
        yield Place(memory, MemoryReviewStore(memory))
        return
    database = Database(tmp_path / "store.db")
    yield Place(SqlAttemptStore(database), SqlReviewStore(database), tmp_path / "store.db")
    database.close()


def test_remarks_come_back_oldest_first(place: Place) -> None:
    place.attempts.save(attempt("one", take("t1")))
    for remark in (WRONG, KINDER, SAID, SAID):
        place.reviews.add("one", remark)
    assert place.reviews.review("one") == Review((SAID, KINDER, WRONG))
    assert place.reviews.review("none") == Review()


def test_a_remark_needs_its_attempt(place: Place) -> None:
    with pytest.raises(UsageError) as caught:
        place.reviews.add("none", SAID)
    assert caught.value.code == "attempt_unknown"


def test_a_remark_can_be_taken_back(place: Place) -> None:
    place.attempts.save(attempt("one", take("t1")))
    place.reviews.add("one", SAID)
    place.reviews.add("one", WRONG)
    place.reviews.remove("one", "c1")
    place.reviews.remove("one", "c1")
    assert place.reviews.review("one").remarks == (WRONG,)


def test_remarks_go_with_the_attempt(place: Place) -> None:
    place.attempts.save(attempt("one", take("t1")))
    place.reviews.add("one", KINDER)
    place.attempts.delete("one")
    assert place.reviews.review("one") == Review()
    assert place.reviews.overrides() == []


def test_deletion_reaches_the_copies(place: Place) -> None:
    if place.file is None:
        return
    place.attempts.save(attempt("gone", take("t1")))
    place.attempts.save(attempt("kept", take("t1")))
    place.reviews.add("gone", replace(SAID, text="quokka" * 10))
    place.reviews.add("kept", replace(SAID, text="wombat" * 10))
    copy = place.file.with_name("store.db.0000.backup")
    with closing(sqlite3.connect(place.file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    place.attempts.delete("gone")
    assert b"quokka" not in copy.read_bytes()
    assert b"wombat" in copy.read_bytes()
    place.reviews.remove("kept", "c1")
    assert b"wombat" not in copy.read_bytes()


def test_overrides_are_those_of_every_attempt(place: Place) -> None:
    for name in ("one", "two"):
        place.attempts.save(attempt(name, take("t1")))
    place.reviews.add("two", replace(KINDER, id="o2", created_at=NOON))
    place.reviews.add("one", KINDER)
    place.reviews.add("one", SAID)
    assert [override.id for override in place.reviews.overrides()] == ["o2", "o1"]


def test_the_desk_holds_what_was_judged_newest_first(place: Place) -> None:
    place.attempts.save(attempt("old", take("t1", points=(70, 80))))
    place.attempts.save(attempt("bare", take("t1"), minutes=1))
    thrown = replace(take("t1", points=(1, 2)), state=TakeState.DISCARDED)
    place.attempts.save(attempt("thrown", thrown, minutes=2))
    place.attempts.save(attempt("new", take("t1", points=(30, 40)), replace(thrown, id="t2"), minutes=3))
    place.reviews.add("old", WRONG)
    place.reviews.add("old", SAID)
    lines = place.reviews.desk()
    assert [line.attempt_id for line in lines] == ["new", "old"]
    assert [(line.open_disputes, line.remarks) for line in lines] == [(0, 0), (1, 1)]
    assert [one.listening_points for one in lines[1].takes] == [70]
    assert len(place.reviews.desk(limit=1)) == 1
