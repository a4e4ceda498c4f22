"""The wheel holds everything a run needs beside the code."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from voice_trainer.cli.demo import GOOD, POOR

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    command += ["--no-index", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("voice_trainer-*.whl")))


def test_every_file_of_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "voice_trainer"
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert any(name.endswith(".toml") for name in wanted)
    assert "voice_trainer/adapters/sql/migrations/env.py" in wanted
    assert not wanted - set(wheel.namelist())


def test_every_call_is_in_it(wheel: zipfile.ZipFile) -> None:
    calls = {path.relative_to(ROOT).as_posix() for path in (ROOT / "prompts").rglob("*.yaml")}
    assert len(calls) >= 36
    assert not {f"voice_trainer/{name}" for name in calls} - set(wheel.namelist())


def test_the_demo_is_in_it_and_the_other_recordings_are_not(wheel: zipfile.ZipFile) -> None:
    recordings = {Path(name).name for name in wheel.namelist() if "/audio_fixtures/" in name}
    voices = {GOOD.rsplit("-", 1)[-1], POOR.rsplit("-", 1)[-1]}
    wanted = {
        "manifest.jsonl",
        f"{GOOD}.flac",
        f"{POOR}.flac",
        *(f"baseline-{voice}.flac" for voice in voices),
    }
    assert wanted <= recordings
    assert "silent.flac" not in recordings
    assert not [name for name in recordings if name.endswith(".py")]


def test_nothing_else_is_in_it(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"voice_trainer"}


def test_it_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    files = {Path(name).name: name for name in wheel.namelist() if ".dist-info/" in name}
    assert "voice-trainer = voice_trainer.cli.main:run" in wheel.read(files["entry_points.txt"]).decode()
    assert "LICENSE" in files
