"""The statistics of `bench listening`, on cases small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_trainer.cli.bench_listening import read_pairs, read_replies
from voice_trainer.cli.main import main
from voice_trainer.domain.score import Feedback, Reaction, Score
from voice_trainer.errors import UsageError
from voice_trainer.practice.assess import Assessment
from voice_trainer.practice.trials import (
    LabelledReply,
    Share,
    Tried,
    auc,
    good_above_bad,
    misheard,
    pass_rates,
    together,
)


def tried(kind: str, good: bool, points: int | None, *, scenario: str = "call") -> Tried:
    score = Score("1", (), points, None, Feedback("", "", ""), Reaction.SAME)
    reply = LabelledReply(f"{kind}-{points}", scenario, None, kind, good, "words")
    return Tried(reply, Assessment(None, None, None, None, score))


def test_pairs_are_counted_within_one_turn_and_ties_are_no_success() -> None:
    takes = [tried("plain", True, 80), tried("parrot", False, 40), tried("cold", False, 80)]
    found = good_above_bad([*takes, tried("parrot", False, 99, scenario="another call")])
    assert found == {"cold": Share(0, 1), "parrot": Share(1, 1)}
    assert together(found) == Share(1, 2)


def test_what_was_not_scored_is_in_no_pair() -> None:
    assert good_above_bad([tried("plain", True, None), tried("parrot", False, 40)]) == {}
    assert together({}).value is None


def test_pass_rates_count_the_edge_itself() -> None:
    assert pass_rates([tried("plain", True, 80), tried("plain", True, 79)], 80) == {"plain": Share(1, 2)}


def test_auc_by_hand() -> None:
    assert auc([3, 2], [1, 2]) == pytest.approx(3.5 / 4)
    assert auc([], [1]) is None


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_auc_is_the_share_of_pairs(positives: list[int], negatives: list[int]) -> None:
    wins = sum((p > n) + 0.5 * (p == n) for p in positives for n in negatives)
    assert auc(positives, negatives) == pytest.approx(wins / len(positives) / len(negatives))


def test_words_are_misheard_at_about_the_rate_and_always_the_same_way() -> None:
    text = " ".join(f"word{n}" for n in range(1000))
    assert misheard(text, 0.0, seed="a") == text
    heard = misheard(text, 0.2, seed="a")
    assert heard == misheard(text, 0.2, seed="a") != misheard(text, 0.2, seed="b")
    kept = set(heard.split())
    assert 0.08 < 1 - len(kept) / 1000 < 0.25


def test_the_command_reports_kinds_edges_and_word_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = "You sound fed up. Three weeks for a coffee machine and each call tells you something new. Right?"
    rows = [
        {"scenario": "late-coffee-machine", "kind": "plain", "good": True, "reply": good,
         "facts": {"late": "reflected"}, "emotion": "named"},
        {"scenario": "late-coffee-machine", "kind": "empty", "good": False, "reply": "Okay, one moment."},
    ]  # fmt: skip
    path = tmp_path / "replies.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert main(["bench", "listening", "--replies", str(path)]) == 0
    out = capsys.readouterr().out
    assert "word error rate 0%: good above bad 1.000 of 1" in out
    assert "word error rate 40%" in out
    assert "feeling right: 1.000 of 1" in out


def test_wrong_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text('{"scenario": "x", "kind": "plain", "good": true}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="line 1: reply"):
        read_replies(path)
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("prompt,reply,label\nhello,yes,often\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2: label"):
        read_pairs(pairs)
