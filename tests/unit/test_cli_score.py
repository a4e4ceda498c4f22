"""`score` without sound: typed replies, manifests, what is printed and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.terminal import Ran, Terminal
from voice_trainer.exports.score_json import ScoreJson

CALL = "late-coffee-machine"
GOOD = (
    "You sound really fed up. Your coffee machine was ordered three weeks ago and there is still no sign of "
    "it. Every call brings a different explanation, and on Tuesday you stayed home and nobody came. "
    "Is that right?"
)


def manifest(terminal: Terminal, tmp_path: Path, *lines: object) -> Ran:
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(b"\n".join(texts) + b"\n")
    return terminal.run("score", "--manifest", path, "--json")


def reply(identity: object = "x", text: str = GOOD, **different: object) -> dict[str, object]:
    return {"id": identity, "scenario": CALL, "reply": text, **different}


def test_a_typed_reply_as_json_alone(terminal: Terminal) -> None:
    ran = terminal.run("score", "--scenario", CALL, "--reply", GOOD, "--json")
    assert ran.status == 0
    [score] = ran.objects
    ScoreJson.model_validate(score)
    assert score["scenario"] == CALL
    assert score["turn"] == "opening"
    assert score["overall"]["listening"] > 60
    assert score["overall"]["delivery"] is None
    assert not score["criteria"]["pace"]["scored"]
    assert score["error"] is None


def test_a_typed_reply_as_a_page(terminal: Terminal) -> None:
    ran = terminal.run("score", "--scenario", CALL, "--reply", GOOD)
    assert ran.status == 0
    for word in ("Keep", "Change", "Try saying", "Paraphrase", "What came back", "The customer"):
        assert word in ran.out
    assert "\x1b" not in ran.out


def test_a_complaint_without_a_scenario_is_marked_indicative(terminal: Terminal) -> None:
    arguments = [
        "score",
        "--complaint",
        "My bill doubled and nobody told me.",
        "--reply",
        "So your bill doubled?",
    ]
    [score] = terminal.run(*arguments, "--json").objects
    assert score["indicative"] is True
    assert score["scenario"] is None
    assert "Only an indication" in terminal.run(*arguments).out


def test_an_empty_reply_is_not_scored(terminal: Terminal) -> None:
    ran = terminal.run("score", "--scenario", CALL, "--reply", "", "--json")
    assert ran.status == 5
    assert ran.objects[0]["overall"] == {"listening": None, "delivery": None}
    page = terminal.run("score", "--scenario", CALL, "--reply", "")
    assert page.status == 5
    assert page.out.count("not scored: The reply holds no words") == 1
    assert "microphone" not in page.out
    assert "nothing_scored" in page.err


def test_json_of_a_fault_is_json_alone_too(terminal: Terminal) -> None:
    ran = terminal.run("score", "nothing-here.wav", "--scenario", CALL, "--json")
    assert ran.status == 2
    [score] = ran.objects
    ScoreJson.model_validate(score)
    assert score["id"] == "nothing-here.wav"
    assert score["error"]["code"] == "audio_missing"
    assert score["error"]["remedy"]


def test_a_manifest_answers_line_by_line_in_order(terminal: Terminal, tmp_path: Path) -> None:
    ran = manifest(terminal, tmp_path, *(reply(f"line {number}") for number in range(5)))
    assert ran.status == 0
    assert [score["id"] for score in ran.objects] == [f"line {number}" for number in range(5)]
    for score in ran.objects:
        ScoreJson.model_validate(score)


def test_bad_lines_give_errors_and_the_rest_go_on(terminal: Terminal, tmp_path: Path) -> None:
    ran = manifest(
        terminal,
        tmp_path,
        reply("first"),
        b"",
        b"not json",
        b"[1, 2]",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        {"id": "number", "scenario": 3, "reply": "hi"},
        {"id": "nothing", "scenario": CALL},
        {"id": "both", "scenario": CALL, "reply": "hi", "audio": "a.wav"},
        {"id": "unknown", "scenario": "late-cofee", "reply": "hi"},
        {"id": "null byte", "scenario": CALL, "audio": "a\0.wav"},
        {"id": "long", "scenario": CALL, "audio": "a" * 5000 + ".wav"},
        {"id": "folder", "scenario": CALL, "audio": str(tmp_path)},
        {"id": "baseline", "scenario": CALL, "audio": "a.wav", "baseline": [1]},
        {"id": None, "scenario": CALL, "reply": "hi"},
        reply("surrogate", "you are \ud800 fed up"),
        reply("last"),
    )
    assert ran.status == 0
    found = [(score["id"], (score["error"] or {}).get("code")) for score in ran.objects]
    assert found == [
        ("first", None),
        ("3", "manifest_line"),
        ("4", "manifest_line"),
        ("5", "manifest_line"),
        ("6", "manifest_line"),
        ("number", "manifest_line"),
        ("nothing", "nothing_to_score"),
        ("both", "nothing_to_score"),
        ("unknown", "scenario_unknown"),
        ("null byte", "audio_missing"),
        ("long", "audio_missing"),
        ("folder", "audio_is_folder"),
        ("baseline", "manifest_line"),
        ("15", None),
        ("surrogate", None),
        ("last", None),
    ]
    assert all(score["error"] is None or score["error"]["remedy"] for score in ran.objects)
    assert "late-coffee-machine" in ran.objects[8]["error"]["remedy"]


def test_a_fault_inside_the_program_costs_one_line(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voice_trainer.practice import batch

    real = batch.assess_text

    def sometimes(text: str, **others: object) -> object:
        if text == "boom":
            raise ZeroDivisionError("boom")
        return real(text, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "assess_text", sometimes)
    ran = manifest(terminal, tmp_path, reply("a"), reply("b", "boom"), reply("c"))
    assert [(s["id"], (s["error"] or {}).get("code")) for s in ran.objects] == [
        ("a", None),
        ("b", "unexpected"),
        ("c", None),
    ]


def test_a_manifest_of_which_nothing_can_be_scored_says_so(terminal: Terminal, tmp_path: Path) -> None:
    assert manifest(terminal, tmp_path, b"nonsense", reply(text="")).status == 5


def test_an_empty_manifest_is_done_at_once(terminal: Terminal, tmp_path: Path) -> None:
    ran = manifest(terminal, tmp_path)
    assert (ran.status, ran.out) == (0, "")


def test_a_manifest_from_stdin_and_with_a_mark_of_its_encoding(terminal: Terminal) -> None:
    line = json.dumps(reply("x")).encode()
    ran = terminal.run("score", "--manifest", "-", typed=b"\xef\xbb\xbf" + line + b"\r\n" + line)
    assert [score["id"] for score in ran.objects] == ["x", "x"]


def test_manifest_lines_may_hold_a_complaint(terminal: Terminal, tmp_path: Path) -> None:
    ran = manifest(
        terminal, tmp_path, {"id": 7, "complaint": "My bill doubled.", "reply": "Your bill doubled?"}
    )
    [score] = ran.objects
    assert (score["id"], score["indicative"], score["scenario"]) == ("7", True, None)


def test_calls_of_another_folder_lie_over_ours(terminal: Terminal, tmp_path: Path) -> None:
    own = tmp_path / "calls"
    (own / "energy").mkdir(parents=True)
    (own / "energy" / "my-call.yaml").write_text(
        "id: my-call\nversion: 1\ntitle: '[/bold] Mine :cow:'\nindustry: energy\nlanguage: en-GB\n"
        "kind: complaint\ndifficulty: 1\nskills: [paraphrase]\npersona: {name: '[x] Kim', voice: female}\n"
        "turns:\n  - id: opening\n    says: The heating is off.\n    emotion: annoyed\n"
        "    facts: [{id: heating, text: the heating is off}]\n",
        encoding="utf-8",
    )
    arguments = ["--scenarios", own, "--scenario", "my-call", "--reply", "So your heating is off?"]
    [score] = terminal.run("score", *arguments, "--json").objects
    assert [fact["id"] for fact in score["facts"]] == ["heating"]
    shown = terminal.run("scenarios", "show", "my-call", "--scenarios", own)
    assert shown.status == 0
    assert "[/bold] Mine :cow:" in shown.out
    assert "[/bold] Mine :cow:" in terminal.run("scenarios", "list", "--scenarios", own).out


def test_every_lost_point_of_a_poor_reply_is_explained_with_norm_and_source(terminal: Terminal) -> None:
    poor = "Please calm down. Our policy is two weeks. I can offer you a voucher."
    [score] = terminal.run("score", "--scenario", CALL, "--reply", poor, "--json").objects
    for name in ("paraphrase", "validation", "order"):
        criterion = score["criteria"][name]
        assert criterion["points"] < 60
        assert any("Norm:" in reason and "(" in reason for reason in criterion["reasons"]), name
    assert score["reaction"] == "angrier"
