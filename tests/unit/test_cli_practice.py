"""`practice` from the first question to the end of the call, with devices that are not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.desk import GOOD, POOR, FakeDesk
from tests.findings import TURN
from tests.terminal import Ran, Terminal
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Consent
from voice_trainer.domain.call import ASKING_AGAIN
from voice_trainer.errors import AudioDeviceError
from voice_trainer.practice.consent import CONSENT_VERSION
from voice_trainer.wiring import House

_FACTS = "[" + ", ".join(f"{{id: {fact.id}, text: '{fact.text}'}}" for fact in TURN.facts) + "]"
_CALL = """
id: late-parcel
version: 1
title: The late parcel
industry: retail
language: en-GB
kind: complaint
difficulty: 2
persona: {{name: Dana Whitfield, voice: female}}
turns:
  - id: opening
    says: {says}
    emotion: angry
    facts: {facts}
    then: {{calmer: more, same: more, angrier: more}}
  - id: more
    says: Truly. {says}
    emotion: frustrated
    facts: {facts}
    then: {{calmer: thanks, same: thanks, angrier: thanks}}
  - id: thanks
    says: All right. Thank you.
    emotion: relieved
"""


class Floor:
    """A terminal at a desk of fakes."""

    def __init__(self, terminal: Terminal, patch: pytest.MonkeyPatch) -> None:
        self.terminal = terminal
        self.desk = FakeDesk()
        for name, part in {
            "recorder": lambda _: self.desk.recorder,
            "player": lambda _: self.desk.player,
            "synthesizer": lambda _: self.desk.synthesizer,
            "detector": lambda _: self.desk.engines.detector,
            "recogniser": lambda _: (self.desk.transcriber, "Recogniser: a script."),
            "embedder": lambda _: None,
            "aligner": lambda _: None,
        }.items():
            patch.setattr(House, name, property(part))
        terminal.data.mkdir()
        (terminal.data / "asked-for-whisper").touch()
        with self.store() as store:
            store.save_consent(Consent("ann", CONSENT_VERSION, datetime.now(UTC)))

    def store(self) -> SqlAttemptStore:
        return SqlAttemptStore(self.terminal.data / "attempts.sqlite3")

    def hears(self, *words: str) -> None:
        """What the agent says from now on."""
        self.desk.transcriber.script = list(words)
        self.desk.transcriber.heard.clear()

    def practises(self, *arguments: str | Path, typed: str) -> Ran:
        """Without the microphone check and with no baseline."""
        return self.terminal.run("practice", *arguments, "--no-check", typed=f"n\n{typed}")

    def attempts(self) -> list[Attempt]:
        with self.store() as store:
            return [store.get(line.id) for line in store.summaries()]


@pytest.fixture
def floor(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Floor:
    return Floor(terminal, monkeypatch)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """A call of three turns, as a file."""
    path = tmp_path / "late-parcel.yaml"
    path.write_text(_CALL.format(says=TURN.says, facts=_FACTS), encoding="utf-8")
    return path


def test_a_call_to_its_end_is_explained_and_closed(floor: Floor, call: Path) -> None:
    ran = floor.practises(call, typed="\nn\nn\nn\nn\n")
    assert ran.status == 0, ran.err
    assert "Dana Whitfield  ▇▇▇" in ran.out  # the strip after a reply
    assert "The call is over." in ran.out
    assert "over the call" in ran.out
    assert "so she softened" in ran.out
    [attempt] = floor.attempts()
    assert attempt.closed
    assert [take.turn_id for take in attempt.takes] == ["opening", "more", "thanks"]


def test_a_call_left_in_the_middle_is_told_and_goes_on(floor: Floor, call: Path) -> None:
    left = floor.practises(call, typed="\nn\nq\n")
    assert "practice --resume" in left.out
    [attempt] = floor.attempts()
    assert not attempt.closed
    assert "was broken off" in floor.practises(call, typed="").out
    again = floor.practises("--resume", typed="\nn\nn\nn\n")
    assert "Broken off after 2 turns." in again.out
    [resumed] = floor.attempts()
    assert (resumed.id, resumed.closed) == (attempt.id, True)
    assert [take.turn_id for take in resumed.takes] == ["opening", "more", "thanks"]
    nothing = floor.practises("--resume", typed="")
    assert nothing.status == 2
    assert "nothing_to_resume" in nothing.err


def test_a_call_left_in_the_middle_can_be_closed_for_good(floor: Floor, call: Path) -> None:
    floor.practises(call, typed="\nq\n")
    ran = floor.practises("--resume", "late-parcel", typed="c\nn\n")
    assert "Closed." in ran.out
    [attempt] = floor.attempts()
    assert attempt.closed
    assert len(attempt.takes) == 1
    assert floor.practises("--resume", typed="").status == 2


def test_leaving_before_a_word_leaves_nothing_to_resume(floor: Floor, call: Path) -> None:
    assert floor.practises(call, typed="").status == 130  # at "headset is on"
    assert floor.attempts() == []
    assert floor.practises("--resume", typed="").status == 2


def test_a_customer_who_did_not_understand_says_so_on_the_screen(floor: Floor, call: Path) -> None:
    floor.desk.transcriber.reliability = 0.1
    ran = floor.practises(call, typed="\nn\nq\n")
    assert ASKING_AGAIN in ran.out
    assert ran.out.count(TURN.says.split(".")[0]) == 1


def test_a_voice_that_dies_in_mid_call_leaves_the_words(floor: Floor, call: Path) -> None:
    floor.desk.synthesizer.fault = AudioDeviceError("voice_failed", "The voice is gone.", remedy="Read.")
    ran = floor.practises(call, typed="\nn\nn\nn\nn\n")
    assert ran.status == 0
    assert "would say (no sound)" in ran.out
    assert "Truly." in ran.out
    [attempt] = floor.attempts()
    assert attempt.closed
    assert floor.desk.player is not None
    assert floor.desk.player.played == []


def test_an_old_call_that_had_ended_is_no_call_to_resume(floor: Floor, call: Path) -> None:
    floor.practises(call, typed="\nn\nn\nn\nn\n")
    [attempt] = floor.attempts()
    with floor.store() as store:
        store.save(replace(attempt, closed=False))
    assert floor.practises("--resume", typed="").status == 2
    assert floor.attempts()[0].closed


def test_brushed_off_the_customer_grows_sharper(floor: Floor, call: Path) -> None:
    floor.hears(POOR)
    assert "so she grew sharper" in floor.practises(call, typed="\nn\nn\nn\nn\n").out
    floor.hears(GOOD)
    assert "so she softened" in floor.practises(call, typed="\nn\nn\nn\nn\n").out


def test_music_plays_before_the_customer_and_a_clock_counts_the_talk(floor: Floor, call: Path) -> None:
    ran = floor.practises(call, "--hold-music", "--clock", "60", typed="\nn\nq\n")
    assert "being put through" in ran.out
    assert floor.desk.player is not None
    assert floor.desk.player.played[0].duration_s == pytest.approx(6.0, abs=0.1)
    assert "Call clock 0:0" in ran.out
    assert "of 1:00" in ran.out
    wrong = floor.practises(call, "--clock", "1", typed="")
    assert wrong.status == 2
    assert "clock_s" in wrong.err
