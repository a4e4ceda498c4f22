"""The agent's relaxed voice: recorded or taken from files, and no sound left without a name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.domain.attempt import Baseline
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, UsageError
from voice_trainer.practice.baseline import (
    READING,
    delete_baseline,
    import_baseline,
    profile_of,
    record_baseline,
)
from voice_trainer.practice.recording import Limits, Recording
from voice_trainer.testing.audio import EnergyDetector, FakeRecorder, FixedClock, silence, tone, vanished
from voice_trainer.testing.stores import MemoryAttemptStore, MemoryBlobStore

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"
DETECTOR = EnergyDetector(threshold_dbfs=-50)


@pytest.fixture(scope="module")
def reading() -> Waveform:
    return load_audio(FIXTURES / "baseline-rms.flac")


class Desk:
    def __init__(self) -> None:
        self.store, self.blobs, self.clock = MemoryAttemptStore(), MemoryBlobStore(), FixedClock()

    def record(self, recorder: FakeRecorder) -> tuple[Baseline, Recording]:
        return record_baseline(
            recorder,
            person="ann",
            detector=DETECTOR,
            blobs=self.blobs,
            store=self.store,
            clock=self.clock,
            limits=Limits(2.0, 40.0, 20.0),
            emit=lambda _: None,
            stop_requested=lambda: False,
        )


def test_a_reading_becomes_the_baseline_of_person_and_microphone(reading: Waveform) -> None:
    desk = Desk()
    baseline, recording = desk.record(FakeRecorder(reading))
    assert desk.store.baseline("ann", "fake microphone") == baseline
    assert baseline.profile.voiced_s > 3
    assert recording.duration_s > reading.duration_s
    assert baseline.audio_key is not None
    assert baseline.audio_key.startswith(f"baselines/{desk.clock.now():%Y%m%d}")
    stored = desk.blobs.read(baseline.audio_key)
    assert np.array_equal(stored.samples[: len(reading.samples)], reading.samples)


@pytest.mark.parametrize("sound", [silence(5), tone(1.0)])
def test_an_unusable_reading_is_refused_and_not_kept(sound: Waveform) -> None:
    desk = Desk()
    with pytest.raises(UsageError) as caught:
        desk.record(FakeRecorder(sound))
    assert caught.value.code == "baseline_unusable"
    assert caught.value.remedy
    assert desk.blobs.keys() == []
    assert desk.store.baselines("ann") == []


def test_a_microphone_that_goes_away_leaves_no_nameless_voice(reading: Waveform) -> None:
    desk = Desk()
    with pytest.raises(AudioDeviceError):
        desk.record(FakeRecorder(reading, fault=vanished(), fault_at_s=10.0))
    assert desk.blobs.keys() == []


def test_ctrl_c_leaves_no_nameless_voice(reading: Waveform) -> None:
    def interrupt(elapsed_s: float) -> None:
        if elapsed_s > 5:
            raise KeyboardInterrupt

    desk = Desk()
    with pytest.raises(KeyboardInterrupt):
        desk.record(FakeRecorder(reading, on_block=interrupt))
    assert desk.blobs.keys() == []


def test_one_baseline_is_deleted_with_its_sound_and_the_one_before_counts_again(reading: Waveform) -> None:
    desk = Desk()
    first, _ = desk.record(FakeRecorder(reading))
    desk.clock.advance(60)
    second, _ = desk.record(FakeRecorder(reading))
    assert desk.store.baseline("ann") == second
    with pytest.raises(UsageError) as caught:
        delete_baseline(second.id, person="bob", store=desk.store, blobs=desk.blobs)
    assert caught.value.code == "baseline_unknown"
    delete_baseline(second.id, person="ann", store=desk.store, blobs=desk.blobs)
    assert desk.store.baselines("ann") == [first]
    assert desk.blobs.keys() == [first.audio_key]


def test_files_become_a_baseline_and_stay_where_they_are(reading: Waveform) -> None:
    desk = Desk()
    baseline = import_baseline(
        [reading], person="ann", device="headset", detector=DETECTOR, store=desk.store, clock=desk.clock
    )
    assert baseline.audio_key is None
    assert desk.store.baseline("ann", "headset") == baseline


def test_several_recordings_make_one_profile(reading: Waveform) -> None:
    middle_s = reading.duration_s / 2
    halves = [reading.between(0, middle_s), reading.between(middle_s, reading.duration_s)]
    whole, joined = profile_of([reading], detector=DETECTOR), profile_of(halves, detector=DETECTOR)
    assert joined.f0_semitones == pytest.approx(whole.f0_semitones, abs=0.1)


def test_recordings_of_different_rates_are_a_clear_fault(reading: Waveform) -> None:
    other = Waveform(reading.samples, 8000)
    with pytest.raises(UsageError, match="8000, 16000 Hz") as caught:
        profile_of([reading, other], detector=DETECTOR)
    assert caught.value.code == "baseline_rates_differ"


def test_the_reading_is_long_enough_to_speak_for_ten_seconds() -> None:
    assert len(READING.split()) / 150 * 60 > 20
