"""The project's own recordings, whose words, speeds, pauses and faults are known from how they were made."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.delivery import measure_delivery, voice_profile
from voice_trainer.delivery.frames import analyse_frames
from voice_trainer.delivery.quality import measure_quality
from voice_trainer.delivery.voice import hear_voice
from voice_trainer.domain.delivery import Delivery, VoiceProfile
from voice_trainer.domain.transcript import typed
from voice_trainer.domain.waveform import Waveform

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"


@cache
def rows() -> dict[str, dict[str, Any]]:
    lines = (FIXTURES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def sound(name: str) -> Waveform:
    samples, rate_hz = soundfile.read(FIXTURES / rows()[name]["file"], dtype="float32")
    return Waveform(np.asarray(samples), rate_hz)


@cache
def baseline(voice: str) -> VoiceProfile:
    waveform = sound(f"baseline-{voice}")
    return voice_profile(waveform, speech=SileroDetector().detect(waveform))


@cache
def delivery(name: str) -> Delivery:
    waveform, row = sound(name), rows()[name]
    voice = row.get("voice")
    return measure_delivery(
        waveform,
        speech=SileroDetector().detect(waveform),
        words=typed(row.get("text") or "").words,
        reliability=1.0,
        baseline=baseline(voice) if voice else None,
    )


def problems(name: str) -> set[str]:
    return {problem.code for problem in delivery(name).signal.problems}


@pytest.mark.parametrize(
    "name", ["coffee-good-slt", "coffee-fast-rms", "coffee-slow-rms", "coffee-pauses-rms", "physio-good-awb"]
)
def test_pace_is_the_one_the_recording_was_made_with(name: str) -> None:
    assert delivery(name).pace.speech_rate_wpm.value == pytest.approx(
        rows()[name]["speech_rate_wpm"], rel=0.03
    )
    assert problems(name) == set()


def test_long_pauses_are_found_and_no_others() -> None:
    assert [round(pause.duration_s, 1) for pause in delivery("coffee-pauses-rms").pace.pauses] == [
        pytest.approx(1.5, abs=0.1),
        pytest.approx(4.0, abs=0.1),
        pytest.approx(2.5, abs=0.1),
    ]
    assert delivery("coffee-slow-rms").pace.pauses == ()


@pytest.mark.parametrize("name", ["coffee-good-slt", "coffee-louder-only-rms", "coffee-fast-rms"])
def test_calm_loud_or_fast_speech_is_steady(name: str) -> None:
    tone = delivery(name).tone
    assert tone.raised.value is not None
    assert tone.raised.value < 0.31  # 80 points
    assert tone.raised_spans == ()


@pytest.mark.parametrize("name", ["coffee-hurried-loud-awb", "coffee-poor-rms"])
def test_a_higher_and_sharper_voice_is_raised_and_marked(name: str) -> None:
    tone = delivery(name).tone
    assert tone.raised.value is not None
    assert tone.raised.value > 0.8  # 60 points
    assert tone.raised_spans


@pytest.mark.parametrize(
    ("name", "problem", "withheld"),
    [
        ("coffee-clipped-rms", "clipped", "clipped"),
        ("coffee-noisy-10db-rms", "noisy", "noisy"),
        ("coffee-telephone-rms", "narrow_band", "other_bandwidth"),
        ("coffee-short-rms", "too_short", "too_short"),
        ("silent", "silent", "silent"),
        ("quiet-room", "no_speech", "no_speech"),
        ("hum", "no_speech", "no_speech"),
        ("music", "no_speech", "no_speech"),
    ],
)
def test_poor_sound_is_named_and_withholds_tone(name: str, problem: str, withheld: str) -> None:
    assert problem in problems(name)
    tone = delivery(name).tone
    assert tone.withheld is not None
    assert tone.withheld.code == withheld
    assert tone.raised.value is None


@pytest.mark.parametrize("name", ["silent", "quiet-room", "hum", "music", "coffee-short-rms"])
def test_where_nobody_speaks_no_pace_is_measured(name: str) -> None:
    pace = delivery(name).pace
    assert pace.withheld is not None
    assert all(measurement.value is None for measurement in pace.measurements())


def test_hum_under_speech_is_noticed() -> None:
    assert "hum" in problems("coffee-hum-rms")


@pytest.mark.parametrize(("name", "snr_db"), [("coffee-noisy-10db-rms", 10.0), ("coffee-noisy-5db-rms", 5.0)])
def test_the_noise_that_was_added_is_measured(name: str, snr_db: float) -> None:
    assert delivery(name).signal.snr_db == pytest.approx(snr_db, abs=2.0)


def whispered(waveform: Waveform) -> Waveform:
    """The same words without a voice: each 30 ms keeps its resonances and level, driven by noise."""
    import librosa
    from scipy.signal import lfilter

    size = round(0.03 * waveform.rate_hz)
    rng, result = np.random.default_rng(0), np.zeros(len(waveform.samples))
    window = np.hanning(size)
    for start in range(0, len(result) - size, size // 2):
        piece = waveform.samples[start : start + size].astype(float)
        if np.std(piece) < 1e-4:
            continue
        filtered = lfilter([1.0], librosa.lpc(piece * window, order=16), rng.standard_normal(size))
        result[start : start + size] += window * filtered * np.std(piece) / np.std(filtered)
    return Waveform(result.astype(np.float32), waveform.rate_hz)


def test_a_whisper_is_never_scored() -> None:
    waveform = whispered(sound("coffee-good-rms"))
    words = typed(rows()["coffee-good-rms"]["text"]).words
    found = SileroDetector().detect(waveform)
    everywhere = replace(found, probabilities=np.ones_like(found.probabilities))
    for speech in (found, everywhere):
        result = measure_delivery(
            waveform, speech=speech, words=words, reliability=1.0, baseline=baseline("rms")
        )
        assert result.signal.blocked is not None
        assert result.signal.blocked.code == "no_speech"
        assert all(m.value is None for m in (*result.pace.measurements(), *result.tone.measurements()))


@pytest.mark.parametrize("name", ["silent", "quiet-room", "hum", "music"])
def test_what_is_no_voice_is_not_scored_whatever_the_detector_says(name: str) -> None:
    waveform = sound(name)
    found = SileroDetector().detect(waveform)
    everywhere = replace(found, probabilities=np.ones_like(found.probabilities))
    result = measure_delivery(
        waveform,
        speech=everywhere,
        words=typed("so your coffee machine did not arrive").words,
        reliability=1.0,
        baseline=baseline("rms"),
    )
    assert result.tone.raised.value is None
    assert all(m.value is None for m in result.pace.measurements())


@pytest.mark.parametrize(("flatter", "slower"), [(0.35, 1.0), (0.5, 1.5), (0.25, 1.5)])
@pytest.mark.parametrize("name", ["baseline-slt", "coffee-good-slt", "coffee-poor-slt", "coffee-slow-rms"])
def test_slow_speech_on_nearly_one_pitch_is_no_music(name: str, flatter: float, slower: float) -> None:
    """The voices whose pitch stays most even of all recordings, made more monotone than a person's."""
    waveform = sound(name)
    voice = hear_voice(analyse_frames(waveform), speech=SileroDetector().detect(waveform))
    at = np.arange(0.0, len(voice.f0_semitones) - 1, 1 / slower)
    slow = np.interp(at, np.arange(len(voice.f0_semitones)), voice.f0_semitones)  # nan stays nan
    middle = np.nanmedian(slow)
    monotone = replace(voice, f0_semitones=middle + flatter * (slow - middle))
    assert measure_quality(waveform, voice=monotone).blocked is None


