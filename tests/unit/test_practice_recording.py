"""A take is written as it is spoken and ends when it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import StorageError
from voice_trainer.practice.events import Event, Level, SpeechEnded, SpeechStarted, StopReason
from voice_trainer.practice.recording import (
    SILENCE_DBFS,
    EndOfSpeech,
    Limits,
    Recording,
    TakeRecorder,
    level_dbfs,
)
from voice_trainer.testing.audio import (
    EnergyDetector,
    FakeRecorder,
    joined,
    silence,
    stalled,
    tone,
    vanished,
)
from voice_trainer.testing.stores import MemoryBlobStore

SPEECH = joined(silence(1.0), tone(2.0), silence(1.0), tone(1.0))
LIMITS = Limits(trailing_silence_s=2.0, longest_s=30.0, wait_for_speech_s=5.0)


@dataclass
class Session:
    """One recording and what came of it."""

    recorder: FakeRecorder
    limits: Limits = LIMITS
    stop: Callable[[], bool] = lambda: False
    blobs: MemoryBlobStore = field(default_factory=MemoryBlobStore)
    events: list[Event] = field(default_factory=list)

    def run(self) -> Recording:
        detector = EnergyDetector()
        with self.recorder.open() as microphone:
            taker = TakeRecorder(
                self.blobs.writer("take", rate_hz=microphone.rate_hz),
                rate_hz=microphone.rate_hz,
                speech=detector.stream(microphone.rate_hz),
                hop_s=detector.hop_s,
                limits=self.limits,
                emit=self.events.append,
                stop_requested=self.stop,
            )
            blocks = iter(microphone)
            return taker.run(lambda: next(blocks, None))

    @property
    def written(self) -> Waveform:
        return self.blobs.read("take")


def test_silence_after_speech_ends_the_take_and_a_pause_does_not() -> None:
    session = Session(FakeRecorder(SPEECH))
    recording = session.run()
    assert recording.stop_reason is StopReason.SILENCE
    assert recording.duration_s == pytest.approx(7.0, abs=0.1)
    assert recording.speech_started_s == pytest.approx(1.0, abs=0.05)


def test_all_that_was_heard_is_written_unchanged() -> None:
    session = Session(FakeRecorder(SPEECH))
    session.run()
    assert np.array_equal(session.written.samples[: len(SPEECH.samples)], SPEECH.samples)


def test_thinking_is_not_cut_off() -> None:
    session = Session(FakeRecorder(joined(silence(4.5), tone(1.0))))
    assert session.run().stop_reason is StopReason.SILENCE
    assert session.written.duration_s > 7


def test_nobody_speaking_ends_it_at_last() -> None:
    recording = Session(FakeRecorder(silence(1.0))).run()
    assert recording.stop_reason is StopReason.NOBODY_SPOKE
    assert recording.speech_started_s is None
    assert recording.duration_s == pytest.approx(5.0, abs=0.1)


def test_a_click_is_no_speech() -> None:
    assert Session(FakeRecorder(joined(silence(1), tone(0.05)))).run().stop_reason is StopReason.NOBODY_SPOKE


def test_the_longest_take_is_kept_to() -> None:
    recording = Session(FakeRecorder(tone(60.0)), Limits(2.0, 4.0, 5.0)).run()
    assert recording.stop_reason is StopReason.MAXIMUM
    assert recording.duration_s == pytest.approx(4.0, abs=0.06)


def test_a_key_ends_it() -> None:
    pressed = iter([False] * 9 + [True])
    recording = Session(FakeRecorder(tone(60.0)), stop=lambda: next(pressed)).run()
    assert recording.stop_reason is StopReason.ASKED
    assert recording.duration_s == pytest.approx(0.5)


def test_speech_in_the_first_moment_is_found_at_its_start() -> None:
    assert Session(FakeRecorder(tone(1.0))).run().speech_started_s == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("fault", [stalled(), vanished()])
def test_a_device_that_fails_leaves_what_was_said(fault: Exception) -> None:
    session = Session(FakeRecorder(tone(10.0), fault=fault, fault_at_s=3.0))  # type: ignore[arg-type]
    recording = session.run()
    assert recording.stop_reason is StopReason.FAULT
    assert recording.fault is fault
    assert session.written.duration_s == pytest.approx(3.0)
    assert isinstance(session.events[-1], SpeechEnded)


def test_a_full_disk_leaves_what_was_written() -> None:
    class FullAfter:
        def __init__(self) -> None:
            self.frames = 0
            self.closed = False

        def write(self, samples: FloatArray) -> FloatArray:
            if self.frames >= 16000:
                raise StorageError("disk_full", "The disk is full.", remedy="Make room.")
            self.frames += len(samples)
            return samples

        def close(self) -> None:
            self.closed = True

    writer, detector = FullAfter(), EnergyDetector()
    with FakeRecorder(tone(9.0)).open() as microphone:
        blocks = iter(microphone)
        taker = TakeRecorder(
            writer,
            rate_hz=16000,
            speech=detector.stream(16000),
            hop_s=detector.hop_s,
            limits=LIMITS,
            emit=lambda _: None,
            stop_requested=lambda: False,
        )
        recording = taker.run(lambda: next(blocks, None))
    assert recording.fault is not None
    assert recording.fault.code == "disk_full"
    assert recording.duration_s == pytest.approx(1.0)
    assert writer.closed


def test_ctrl_c_closes_the_file_and_goes_on_up() -> None:
    def interrupt(elapsed_s: float) -> None:
        if elapsed_s >= 1.0:
            raise KeyboardInterrupt

    session = Session(FakeRecorder(tone(9.0), on_block=interrupt))
    with pytest.raises(KeyboardInterrupt):
        session.run()
    assert session.written.duration_s == pytest.approx(1.0)


def test_lost_frames_are_counted() -> None:
    assert Session(FakeRecorder(SPEECH, lost_frames={3: 160, 9: 40})).run().lost_frames == 200


def test_events_tell_the_level_and_the_first_speech_once() -> None:
    session = Session(FakeRecorder(SPEECH))
    session.run()
    levels = [event for event in session.events if isinstance(event, Level)]
    assert levels[0].level_dbfs == SILENCE_DBFS
    assert not levels[0].speaking
    speaking = next(level for level in levels if level.elapsed_s > 1.5)
    assert speaking.level_dbfs == pytest.approx(-20, abs=0.5)
    assert speaking.speaking
    assert [e.at_s for e in session.events if isinstance(e, SpeechStarted)] == [pytest.approx(1.0, abs=0.05)]


def test_samples_at_full_scale_are_told() -> None:
    session = Session(FakeRecorder(tone(3.0, level_dbfs=3.0)))
    session.run()
    assert any(isinstance(event, Level) and event.clipped for event in session.events)


@pytest.mark.parametrize("dbfs", [-60.0, -20.0, -3.0])
def test_the_level_is_rms(dbfs: float) -> None:
    assert level_dbfs(tone(1.0, level_dbfs=dbfs).samples) == pytest.approx(dbfs, abs=0.05)


def test_the_level_of_nothing_is_silence() -> None:
    assert level_dbfs(np.zeros(0, np.float32)) == SILENCE_DBFS
    assert level_dbfs(np.zeros(10, np.float32)) == SILENCE_DBFS


@given(st.lists(st.floats(0, 1), max_size=200), st.integers(1, 50))
def test_the_end_of_speech_does_not_depend_on_the_blocks(probabilities: list[float], size: int) -> None:
    whole, parts = EndOfSpeech(0.032), EndOfSpeech(0.032)
    whole.feed(probabilities)
    for first in range(0, len(probabilities), size):
        parts.feed(probabilities[first : first + size])
    assert whole == parts
    assert 0 <= whole.trailing_silence_s <= whole.time_s
