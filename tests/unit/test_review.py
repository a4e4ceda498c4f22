"""Remarks, disputes and their end, and the order of the coach's desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_store_contract import NOON
from voice_trainer.domain.queue import DeskLine, DeskTake, in_queue
from voice_trainer.domain.review import (
    Answer,
    Comment,
    Dispute,
    Override,
    Remark,
    Review,
    agreement_with_machine,
)
from voice_trainer.domain.score import Criterion


def override(minute: int, points: int, **different: Any) -> Override:
    values = {"author": "cora", "criterion": Criterion.PACE, "machine_points": 50} | different
    return Override(
        f"o{minute}", "t1", values["author"], NOON + timedelta(minutes=minute), values["criterion"],
        points, "why", values["machine_points"],
    )  # fmt: skip


def dispute(item: str = "pace", minute: int = 5) -> Dispute:
    return Dispute(f"d{minute}", "t1", "ann", NOON + timedelta(minutes=minute), item, "not so")


def test_the_newest_judgement_of_each_coach_counts() -> None:
    review = Review((override(1, 60), override(2, 90), override(3, 40, author="carl")))
    assert [(o.author, o.points) for o in review.overrides] == [("cora", 90), ("carl", 40)]


def test_comments_stand_in_the_order_of_the_recording() -> None:
    def at(start_s: float | None) -> Comment:
        return Comment(str(start_s), "t1", "cora", NOON, "hm", start_s)

    assert [c.start_s for c in Review((at(4.0), at(None), at(1.0))).comments] == [None, 1.0, 4.0]


@pytest.mark.parametrize(
    ("after", "open_"),
    [
        ((), True),
        ((override(6, 80),), False),
        ((override(4, 80),), True),
        ((override(6, 80, criterion=Criterion.ORDER),), True),
        ((Answer("a1", "t1", "cora", NOON + timedelta(minutes=9), "d5", "You are right."),), False),
        ((Answer("a1", "t1", "cora", NOON, "another", "No."),), True),
    ],
)
def test_a_dispute_is_open_until_a_coach_answers_or_judges(after: tuple[Remark, ...], open_: bool) -> None:
    assert bool(Review((dispute(), *after)).open_disputes) == open_


def test_agreement_compares_bands_and_leaves_out_what_was_not_scored() -> None:
    given_ = [override(m, points, machine_points=machine) for m, (points, machine) in enumerate(
        [(90, 85), (70, 65), (10, 90), (50, None)]
    )]  # fmt: skip
    found = agreement_with_machine(given_)
    assert list(found) == [Criterion.PACE]
    pace = found[Criterion.PACE]
    assert (pace.pairs, pace.exact, pace.kappa) == (3, pytest.approx(2 / 3), None)


def line(name: str, *, points: int = 70, minutes: int = 0, **different: Any) -> DeskLine:
    take = {"reliability": 0.95, "withheld": (), "machine_words": True}
    take |= {key: different.pop(key) for key in list(different) if key in take}
    one = DeskTake("t1", "opening", {}, take["withheld"], points, take["reliability"], take["machine_words"])
    return DeskLine(name, "ann", NOON + timedelta(minutes=minutes), "late", "Late", (one,), **different)


def test_what_needs_a_look_comes_first_and_what_is_done_last() -> None:
    lines = [
        line("done", remarks=2, reliability=0.2),
        line("new", minutes=9),
        line("older", minutes=1),
        line("unscored", withheld=(Criterion.PACE,)),
        line("doubtful", reliability=0.6),
        line("worse", reliability=0.4),
        line("disputed", open_disputes=1, remarks=3),
    ]
    queue = in_queue(lines)
    order = ["disputed", "worse", "doubtful", "unscored", "new", "older", "done"]
    assert [one.line.attempt_id for one in queue] == order
    assert [one.needs_a_look for one in queue] == [True, True, True, True, False, False, False]


def test_points_far_from_the_others_on_the_same_call_stand_out() -> None:
    lines = [line(f"usual{i}", points=70 + i % 3, minutes=i) for i in range(6)]
    queue = in_queue([*lines, line("odd", points=20)])
    assert queue[0].line.attempt_id == "odd"
    assert queue[0].unusual == (20, 71)
    assert not any(one.unusual for one in queue[1:])
    assert not any(one.unusual for one in in_queue([*lines[:3], line("odd", points=20)]))


def test_words_that_a_person_put_right_are_not_doubtful() -> None:
    (one,) = in_queue([line("mended", reliability=0.2, machine_words=False)])
    assert one.reliability is None


@given(
    st.permutations([line(str(i), points=i * 13 % 100, open_disputes=i % 2, minutes=i % 3) for i in range(8)])
)
def test_the_order_does_not_depend_on_how_they_came(lines: list[DeskLine]) -> None:
    assert in_queue(lines) == in_queue(sorted(lines, key=lambda one: one.attempt_id))
