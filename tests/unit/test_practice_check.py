"""The word on the microphone."""

from __future__ import annotations

import numpy as np
import pytest

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError
from voice_trainer.practice.check import MicrophoneCheck, MicrophoneState, check_microphone
from voice_trainer.practice.events import Event, Level
from voice_trainer.testing.audio import EnergyDetector, FakeRecorder, joined, silence, stalled, tone


def room(duration_s: float, dbfs: float = -65.0) -> Waveform:
    noise = np.random.default_rng(1).normal(0, 10 ** (dbfs / 20), round(duration_s * 16000))
    return Waveform(noise.astype(np.float32), 16000)


def mixed(sound: Waveform, noise: Waveform) -> Waveform:
    return Waveform(sound.samples + noise.samples[: len(sound.samples)], sound.rate_hz)


def check(sound: Waveform, **different: object) -> tuple[MicrophoneCheck, list[Event]]:
    events: list[Event] = []
    result = check_microphone(
        FakeRecorder(sound),
        detector=EnergyDetector(threshold_dbfs=different.pop("threshold_dbfs", -45.0)),  # type: ignore[arg-type]
        emit=events.append,
        stop_requested=different.pop("stop", lambda: False),  # type: ignore[arg-type]
    )
    return result, events


SENTENCE = joined(silence(1.0), tone(2.5), silence(3.0))


def test_a_sentence_well_heard_is_good_and_ends_the_check() -> None:
    result, events = check(mixed(SENTENCE, room(10)))
    assert result.state is MicrophoneState.GOOD
    assert result.speech_dbfs == pytest.approx(-20, abs=1)
    assert result.noise_dbfs == pytest.approx(-65, abs=1)
    assert result.remedy == ""
    last = events[-1]
    assert isinstance(last, Level)
    assert last.elapsed_s < 4.5


@pytest.mark.parametrize(
    ("sound", "threshold_dbfs", "state"),
    [
        (silence(10), -45.0, "silent"),
        (room(10, -85), -45.0, "silent"),
        (room(10, -60), -45.0, "not_heard"),
        (mixed(joined(silence(1), tone(2.5, level_dbfs=-50), silence(9)), room(13, -75)), -55.0, "quiet"),
        (mixed(joined(silence(1), tone(3.0, level_dbfs=2.0), silence(9)), room(13)), -45.0, "clipped"),
        (mixed(joined(silence(1), tone(2.5, level_dbfs=-30), silence(9)), room(13, -40)), -35.0, "noisy"),
    ],
)
def test_each_fault_has_its_word_and_what_to_do(sound: Waveform, threshold_dbfs: float, state: str) -> None:
    if state == "clipped":
        sound = Waveform(np.clip(sound.samples, -1, 1), sound.rate_hz)
    result, _ = check(sound, threshold_dbfs=threshold_dbfs)
    assert result.state == state
    assert result.message.endswith(".")
    assert result.remedy.endswith(".")


def test_it_ends_without_speech_too() -> None:
    _, events = check(room(60))
    last = events[-1]
    assert isinstance(last, Level)
    assert last.elapsed_s == pytest.approx(6.0, abs=0.1)


def test_a_key_ends_it_at_once() -> None:
    _, events = check(room(60), stop=lambda: True)
    assert len(events) == 1


def test_a_device_that_stalls_is_a_fault() -> None:
    recorder = FakeRecorder(room(5), fault=stalled(), fault_at_s=1.0)
    with pytest.raises(AudioDeviceError):
        check_microphone(
            recorder, detector=EnergyDetector(), emit=lambda _: None, stop_requested=lambda: False
        )
    assert recorder.closed == 1