@pytest.mark.parametrize("name", ["baseline-slt", "coffee-good-rms", "roaming-blame-awb"])
def test_sounds_drawn_out_are_no_music(name: str) -> None:
    """As in a stammer: half a second and more on one sound, until it is a third of the voice."""
    waveform = sound(name)
    voice = hear_voice(analyse_frames(waveform), speech=SileroDetector().detect(waveform))
    rng, f0 = np.random.default_rng(0), voice.f0_semitones
    drawn = {int(i): 75 for i in rng.choice(np.flatnonzero(voice.voiced), int(voice.voiced.sum() / 150))}
    parts = []
    for i, pitch in enumerate(f0):
        wander = np.cumsum(rng.standard_normal(drawn.get(i, 0))) * 0.06
        parts.append(np.concatenate([[pitch], pitch + wander]))
    slow = replace(voice, f0_semitones=np.concatenate(parts))
    assert measure_quality(waveform, voice=slow).blocked is None


def test_first_use_compiles_nothing() -> None:
    """After the warm-up of installation no measurement waits for a compiler."""
    code = """
from numba.core.event import install_recorder
from voice_trainer.delivery import measure_delivery, voice_profile, warm_up
from tests.voices import talk
warm_up()
with install_recorder("numba:compile") as compiled:
    waveform, speech = talk([("silence", 0.5), ("voice", 9.0), ("silence", 0.5)])
    profile = voice_profile(waveform, speech=speech)
    measure_delivery(waveform, speech=speech, baseline=profile)
print(len(compiled.buffer))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=FIXTURES.parent, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "0"
