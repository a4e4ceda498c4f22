"""The guided reading at the command line: guided, checked, redone, kept as history, offered at first."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal import Terminal
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.cli.ready import offer_baseline
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError
from voice_trainer.practice.baseline import READING
from voice_trainer.settings import load_settings
from voice_trainer.testing.audio import EnergyDetector, FakeMicrophone, FakeRecorder, silence
from voice_trainer.wiring import House

FIXTURE = Path(__file__).parents[2] / "audio_fixtures" / "baseline-rms.flac"
GOOD = load_audio(FIXTURE)
SHORT = GOOD.between(0.0, 3.0)


class Readings(FakeRecorder):
    """Hears one reading after the other, each from when the microphone is opened."""

    def __init__(self, *sounds: Waveform, device: str = "fake microphone") -> None:
        super().__init__(sounds[0], device=device)
        self.left = list(sounds)

    @contextmanager
    def open(self) -> Iterator[FakeMicrophone]:
        self.sound = self.left.pop(0)
        with super().open() as microphone:
            yield microphone


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    monkeypatch.setattr(House, "detector", EnergyDetector(threshold_dbfs=-50))
    return Terminal(capsys, monkeypatch, tmp_path)


def hears(monkeypatch: pytest.MonkeyPatch, *sounds: Waveform, device: str = "fake microphone") -> None:
    monkeypatch.setattr(House, "recorder", Readings(*sounds, device=device))


def test_the_reading_is_guided(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, GOOD)
    ran = terminal.run("baseline", "--record", typed="\n")
    assert ran.status == 0, ran.err
    shown = " ".join(ran.out.split())
    assert READING in shown
    assert shown.index("relaxed") < shown.index(READING) < shown.index("Press Enter")
    assert "s of voice" in ran.out


class NoMicrophone(FakeRecorder):
    """A recorder where nothing is plugged in."""

    def __init__(self) -> None:
        super().__init__(silence(1))

    @property
    def device(self) -> str:
        """Raises, as the real one does."""
        raise AudioDeviceError("no_microphone", "No microphone was found.", remedy="Plug one in.")

    @device.setter
    def device(self, name: str) -> None:
        pass


def test_without_a_microphone_a_file_asks_for_its_name(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "recorder", NoMicrophone())
    refused = terminal.run("baseline", str(FIXTURE))
    assert refused.status == 3
    assert "--device NAME" in " ".join(refused.err.split())
    assert terminal.run("baseline", str(FIXTURE), "--device", "Jabra").status == 0


def test_without_a_microphone_nobody_reads_in_vain(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "recorder", NoMicrophone())
    ran = terminal.run("baseline", "--record", typed="\n")
    assert ran.status == 3
    assert READING not in " ".join(ran.out.split())


def test_a_poor_reading_is_told_why_and_read_again(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears(monkeypatch, silence(5), SHORT, GOOD)
    ran = terminal.run("baseline", "--record", typed="\ny\n\ny\n\n")
    assert ran.status == 0, ran.err
    assert ran.out.count("Read it again?") == 2
    assert "8 s are needed" in " ".join(ran.out.split())
    assert len(terminal.run("baseline", "--json").objects) == 1


def test_who_does_not_read_again_has_no_baseline(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    hears(monkeypatch, SHORT)
    ran = terminal.run("baseline", "--record", typed="\nn\n")
    assert ran.status == 2
    assert "[baseline_unusable]" in ran.err
    assert terminal.run("baseline", "--json").objects == []


def test_older_readings_are_history_per_microphone(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for device in ("headset", "headset", "laptop"):
        hears(monkeypatch, GOOD, device=device)
        assert terminal.run("baseline", "--record", typed="\n").status == 0
    rows = terminal.run("baseline", "--json").objects
    assert [row["device"] for row in rows] == ["laptop", "headset", "headset"]
    shown = " ".join(terminal.run("baseline").out.split())
    assert shown.count("(older, not used)") == 1
    assert shown.index(rows[1]["id"]) < shown.index("(older, not used)")


def test_practice_offers_a_reading_once_for_each_microphone(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offered(typed: str) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        capsys.readouterr()
        offer_baseline(House(load_settings()))
        return " ".join(capsys.readouterr().out.split())

    hears(monkeypatch, GOOD)
    assert "Record it now" in offered("n\n")
    assert terminal.run("baseline", "--json").objects == []
    assert "Your baseline is set" in offered("y\n\n")
    assert offered("") == ""
    hears(monkeypatch, SHORT, device="another")
    assert "tone will not be scored" in offered("y\n\nn\n")
