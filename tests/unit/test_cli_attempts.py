"""What can be done with attempts that exist: list, show, delete, hand over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import FakeDesk
from tests.findings import CALL, TURN
from tests.terminal import Terminal
from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Consent
from voice_trainer.domain.scenario import Scenario
from voice_trainer.exports.score_json import ScoreJson


def practised(data: Path, *, person: str = "ann", scenario: Scenario = CALL) -> Attempt:
    """An attempt of one scored take, in a data folder."""
    desk = FakeDesk()
    desk.blobs = FileBlobStore(data / "recordings")  # type: ignore[assignment]
    with SqlAttemptStore(data / "attempts.sqlite3") as store:
        desk.store = store  # type: ignore[assignment]
        store.save_consent(Consent(person, "1", desk.clock.now()))
        session = desk.session(scenario, person)
        session.judge(session.play_turn(TURN))
    return session.attempt


def recordings(data: Path) -> list[Path]:
    return [path for path in (data / "recordings").rglob("*") if path.is_file()]


def test_nothing_yet_is_said(terminal: Terminal) -> None:
    ran = terminal.run("attempts", "list")
    assert ran.status == 0
    assert "voice-trainer practice" in ran.out
    assert terminal.run("attempts", "list", "--json").out == ""


def test_the_list_holds_ones_own_and_with_all_everybodys(terminal: Terminal) -> None:
    ann, bob = practised(terminal.data), practised(terminal.data, person="bob [/x]")
    [row] = terminal.run("attempts", "list", "--json").objects
    assert (row["id"], row["person"], row["takes"]) == (ann.id, "ann", 1)
    assert row["overall"]["listening"] is not None
    everybody = terminal.run("attempts", "list", "--all")
    assert bob.id in everybody.out
    assert "bob [/x]" in everybody.out
    assert [r["id"] for r in terminal.run("attempts", "list", "--as", "bob [/x]", "--json").objects] == [
        bob.id
    ]


def test_show_tells_what_was_found(terminal: Terminal) -> None:
    attempt = practised(terminal.data)
    shown = terminal.run("attempts", "show", attempt.id[:-2])
    assert shown.status == 0
    for words in (CALL.title, "opening, take 1", "Keep", "What came back"):
        assert words in shown.out
    [value] = terminal.run("attempts", "show", attempt.id, "--json").objects
    assert (value.pop("state"), value.pop("take")) == ("scored", 1)
    assert value.pop("call")["turn_number"] == 1
    ScoreJson.model_validate(value)


@pytest.mark.parametrize(("typed", "gone"), [("n\n", False), ("\n", False), ("y\n", True)])
def test_deleting_asks_first(terminal: Terminal, typed: str, gone: bool) -> None:
    attempt = practised(terminal.data)
    ran = terminal.run("attempts", "delete", attempt.id, typed=typed)
    assert ran.status == 0
    assert (recordings(terminal.data) == []) is gone
    assert (terminal.run("attempts", "list", "--json").out == "") is gone


def test_deleting_without_an_answer_deletes_nothing(terminal: Terminal) -> None:
    attempt = practised(terminal.data)
    assert terminal.run("attempts", "delete", attempt.id).status == 130
    assert recordings(terminal.data)


def test_an_attempt_travels_to_the_coach_with_its_consent(terminal: Terminal, tmp_path: Path) -> None:
    attempt = practised(terminal.data)
    file = tmp_path / "for the coach.vtattempt"
    assert terminal.run("export", attempt.id, file).status == 0
    again = terminal.run("export", attempt.id, file)
    assert again.status == 2
    assert "--force" in again.err
    assert terminal.run("export", attempt.id, file, "--force").status == 0
    there = ["--data-dir", tmp_path / "coach"]
    assert terminal.run("import", file, *there).status == 0
    assert attempt.id in terminal.run("attempts", "list", "--all", *there).out
    with SqlAttemptStore(tmp_path / "coach" / "attempts.sqlite3") as store:
        assert store.get(attempt.id).takes == attempt.takes
        assert store.consent("ann") is not None
    twice = terminal.run("import", file, *there)
    assert twice.status == 2
    assert "attempt_exists" in twice.err


def test_a_file_that_is_no_attempt_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing of ours")
    ran = terminal.run("import", tmp_path / "x")
    assert ran.status == 2
    assert "What to do:" in ran.err


def test_a_place_that_cannot_be_written_is_a_storage_fault(terminal: Terminal, tmp_path: Path) -> None:
    attempt = practised(terminal.data)
    assert terminal.run("export", attempt.id, tmp_path / "no folder" / "x").status == 6


def test_an_unknown_take_is_told_with_those_there_are(terminal: Terminal) -> None:
    attempt = practised(terminal.data)
    ran = terminal.run("attempts", "rescore", attempt.id, "--take", "nonsense", "--transcript", "hi")
    assert ran.status == 2
    assert "opening-1" in ran.err


def test_a_database_of_a_newer_version_is_a_storage_fault(terminal: Terminal) -> None:
    import sqlite3

    practised(terminal.data)
    with sqlite3.connect(terminal.data / "attempts.sqlite3") as database:
        database.execute("update alembic_version set version_num = 'from-the-future'")
    database.close()
    ran = terminal.run("attempts", "list")
    assert ran.status == 6
    assert "newer" in ran.err
