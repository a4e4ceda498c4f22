"""Lines spoken ahead in a thread of their own."""

from __future__ import annotations

import threading

import pytest

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError
from voice_trainer.practice.lines import LinesAhead
from voice_trainer.testing.audio import tone

BROKEN = AudioDeviceError("voice_failed", "It broke.")


class Engine:
    """Speaks when `go` is set; remembers what was said."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.begun = threading.Event()
        self.said: list[str] = []
        self.threads: set[str] = set()

    def speak(self, line: str) -> Waveform:
        self.begun.set()
        self.go.wait(5)
        self.said.append(line)
        self.threads.add(threading.current_thread().name)
        if line == "broken":
            raise BROKEN
        return tone(0.1 * len(line))


def test_a_line_asked_for_ahead_is_spoken_once_and_elsewhere() -> None:
    engine = Engine()
    lines = LinesAhead(engine.speak)
    lines.ask(["one", "three"])
    assert lines.get("three").duration_s == pytest.approx(0.5)
    assert lines.get("one").duration_s == pytest.approx(0.3)
    assert sorted(engine.said) == ["one", "three"]
    assert engine.threads == {"lines-ahead"}


def test_what_is_wanted_now_goes_first_and_what_is_not_wanted_any_more_is_forgotten() -> None:
    engine = Engine()
    lines = LinesAhead(engine.speak)
    engine.go.clear()
    lines.ask(["under way"])
    assert engine.begun.wait(5)
    lines.ask(["old"])
    lines.ask(["next", "later"])
    threading.Timer(0.1, engine.go.set).start()
    lines.get("now")
    lines.get("later")
    assert engine.said == ["under way", "now", "next", "later"]


def test_a_fault_reaches_who_wanted_the_line_and_is_tried_again() -> None:
    engine = Engine()
    lines = LinesAhead(engine.speak)
    lines.ask(["broken", "fine"])
    assert lines.get("fine")
    for _ in range(2):
        with pytest.raises(AudioDeviceError) as caught:
            lines.get("broken")
        assert caught.value is BROKEN
    assert engine.said.count("broken") == 2


def test_patience_ends_and_the_line_is_made_nevertheless() -> None:
    engine = Engine()
    lines = LinesAhead(engine.speak)
    engine.go.clear()
    with pytest.raises(AudioDeviceError) as caught:
        lines.get("slow", patience_s=0.05)
    assert caught.value.code == "voice_late"
    engine.go.set()
    assert lines.get("slow", patience_s=5)
    assert engine.said == ["slow"]


def test_once_closed_nothing_is_made_ahead() -> None:
    engine = Engine()
    lines = LinesAhead(engine.speak)
    lines.get("one")
    lines.close()
    lines.ask(["two"])
    assert engine.said == ["one"]
    assert lines.get("three")
    assert engine.threads == {"lines-ahead", threading.current_thread().name}
