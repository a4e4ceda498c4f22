"""One exchange: the customer speaks, the agent answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError
from voice_trainer.practice.events import Event, ListeningNow, Notice, StopReason
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.turn import PRE_ROLL_S, Exchange, exchange, trailing_silence_s
from voice_trainer.testing.audio import (
    EnergyDetector,
    FakePlayer,
    FakeRecorder,
    joined,
    silence,
    stalled,
    tone,
)
from voice_trainer.testing.stores import MemoryBlobStore

LINE = tone(1.0)


@dataclass
class Talk:
    """An exchange and what came of it."""

    recorder: FakeRecorder
    player: FakePlayer | None = field(default_factory=FakePlayer)
    line: Waveform | None = field(default_factory=lambda: LINE)
    stop: Callable[[], bool] = lambda: False
    blobs: MemoryBlobStore = field(default_factory=MemoryBlobStore)
    events: list[Event] = field(default_factory=list)

    def run(self) -> Exchange:
        with self.recorder.open() as microphone:
            return exchange(
                microphone,
                player=self.player,
                line=self.line,
                open_writer=lambda rate_hz: self.blobs.writer("take", rate_hz=rate_hz),
                detector=EnergyDetector(),
                limits=Limits(2.0, 30.0, 5.0),
                emit=self.events.append,
                stop_requested=self.stop,
                device=self.recorder.device,
            )


def talk_while_playing(playing_s: float, sound: Waveform) -> Talk:
    """The player plays exactly until the microphone delivered `playing_s`."""
    reached, ended = threading.Event(), threading.Event()

    def on_block(elapsed_s: float) -> None:
        if elapsed_s >= playing_s and not reached.is_set():
            reached.set()
            assert ended.wait(5)
            for thread in threading.enumerate():
                if thread.name == "customer-voice":
                    thread.join(5)

    def during(_stop: Callable[[], bool]) -> None:
        assert reached.wait(5)
        ended.set()

    return Talk(FakeRecorder(sound, on_block=on_block), FakePlayer(during=during))


def test_the_line_is_played_and_the_reply_recorded() -> None:
    talk = Talk(FakeRecorder(joined(silence(0.5), tone(2.0))))
    done = talk.run()
    assert talk.player is not None
    assert talk.player.played == [LINE]
    assert done.recording.stop_reason is StopReason.SILENCE
    assert talk.recorder.closed == 1


def test_speak_now_comes_after_the_customers_last_word_and_the_first_block() -> None:
    order: list[str] = []
    recorder = FakeRecorder(tone(1.0), on_block=lambda elapsed_s: order.append(f"block {elapsed_s:.2f}"))
    talk = Talk(recorder, FakePlayer(during=lambda _stop: order.append("played")))
    talk.events = Recorder(order)
    talk.run()
    assert order.index("block 0.00") < order.index("speak now")
    assert order.index("played") < order.index("speak now")


class Recorder(list[Event]):
    """Notes when "speak now" was said."""

    def __init__(self, order: list[str]) -> None:
        super().__init__()
        self._order = order

    def append(self, event: Event) -> None:
        if isinstance(event, ListeningNow):
            self._order.append("speak now")


def test_a_reply_that_begins_before_the_last_word_is_kept() -> None:
    """The agent starts 0.2 s before the customer ends: those 0.2 s are in the take."""
    talk = talk_while_playing(3.0, joined(silence(2.8), tone(2.0)))
    done = talk.run()
    assert done.recording.speech_started_s is not None
    take = talk.blobs.read("take")
    onset_s = float(np.flatnonzero(np.abs(take.samples) > 0.01)[0]) / take.rate_hz
    assert done.customer_end_s is not None
    assert onset_s - (done.customer_end_s + talk.recorder.latency_s) == pytest.approx(-0.2, abs=0.06)


def test_what_was_before_the_pre_roll_is_not_kept() -> None:
    """The customer's own words must not fill the take."""
    talk = talk_while_playing(3.0, joined(tone(2.0), silence(1.5), tone(1.0)))
    done = talk.run()
    assert done.customer_end_s is not None
    assert done.customer_end_s <= PRE_ROLL_S + talk.recorder.block_s
    assert done.recording.speech_started_s == pytest.approx(0.5 + PRE_ROLL_S, abs=0.1)


def test_a_key_skips_the_customer_and_does_not_end_the_reply() -> None:
    asked = {"times": 0}
    stopped = threading.Event()

    def stop() -> bool:
        asked["times"] += 1
        return asked["times"] == 1

    def during(stop_playing: Callable[[], bool]) -> None:
        while not stop_playing():
            threading.Event().wait(0.005)
        stopped.set()

    talk = Talk(FakeRecorder(joined(silence(0.2), tone(2.0))), FakePlayer(during=during), stop=stop)
    done = talk.run()
    assert stopped.is_set()
    assert done.recording.stop_reason is StopReason.SILENCE


def test_without_an_output_the_gap_is_not_measured() -> None:
    talk = Talk(FakeRecorder(tone(1.0)), player=None)
    assert talk.run().customer_end_s is None


