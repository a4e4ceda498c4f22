"""The baseline of a voice, and readings that cannot serve as one."""

from dataclasses import asdict

import numpy as np
import pytest

from tests.voices import RATE_HZ, room, talk
from voice_trainer.delivery import voice_profile
from voice_trainer.domain.transcript import typed
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.errors import UsageError

READING = [("silence", 0.5), ("voice", 5.0), ("silence", 0.4), ("voice", 5.0), ("silence", 0.5)]


def refusal(waveform: Waveform, speech: SpeechFrames) -> UsageError:
    with pytest.raises(UsageError) as caught:
        voice_profile(waveform, speech=speech)
    assert caught.value.code == "baseline_unusable"
    assert caught.value.remedy
    return caught.value


def test_a_reading_gives_pitch_sharpness_and_quality() -> None:
    waveform, speech = talk(READING, f0_hz=200.0)
    profile = voice_profile(waveform, speech=speech, words=typed("coffee " * 20).words)
    assert profile.f0_semitones == pytest.approx(12 * np.log2(200.0), abs=0.2)
    assert profile.voiced_s == pytest.approx(10.0, abs=0.4)
    assert profile.snr_db > 40
    assert profile.bandwidth_hz == 8000.0
    assert profile.articulation_rate_sps == pytest.approx(4.0, rel=0.05)
    assert all(type(value) is float for value in asdict(profile).values())


def test_a_short_reading_is_refused_unless_asked_for() -> None:
    waveform, speech = talk([("silence", 0.5), ("voice", 4.0), ("silence", 0.5)])
    assert "8 s are needed" in refusal(waveform, speech).message
    assert voice_profile(waveform, speech=speech, strict=False).voiced_s > 3


def test_a_noisy_reading_is_refused() -> None:
    waveform, speech = talk(READING)
    noise = room(waveform.duration_s, level=0.03, seed=3)[: len(waveform.samples)]
    assert "above the noise" in refusal(Waveform(waveform.samples + noise, RATE_HZ), speech).message


def test_a_clipped_reading_is_refused() -> None:
    waveform, speech = talk(READING)
    assert "clipped" in refusal(Waveform(np.clip(waveform.samples, -0.08, 0.08), RATE_HZ), speech).message


def test_silence_is_refused_even_when_not_strict() -> None:
    waveform = Waveform(np.zeros(5 * RATE_HZ, dtype=np.float32), RATE_HZ)
    with pytest.raises(UsageError, match="no voice"):
        voice_profile(waveform, speech=SpeechFrames(np.zeros(157, dtype=np.float32), 0.032), strict=False)


def test_a_text_that_does_not_fit_the_time_gives_no_speed() -> None:
    waveform, speech = talk(READING)
    for count in (8, 44):
        profile = voice_profile(waveform, speech=speech, words=typed("coffee " * count).words)
        assert profile.articulation_rate_sps is None
