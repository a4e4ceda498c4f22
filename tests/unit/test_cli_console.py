"""The terminal: plain where it must be, never failing, never by colour alone."""

from __future__ import annotations

import io
import sys

import click
import pytest
from rich.console import Console

from tests.findings import CALL, TURN
from tests.terminal import Terminal
from voice_trainer.cli import console as module
from voice_trainer.cli.console import agree, ask, clock, console, is_live
from voice_trainer.cli.keys import watching
from voice_trainer.cli.live import Drawing, meter
from voice_trainer.practice.events import (
    CustomerSpeaking,
    Level,
    ListeningNow,
    Notice,
    SpeechEnded,
    StopReason,
    Transcribing,
)


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.usefixtures("terminal")
class TestQuestions:
    def test_enter_takes_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typing(monkeypatch, "\n")
        assert ask("Which?", default="a") == "a"

    def test_the_end_of_input_leaves_the_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typing(monkeypatch, "")
        with pytest.raises(click.Abort):
            ask("Which?")

    @pytest.mark.parametrize(("typed", "answer"), [("y\n", True), ("NO\n", False), ("x\n\nyes\n", False)])
    def test_yes_or_no(self, monkeypatch: pytest.MonkeyPatch, typed: str, answer: bool) -> None:
        typing(monkeypatch, typed)
        assert agree("Sure?", default=False) is answer

    def test_without_a_terminal_there_are_no_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        typing(monkeypatch, " \n")
        with watching() as keys:
            assert not keys.stop_requested()

    def test_a_question_may_hold_brackets(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        typing(monkeypatch, "\n")
        ask("Take “[/x] me”?")
        assert "“[/x] me”" in capsys.readouterr().out


def as_terminal(monkeypatch: pytest.MonkeyPatch, **environ: str) -> Console:
    """Our console on something that says it is a terminal."""
    for name in ("NO_COLOR", "TERM", "FORCE_COLOR", "VOICE_TRAINER_PLAIN", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", **environ}.items():
        monkeypatch.setenv(name, value)
    output = io.StringIO()
    output.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdout", output)
    module.console.cache_clear()
    return console()


@pytest.fixture(autouse=True)
def _fresh_consoles() -> None:
    module.console.cache_clear()
    module.errors.cache_clear()


def test_colour_is_used_on_a_terminal_and_not_with_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        shown = as_terminal(monkeypatch, **environ)
        shown.print("[bad]word[/bad]")
        text = shown.file.getvalue()  # type: ignore[attr-defined]
        assert ("\x1b[31m" in text) is coloured
        assert "word" in text


@pytest.mark.parametrize(
    ("environ", "live"),
    [({}, True), ({"TERM": "dumb"}, False), ({"VOICE_TRAINER_PLAIN": "1"}, False), ({"NO_COLOR": "1"}, True)],
)
def test_lines_move_only_where_they_can(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], live: bool
) -> None:
    as_terminal(monkeypatch, **environ)
    assert is_live() is live


def test_lines_do_not_move_in_a_pipe(terminal: Terminal) -> None:
    assert not is_live()


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (Level(3.0, -20.0, False, True), "speaking"),
        (Level(3.0, -70.0, False, False), "silence"),
        (Level(3.0, -1.0, True, True), "too loud"),
        (Level(3.0, -120.0, False, False), "silence"),
    ],
)
def test_the_meter_says_its_meaning_in_words_and_fits_80_columns(level: Level, word: str) -> None:
    text = meter(level).plain
    assert word in text
    assert "0:03" in text
    assert len(text) < 80


def test_plain_output_tells_each_step_in_its_own_line(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    drawing = Drawing(CALL)
    for event in (
        CustomerSpeaking(TURN, audible=False),
        ListeningNow("headset"),
        *(Level(elapsed_s / 10, -20.0, False, True) for elapsed_s in range(250)),
        SpeechEnded(25.0, StopReason.SILENCE),
        Transcribing("pocketsphinx", 25.0),
        Notice("x", "The headset [/usb] went away.", "Plug it in."),
    ):
        drawing(event)
    out = capsys.readouterr().out
    assert "Dana Whitfield would say (no sound)" in out
    assert TURN.says in " ".join(out.split())
    assert "Speak now" in out
    assert out.count(" dB") == 2  # every ten seconds, not every block
    assert "Recorded 25.0 s (you fell silent)." in out
    assert "The headset [/usb] went away. Plug it in." in out
    assert "\x1b" not in out
    assert "\r" not in out


def test_why_a_recording_ended_is_always_said() -> None:
    from voice_trainer.cli.live import _WHY

    assert set(_WHY) == set(StopReason)


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (4.9, "0:04"), (90, "1:30"), (601, "10:01")])
def test_the_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_the_call_clock_runs_while_somebody_talks_and_tells_what_is_over(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    time_s = 0.0
    drawing = Drawing(CALL, clock_s=30.0, now_s=lambda: time_s)
    drawing(CustomerSpeaking(TURN, audible=True))
    time_s = 20.0
    drawing(SpeechEnded(12.0, StopReason.SILENCE))
    time_s = 500.0  # the agent reads the feedback
    drawing(CustomerSpeaking(TURN, audible=True))
    time_s = 515.0
    drawing(SpeechEnded(10.0, StopReason.SILENCE))
    out = capsys.readouterr().out
    assert "Call clock 0:20 of 0:30\n" in out
    assert "Call clock 0:35 of 0:30, 0:05 over" in out
