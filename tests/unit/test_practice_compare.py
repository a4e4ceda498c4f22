"""Two takes of one turn side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk import GOOD, POOR, FakeDesk
from tests.findings import TURN
from tests.terminal import Terminal
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.practice.compare import compare


def taken(*words: str) -> Attempt:
    """An attempt whose opening was answered with each of the words."""
    desk = FakeDesk(script=list(words))
    session = desk.session()
    for _ in words:
        session.judge(session.play_turn(TURN))
        desk.clock.advance(30)
    return session.attempt


def test_the_first_stands_against_the_best() -> None:
    found = compare(taken(POOR, GOOD, POOR))
    assert (found.before.number, found.after.number) == (1, 2)
    assert found.same_rubric
    paraphrase = next(pair for pair in found.criteria if pair.criterion is Criterion.PARAPHRASE)
    assert paraphrase.before is not None
    assert paraphrase.after is not None
    assert paraphrase.after > paraphrase.before
    assert {fact.fact_id for fact in found.facts} == {fact.id for fact in TURN.facts}
    assert [fact.before for fact in found.facts].count("missed") == 3


def test_where_the_first_is_the_best_it_stands_against_the_newest() -> None:
    found = compare(taken(GOOD, POOR, POOR))
    assert (found.before.number, found.after.number) == (1, 3)


def test_any_two_can_be_named() -> None:
    found = compare(taken(POOR, GOOD, POOR), turn_id="opening", numbers=(3, 2))
    assert (found.before.number, found.after.number) == (3, 2)


@pytest.mark.parametrize(
    ("words", "turn", "numbers", "code"),
    [
        ((GOOD,), None, None, "nothing_to_compare"),
        ((), None, None, "nothing_to_compare"),
        ((GOOD, GOOD), "nowhere", None, "turn_unknown"),
        ((GOOD, GOOD), None, (1, 7), "take_unknown"),
    ],
)
def test_what_cannot_be_compared_is_told(
    words: tuple[str, ...], turn: str | None, numbers: tuple[int, int] | None, code: str
) -> None:
    with pytest.raises(UsageError) as caught:
        compare(taken(*words), turn_id=turn, numbers=numbers)
    assert caught.value.code == code
    assert caught.value.remedy


def kept(data: Path, attempt: Attempt) -> Attempt:
    with SqlAttemptStore(data / "attempts.sqlite3") as store:
        store.save(attempt)
    return attempt


def test_the_terminal_shows_both_replies_and_the_change(terminal: Terminal) -> None:
    attempt = kept(terminal.data, taken(POOR, GOOD))
    shown = terminal.run("attempts", "compare", attempt.id)
    assert shown.status == 0
    for words in ("take 1", "take 2", "Paraphrase", "calm down", "fed up", "missed", "reflected", "+"):
        assert words in shown.out
    [value] = terminal.run("attempts", "compare", attempt.id, "--json").objects
    overall = value["overall"]["listening"]
    assert overall["change"] == overall["after"] - overall["before"] > 0
    assert value["said"] == [POOR, GOOD]


def test_no_difference_is_drawn_across_rubrics(terminal: Terminal) -> None:
    attempt = taken(POOR, GOOD)
    first, second = attempt.takes
    assert first.score is not None
    old = replace(first, score=replace(first.score, rubric_version="0"))
    attempt = kept(terminal.data, replace(attempt, takes=(old, second)))
    shown = terminal.run("attempts", "compare", attempt.id)
    assert "two versions of the rubric" in shown.out
    assert "rescore" in shown.out
    [value] = terminal.run("attempts", "compare", attempt.id, "--json").objects
    assert value["overall"]["listening"]["change"] is None


def test_the_list_tells_a_drill_from_a_call(terminal: Terminal) -> None:
    call = kept(terminal.data, taken(GOOD))
    drill = kept(terminal.data, replace(taken(GOOD), id="20260101-drill", drill=Criterion.PARAPHRASE))
    rows = {row["id"]: row["drill"] for row in terminal.run("attempts", "list", "--json").objects}
    assert rows == {call.id: None, drill.id: "paraphrase"}
    lines = terminal.run("attempts", "list").out
    assert "drill: paraphrase" in " ".join(lines.split())