def test_without_a_voice_the_reply_is_recorded_all_the_same() -> None:
    done = Talk(FakeRecorder(tone(1.0)), line=None).run()
    assert done.customer_end_s is None
    assert done.recording.stop_reason is StopReason.SILENCE


def test_an_output_that_fails_is_told_and_the_reply_recorded() -> None:
    def fail(_stop: Callable[[], bool]) -> None:
        raise AudioDeviceError("output_vanished", "The headset went away.", remedy="Plug it in.")

    talk = Talk(FakeRecorder(tone(1.0)), FakePlayer(during=fail))
    done = talk.run()
    [notice] = [event for event in talk.events if isinstance(event, Notice)]
    assert notice.code == "output_vanished"
    assert "Read the customer's words" in notice.remedy
    assert done.customer_end_s is None
    assert done.recording.stop_reason is StopReason.SILENCE


def test_an_unforeseen_fault_of_the_output_is_not_swallowed() -> None:
    def fail(_stop: Callable[[], bool]) -> None:
        raise RuntimeError("boom")

    talk = Talk(FakeRecorder(tone(1.0)), FakePlayer(during=fail))
    with pytest.raises(RuntimeError, match="boom"):
        talk.run()


def test_a_microphone_that_delivers_nothing_is_a_fault_before_speak_now() -> None:
    talk = Talk(FakeRecorder(tone(1.0), longest_s=0.0))
    with pytest.raises(AudioDeviceError):
        talk.run()
    assert not talk.events
    assert talk.blobs.keys() == []


def test_a_microphone_that_stalls_while_the_customer_speaks_stops_the_customer() -> None:
    def during(stop: Callable[[], bool]) -> None:
        while not stop():
            threading.Event().wait(0.005)

    talk = Talk(FakeRecorder(tone(1.0), fault=stalled(), fault_at_s=0.5), FakePlayer(during=during))
    with pytest.raises(AudioDeviceError) as caught:
        talk.run()
    assert caught.value.code == "device_stalled"
    assert not any(thread.name == "customer-voice" for thread in threading.enumerate())


def test_a_customer_heard_through_a_loudspeaker_does_not_start_the_reply() -> None:
    """The end of the customer's own voice is in the pre-roll: thinking for 2.5 s is not cut off by it."""
    done = talk_while_playing(3.0, joined(tone(3.0), silence(2.5), tone(1.5))).run()
    assert done.recording.stop_reason is StopReason.SILENCE
    assert done.recording.duration_s > 5.5


@pytest.mark.parametrize("end_s", [2.7, 2.9, 3.0])
def test_the_devices_clocks_place_the_customers_end_on_the_take(end_s: float) -> None:
    """What the player says was heard counts, not when it returned."""
    talk = talk_while_playing(3.0, joined(silence(3.5), tone(1.5)))
    talk.recorder.began_s = 100.0
    assert talk.player is not None
    talk.player.heard_until_s = 100.0 + end_s
    done = talk.run()
    take = talk.blobs.read("take")
    onset_s = float(np.flatnonzero(np.abs(take.samples) > 0.01)[0]) / take.rate_hz
    assert done.customer_end_s is not None
    assert onset_s - done.customer_end_s == pytest.approx(3.5 - end_s, abs=0.001)


def test_silence_at_the_end_of_the_customers_line_is_no_speech() -> None:
    talk = talk_while_playing(3.0, joined(silence(3.5), tone(1.5)))
    talk.line = joined(tone(1.0), silence(0.25))
    talk.recorder.began_s = 100.0
    assert talk.player is not None
    talk.player.heard_until_s = 103.0
    with_silence = talk.run().customer_end_s
    again = talk_while_playing(3.0, joined(silence(3.5), tone(1.5)))
    again.recorder.began_s = 100.0
    assert again.player is not None
    again.player.heard_until_s = 103.0
    without = again.run().customer_end_s
    assert with_silence is not None
    assert without is not None
    assert without - with_silence == pytest.approx(0.25, abs=0.011)
    assert trailing_silence_s(silence(1.0)) == 0.0
    assert trailing_silence_s(Waveform(np.zeros(0, np.float32), 16000)) == 0.0


def test_frames_lost_before_the_reply_do_not_shift_the_gap() -> None:
    talk = talk_while_playing(3.0, joined(silence(3.5), tone(1.5)))
    talk.recorder.lost_frames = {10: 1600}  # 0.1 s that no block holds: the clock ran on
    talk.recorder.began_s = 100.0
    assert talk.player is not None
    talk.player.heard_until_s = 103.0
    done = talk.run()
    take = talk.blobs.read("take")
    onset_s = float(np.flatnonzero(np.abs(take.samples) > 0.01)[0]) / take.rate_hz
    assert done.customer_end_s is not None
    assert onset_s - done.customer_end_s == pytest.approx(0.6, abs=0.001)


def test_a_driver_whose_clock_contradicts_the_order_of_events_is_not_believed() -> None:
    talk = talk_while_playing(3.0, joined(silence(3.5), tone(1.5)))
    talk.recorder.began_s = 0.0
    assert talk.player is not None
    talk.player.heard_until_s = 5000.0
    done = talk.run()
    assert done.customer_end_s == pytest.approx(PRE_ROLL_S - talk.recorder.latency_s, abs=0.06)
