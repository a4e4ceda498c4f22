"""Voices that another package brings by an entry point."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import Terminal
from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer
from voice_trainer.adapters.synthesizers import choose_synthesizer, plugged_in
from voice_trainer.errors import AudioDeviceError, UsageError
from voice_trainer.ports import VoiceSettings

MODULE = """
from voice_trainer.testing.audio import FakeSynthesizer

def bells(*, cache_dir):
    bells.cache_dir = cache_dir
    return FakeSynthesizer()

def broken(*, cache_dir):
    raise OSError("no such device")

def mute(*, cache_dir):
    return object()
"""
POINTS = """
[voice_trainer.synthesizers]
bells = voices_of_others:bells
broken = voices_of_others:broken
mute = voices_of_others:mute
absent = no_such_module:voice
pyttsx3 = voices_of_others:bells
"""


@pytest.fixture(autouse=True)
def another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package, as pip would leave it."""
    site = tmp_path / "site"
    info = site / "voices_of_others-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "voices_of_others.py").write_text(MODULE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: voices-of-others\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(site))


def test_a_voice_by_plugin_is_found_and_speaks(tmp_path: Path) -> None:
    assert {"bells", "broken", "mute", "absent"} <= set(plugged_in())
    voice = choose_synthesizer("bells", cache_dir=tmp_path / "cache")
    assert voice.synthesize("Hello there.", voice=VoiceSettings()).duration_s > 0.5


def test_ours_cannot_be_replaced_in_silence(tmp_path: Path) -> None:
    assert isinstance(choose_synthesizer("pyttsx3", cache_dir=tmp_path), Pyttsx3Synthesizer)


@pytest.mark.parametrize("name", ["broken", "mute", "absent"])
def test_a_plugin_that_fails_is_an_audio_fault_that_names_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(AudioDeviceError) as caught:
        choose_synthesizer(name, cache_dir=tmp_path)
    assert caught.value.code == "voice_failed"
    assert name in caught.value.message
    assert "pyttsx3" in caught.value.remedy


def test_an_unknown_engine_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        choose_synthesizer("violin", cache_dir=tmp_path)
    assert "bells" in caught.value.remedy


def test_the_commands_name_what_is_installed(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pyttsx3 (in use), absent, bells" in terminal.run("models", "list").out
    monkeypatch.setenv("VOICE_TRAINER_VOICE_ENGINE", "bells")
    lines = terminal.run("doctor", "--json").objects
    told = [line["detail"] for line in lines if line["what"] == "voice"]
    assert any("bells speaks" in line for line in told)
    assert any("bells, by plug-in (voices_of_others:bells): in use" in line for line in told)
