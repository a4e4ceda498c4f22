"""`voice-trainer bench delivery` on recordings made here, whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.terminal import Terminal
from tests.voices import RATE_HZ, talk
from voice_trainer.delivery.trials import TREATMENTS
from voice_trainer.testing.audio import EnergyDetector, ScriptedTranscriber
from voice_trainer.wiring import House

AUDIO = Path(__file__).parents[2] / "audio_fixtures"


def corpus(folder: Path, *, speakers: int = 2) -> Path:
    """Calm clips at a speaker's own pitch, raised ones higher and sharper, as a corpus of 2 s clips."""
    rows = ["file,speaker,gender,label"]
    for speaker in range(speakers):
        f0_hz, gender = ((110.0, "male"), (200.0, "female"))[speaker % 2]
        for label, count, factor, tilt in (
            ("calm", 5, 1.0, 0.95),
            ("anger", 2, 1.6, 0.7),
            ("sad", 1, 1, 0.95),
        ):
            for number in range(count):
                name = f"s{speaker}-{label}-{number}.flac"
                pitch = f0_hz * factor * (1 + 0.01 * number)
                waveform, _ = talk([("voice", 2.0)], f0_hz=pitch, tilt=tilt)
                soundfile.write(folder / name, waveform.samples, RATE_HZ)
                rows.append(f"{name},s{speaker},{gender},{label}")
    manifest = folder / "tone.csv"
    manifest.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return manifest


def test_raised_voices_are_told_from_steady_ones_in_every_condition(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "detector", EnergyDetector())
    monkeypatch.setattr("voice_trainer.delivery.trials.tone.BOOTSTRAPS", 20)
    assert set(TREATMENTS) == {
        "clean", "gain +12 dB", "gain -12 dB", "telephone", "noise 20 dB", "noise 15 dB", "noise 10 dB",
    }  # fmt: skip
    few = {name: TREATMENTS[name] for name in ("clean", "gain -12 dB")}
    monkeypatch.setattr("voice_trainer.delivery.trials.TREATMENTS", few)
    ran = terminal.run("bench", "delivery", "--tone", corpus(tmp_path), "--raw", "--json")
    assert ran.status == 0, ran.err
    tone = {row["condition"]: row for row in ran.objects if row["what"] == "tone"}
    assert set(tone) == {"clean", "gain -12 dB", "opus", "opus, clean baseline"}
    clean = tone["clean"]
    assert clean["clips"] == 8  # of 16, three baseline clips a speaker and the sad ones are left out
    assert clean["auc_angry"] == clean["auc_women"] == clean["auc_men"] == 1.0
    assert clean["auc_angry_interval"] == [1.0, 1.0]
    assert clean["neutral_called_raised"] == 0.0
    assert clean["angry_called_raised"] == 1.0
    assert "sad" in ran.err
    [cost] = [row for row in ran.objects if row["what"] == "cost"]
    assert cost["delivery_s_per_s"] > 0
    marks = {row["label"]: row for row in ran.objects if row["what"] == "marks"}
    assert set(marks) == {"neutral", "happy", "fearful", "angry"}


def test_with_abstention_only_what_is_scored_counts(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "detector", EnergyDetector())
    monkeypatch.setattr("voice_trainer.delivery.trials.tone.BOOTSTRAPS", 20)
    few = {name: TREATMENTS[name] for name in ("clean", "noise 10 dB")}
    monkeypatch.setattr("voice_trainer.delivery.trials.TREATMENTS", few)
    manifest = corpus(tmp_path)
    careful = terminal.run("bench", "delivery", "--tone", manifest, "--json").objects
    raw = terminal.run("bench", "delivery", "--tone", manifest, "--json", "--raw").objects
    noisy, noisy_raw = (
        next(row for row in rows if row.get("condition") == "noise 10 dB") for rows in (careful, raw)
    )
    assert noisy["scored"] == noisy_raw["scored"] == 0.0
    assert noisy["refused"] == {"noisy": 8}
    assert noisy["clips"] == 0
    assert noisy["auc_angry"] is None
    assert noisy_raw["clips"] == 8
    assert noisy_raw["auc_angry"] is not None


def test_pace_is_held_against_the_aligned_words(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pocketsphinx")
    rows = (AUDIO / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    good = next(row for row in map(json.loads, rows) if row["id"] == "coffee-slow-rms")
    soundfile.write(tmp_path / "slow.flac", *soundfile.read(AUDIO / good["file"]))
    manifest = tmp_path / "speech.jsonl"
    row = {"file": "slow.flac", "transcript": good["text"], "style": "read", "speaker": "rms"}
    manifest.write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    monkeypatch.setattr(House, "recogniser", (ScriptedTranscriber([good["text"]]), "scripted"))
    ran = terminal.run("bench", "delivery", "--speech", manifest, "--json")
    assert ran.status == 0, ran.err
    summary = ran.objects[-1]
    assert summary["what"] == "pace"
    assert summary["clips_scored"] == summary["clips_aligned"] == 1
    assert summary["wpm_error_median"] < 0.1
    assert summary["syllables_s_error_median"] < 0.1
    assert summary["speech_end_error_s_median"] < 0.15
    clip = ran.objects[-2]
    assert clip["true_wpm"] == pytest.approx(good["speech_rate_wpm"], rel=0.1)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("tone.csv", "", "manifest_empty"),
        ("tone.csv", "file,speaker,gender\na.flac,x,F\n", "manifest_line"),
        ("tone.csv", "file,speaker,gender,label\nmissing.flac,x,F,angry\n", "audio_missing"),
        ("speech.jsonl", "\n", "manifest_empty"),
        ("speech.jsonl", "{nonsense\n", "manifest_line"),
        ("speech.jsonl", "[1]\n", "manifest_line"),
        ("speech.jsonl", '{"file": "a.flac"}\n', "manifest_line"),
    ],
)
def test_a_wrong_manifest_is_named(
    terminal: Terminal, tmp_path: Path, name: str, content: str, code: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    option = "--tone" if name.endswith("csv") else "--speech"
    ran = terminal.run("bench", "delivery", option, path)
    assert ran.status == 2
    assert f"[{code}]" in ran.err


def test_a_missing_or_no_manifest_is_a_usage_fault(terminal: Terminal, tmp_path: Path) -> None:
    assert "[usage]" in terminal.run("bench", "delivery").err
    ran = terminal.run("bench", "delivery", "--tone", tmp_path / "none.csv")
    assert ran.status == 2
    assert "[manifest_unreadable]" in ran.err


def test_lines_for_people_hold_the_figures(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "detector", EnergyDetector())
    monkeypatch.setattr("voice_trainer.delivery.trials.tone.BOOTSTRAPS", 20)
    monkeypatch.setattr("voice_trainer.delivery.trials.TREATMENTS", {"clean": TREATMENTS["clean"]})
    out = terminal.run("bench", "delivery", "--tone", corpus(tmp_path), "--raw").out
    assert "condition clean" in out
    assert "auc_angry 1" in out
    assert not np.isnan(float(out.split("delivery_s_per_s ")[1].split()[0]))
