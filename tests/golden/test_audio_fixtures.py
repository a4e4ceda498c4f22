"""The recordings of audio_fixtures/ are what their manifest says."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile as sf
import yaml

FOLDER = Path(__file__).parents[2] / "audio_fixtures"
ROWS = [json.loads(line) for line in (FOLDER / "manifest.jsonl").read_text("utf-8").splitlines()]
BY_ID = {row["id"]: row for row in ROWS}


def sound(name: str) -> np.ndarray:
    samples, _ = sf.read(FOLDER / BY_ID[name]["file"])
    return samples


def rms_dbfs(samples: np.ndarray) -> float:
    return float(10 * np.log10((samples**2).mean()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_file_matches_its_line(row: dict) -> None:
    path = FOLDER / row["file"]
    info = sf.info(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    assert (info.format, info.subtype) == ("FLAC", "PCM_16")
    assert (info.samplerate, info.channels) == (row["rate_hz"], row["channels"])
    assert info.duration == pytest.approx(row["duration_s"], abs=0.001)
    assert row["purpose"]
    assert row["expected"]


def test_every_file_has_a_line_and_all_are_small() -> None:
    files = sorted(FOLDER.glob("*.flac"))
    assert [f.name for f in files] == sorted(row["file"] for row in ROWS)
    assert sum(f.stat().st_size for f in files) < 6.5e6


@pytest.mark.parametrize("row", [r for r in ROWS if "scenario" in r], ids=lambda row: row["id"])
def test_scenario_turn_and_baseline_exist(row: dict) -> None:
    (scenario,) = (FOLDER.parent / "prompts").glob(f"*/{row['scenario']}.yaml")
    turns = [turn["id"] for turn in yaml.safe_load(scenario.read_text("utf-8"))["turns"]]
    assert row["turn"] in turns
    for name in row.get("baseline", []):
        assert BY_ID[name.removesuffix(".flac")]["voice"] in row["voice"]


def test_timing_is_as_named() -> None:
    rate_wpm = {name: row["speech_rate_wpm"] for name, row in BY_ID.items() if "speech_rate_wpm" in row}
    assert all(125 <= rate_wpm[f"coffee-good-{voice}"] <= 155 for voice in ("slt", "rms", "awb"))
    assert rate_wpm["coffee-fast-rms"] > 200
    assert rate_wpm["coffee-poor-rms"] > 200
    assert rate_wpm["coffee-slow-rms"] < 105
    assert BY_ID["coffee-pauses-rms"]["longest_pause_s"] == pytest.approx(4.0, abs=0.1)
    assert all(12 <= BY_ID[f"baseline-{voice}"]["duration_s"] <= 15 for voice in ("slt", "rms", "awb"))


def test_signals_are_as_named() -> None:
    assert not sound("silent").any()
    assert (np.abs(sound("coffee-clipped-rms")) > 0.999).mean() > 0.01
    assert np.abs(sound("coffee-louder-only-rms")).max() < 0.99
    assert rms_dbfs(sound("quiet-room")) == pytest.approx(-60, abs=1)
    noise_dbfs = [rms_dbfs(sound(f"coffee-noisy-{snr}db-rms")[:3200]) for snr in (5, 10)]
    assert noise_dbfs[0] - noise_dbfs[1] == pytest.approx(5, abs=1)


def test_stereo_call_keeps_the_sides_apart() -> None:
    customer, agent = sound("coffee-call-stereo").T
    first, last = slice(0, 16_000 * 4), slice(-16_000 * 4, None)
    assert rms_dbfs(customer[first]) > rms_dbfs(agent[first]) + 30
    assert rms_dbfs(agent[last]) > rms_dbfs(customer[last]) + 30


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec = importlib.util.spec_from_file_location("fixtures_make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_make_says_when_flite_is_missing(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert make.main([]) == 2
    assert "flite is not installed" in capsys.readouterr().err


def recipe(name: str) -> dict:
    recipes = yaml.safe_load((FOLDER / "recipes.yaml").read_text("utf-8"))["recordings"]
    return next(r for r in recipes if r["id"] == name)


@pytest.mark.parametrize("name", ["hum", "quiet-room"])
def test_a_generated_sound_is_made_the_same_again(make: ModuleType, tmp_path: Path, name: str) -> None:
    make.make(recipe(name), tmp_path)
    again, _ = sf.read(tmp_path / f"{name}.flac")
    assert np.abs(again - sound(name)).max() <= 8 / 32768


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite, which speaks them, is not installed")
def test_speech_is_made_the_same_again(make: ModuleType, tmp_path: Path) -> None:
    name = "coffee-late-start-rms"
    row = make.make(recipe(name), tmp_path)
    assert row["duration_s"] == pytest.approx(BY_ID[name]["duration_s"], abs=0.05)
    first = (tmp_path / f"{name}.flac").read_bytes()
    make.make(recipe(name), tmp_path)
    assert (tmp_path / f"{name}.flac").read_bytes() == first
