"""`check` gathers everything, and every call that ships is clean."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from voice_trainer.domain.scenario import CallKind, Reaction, Scenario, Turn
from voice_trainer.library import ProblemSeverity, builtin_folder, check, load_scenario

SHIPPED = sorted(builtin_folder().glob("*/*.yaml"))

GOOD = """\
id: my-call
version: 1
title: A parcel
industry: post
language: en-GB
kind: complaint
difficulty: 1
turns:
  - id: opening
    says: My red parcel was promised for Tuesday, and three weeks later nobody knows where it is.
    emotion: annoyed
    facts:
      - id: parcel
        text: the red parcel was promised for Tuesday
        contrary: the red parcel came early
        keys: [[parcel, package], [promise, due]]
        values: [tuesday]
      - id: weeks
        text: nobody has known for three weeks
        keys: [[nobody, no one]]
        values: [3 weeks]
    model_replies: [Your parcel was due on Tuesday and after three weeks no one can say where it is.]
"""


def problems(tmp_path: Path, text: str) -> list[tuple[str, int, str, str]]:
    path = tmp_path / "my-call.yaml"
    path.write_text(text, encoding="utf-8")
    return [(p.severity.value, p.line, p.key, p.message) for p in check(path)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_calls_are_clean(path: Path) -> None:
    assert [str(problem) for problem in check(path)] == []


def test_what_ships_is_spread_over_industries_levels_and_kinds() -> None:
    calls = [load_scenario(path) for path in SHIPPED]
    industries = Counter(call.industry for call in calls)
    levels = Counter(call.difficulty for call in calls)
    assert len(calls) >= 36
    assert len(industries) >= 8
    assert min(industries.values()) >= 4
    assert set(levels) == {1, 2, 3, 4, 5}
    assert min(levels.values()) >= 5
    assert sum(call.kind is CallKind.SALES for call in calls) >= 8
    assert sum(len(call.turns) >= 4 for call in calls) >= 10
    assert all(len(turn.model_replies) >= 2 for call in calls for turn in call.turns if turn.facts)


def walk(call: Scenario, reaction: Reaction) -> list[Turn]:
    """The turns heard when every reply is taken the same way."""
    heard = [call.opening]
    while (following := heard[-1].following(reaction)) is not None:
        turn = call.turn(following)
        assert turn is not None
        heard.append(turn)
    return heard


def test_two_calls_take_six_turns_whether_the_customer_is_heard_or_not() -> None:
    six = []
    for call in map(load_scenario, SHIPPED):
        heard, brushed = walk(call, Reaction.CALMER), walk(call, Reaction.ANGRIER)
        if min(len(heard), len(brushed)) >= 6:
            six.append(call.id)
            assert heard[-1].emotion == "relieved"
            assert brushed[-1].emotion == "angry"
    assert len(six) >= 2


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        GOOD.replace("version: 1", "version: one")
        .replace("emotion:", "mood:")
        .replace("values: [tuesday]", "values: [friday]\n        keyes: []")
        + "    then: {calmer: nowhere}\n"
    )
    found = problems(tmp_path, text)
    assert [(severity, line, key) for severity, line, key, _ in found if severity == "error"] == [
        ("error", 2, "version"),
        ("error", 11, "turns[0].mood"),
        ("error", 18, "turns[0].facts[0].keyes"),
        ("error", 24, "turns[0].then.calmer"),
    ]
    assert [line for _, line, _, _ in found] == sorted(line for _, line, _, _ in found)


def test_warnings_show_beside_errors(tmp_path: Path) -> None:
    text = GOOD.replace("values: [tuesday]", "values: [friday]").replace("emotion:", "mood:")
    severities = {severity for severity, *_ in problems(tmp_path, text)}
    assert severities == {"error", "warning"}


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("values: [tuesday]", "values: [friday]", "turns[0].facts[0].values[0]", "does not say `friday`"),
        ("[promise, due]", "[promise, pledge]", "turns[0].facts[0].keys[1]", "No model reply"),
        ("values: [3 weeks]", "values: [4 weeks]", "turns[0].facts[1].values[0]", "does not say `4 weeks`"),
        (
            "[nobody, no one]]",
            "[nobody, no one], [was due]]",
            "turns[0].facts[1].keys[1]",
            "none of these words",
        ),
        (
            "values: [tuesday]",
            "values: [tuesday]\n        confusable: [red parcel]",
            "turns[0].facts[0].confusable[0]",
            "a right reply would be called wrong",
        ),
        (
            "contrary: the red parcel came early",
            "contrary: The red parcel was promised for Tuesday!",
            "turns[0].facts[0].contrary",
            "says the same",
        ),
        ("text: nobody has known for three weeks", "text: the red parcel was promised for a Tuesday",
         "turns[0].facts[1]", "nearly the same"),
        ("text: nobody has known for three weeks", "text: the red parcel came early",
         "turns[0].facts[1]", "contradict each other"),
        ("    emotion: annoyed\n", "", "turns[0]", "declares no emotion"),
        ("emotion: annoyed", "emotion: annoyd", "turns[0].emotion", "`annoyd` is no feeling"),
        ("difficulty: 1", "difficulty: 1\nskills: [helpfulness]", "skills", "sales calls only"),
        ("says: My", f"says: {'Again and again I say it. ' * 20}My", "turns[0].says", "words at once"),
    ],
)  # fmt: skip
def test_quality_warnings(tmp_path: Path, old: str, new: str, key: str, says: str) -> None:
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new))
    assert [f[0] for f in found] == ["warning"], found
    assert found[0][2] == key
    assert says in found[0][3]
    assert found[0][1] > 0


def test_an_opening_without_facts_and_a_missing_model_reply_are_told(tmp_path: Path) -> None:
    without_facts = re.sub(r"    facts:\n(      .*\n)+", "", GOOD)
    assert ["no facts" in f[3] for f in problems(tmp_path, without_facts)] == [True]
    without_reply = re.sub(r"    model_replies: .*\n", "", GOOD)
    assert ["no model reply" in f[3] for f in problems(tmp_path, without_reply)] == [True]


SUMMARY = """\
    then: {calmer: closing, same: closing, angrier: closing}
  - id: closing
    says: So what did I just tell you?
    emotion: annoyed
    facts:
      - id: told-parcel
        text: the red parcel was promised for Tuesday
        keys: [[parcel], [promise]]
        values: [tuesday]
    model_replies: [You were promised the parcel on Tuesday.]
"""


def test_a_closing_summary_may_ask_for_what_every_walk_has_heard(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD + SUMMARY) == []


def test_but_not_for_what_a_walk_may_have_missed(tmp_path: Path) -> None:
    detour = """\
  - id: detour
    says: It was posted in July.
    emotion: annoyed
    then: {calmer: closing, same: closing, angrier: closing}
"""
    text = (GOOD + SUMMARY + detour).replace("calmer: closing, same", "calmer: detour, same", 1)
    told = "promised for Tuesday\n        keys: [[parcel], [promise]]\n        values: [tuesday]"
    missed = text.replace(told, "posted in July\n        values: [july]")
    assert problems(tmp_path, text) == []
    assert "does not say `july`" in problems(tmp_path, missed)[0][3]


def test_a_negated_fact_is_not_taken_for_its_twin(tmp_path: Path) -> None:
    text = GOOD.replace(
        "contrary: the red parcel came early", "contrary: the red parcel was not promised for Tuesday"
    )
    assert problems(tmp_path, text) == []


def test_severity_words_are_stable() -> None:
    assert [s.value for s in ProblemSeverity] == ["error", "warning"]
