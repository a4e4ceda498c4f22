"""Choosing devices, and what player and recorder do when a device misbehaves; no sound needed."""

from __future__ import annotations

import builtins
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

from tests.unit.fake_portaudio import FakePortAudio, FakeStream, entry
from voice_trainer.adapters import player, portaudio, recorder
from voice_trainer.adapters.portaudio import Direction, is_hands_free
from voice_trainer.adapters.sounddevice import SoundDevicePlayer, SoundDeviceRecorder, list_devices
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, ExitStatus

DEVICES = [
    entry("Built-in Microphone", inputs=2),
    entry("Speakers", outputs=2),
    entry("Jabra Evolve 65", inputs=1, outputs=2),
    entry("Headset (Jabra Hands-Free AG Audio)", inputs=1, outputs=1, rate_hz=16000.0),
]


@pytest.fixture
def sd(monkeypatch: pytest.MonkeyPatch) -> FakePortAudio:
    fake = FakePortAudio(list(DEVICES), default_input=0, default_output=1)
    monkeypatch.setattr(portaudio, "load", lambda: fake)
    monkeypatch.setattr(portaudio, "_behind_sound_server", lambda _direction: "")
    return fake


def fault(action: Any) -> AudioDeviceError:
    with pytest.raises(AudioDeviceError) as caught:
        action()
    assert caught.value.remedy
    return caught.value


def test_importing_needs_no_portaudio() -> None:
    code = "import sys, voice_trainer.adapters.sounddevice; sys.exit('sounddevice' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_portaudio_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *args)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(sys, "platform", "linux")
    error = fault(list_devices)
    assert error.code == "portaudio_missing"
    assert "libportaudio2" in error.remedy
    assert error.exit_status is ExitStatus.AUDIO_DEVICE


def test_listing(sd: FakePortAudio) -> None:
    inputs, outputs = list_devices()
    assert [(d.index, d.is_default) for d in inputs] == [(0, True), (2, False), (3, False)]
    assert [(d.index, d.is_default) for d in outputs] == [(1, True), (2, False), (3, False)]
    assert inputs[0].rates_hz == portaudio.PROBED_RATES_HZ
    assert [d.bluetooth_hands_free for d in inputs] == [False, False, True]


def test_the_device_behind_the_sound_server_is_named(
    sd: FakePortAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    sd.devices = [entry("default", inputs=32, outputs=32)]
    monkeypatch.setattr(portaudio, "_behind_sound_server", lambda _direction: "bluez_input.00_11")
    inputs, _ = list_devices()
    assert inputs[0].name == "default (bluez_input.00_11)"
    assert inputs[0].bluetooth_hands_free


@pytest.mark.parametrize(
    ("name", "rate_hz", "direction", "expected"),
    [
        ("Headset (WH-1000XM4 Hands-Free AG Audio)", 48000, Direction.INPUT, True),
        ("Headset (WH-1000XM4 Stereo)", 48000, Direction.OUTPUT, False),
        ("AirPods", 16000, Direction.INPUT, True),
        ("AirPods", 8000, Direction.INPUT, True),
        ("AirPods", 44100, Direction.OUTPUT, False),
        ("default (bluez_sink.00.a2dp_sink)", 44100, Direction.OUTPUT, False),
        ("default (bluez_sink.00.handsfree_head_unit)", 44100, Direction.OUTPUT, True),
        ("Plantronics Blackwire USB Headset", 48000, Direction.INPUT, False),
    ],
)
def test_hands_free(name: str, rate_hz: int, direction: Direction, expected: bool) -> None:
    assert is_hands_free(name, rate_hz, (), direction) is expected


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(None, 0), ("", 0), (2, 2), ("2", 2), ("jabra evolve", 2), ("hands-free", 3), ("JABRA", 2)],
)
def test_choosing_a_microphone(sd: FakePortAudio, wanted: str | int | None, index: int) -> None:
    assert portaudio.choose(wanted, Direction.INPUT).index == index


@pytest.mark.parametrize("wanted", ["Sennheiser", 1, "17"])
def test_an_unknown_microphone_names_those_there_are(sd: FakePortAudio, wanted: str | int) -> None:
    error = fault(lambda: SoundDeviceRecorder(wanted).device)
    assert error.code == "unknown_device"
    assert str(wanted) in error.message
    assert "Built-in Microphone" in error.remedy
    assert "Speakers" not in error.remedy


def test_no_devices(sd: FakePortAudio) -> None:
    sd.devices = []
    assert fault(lambda: SoundDeviceRecorder().device).code == "no_microphone"
    assert fault(lambda: SoundDevicePlayer().device).code == "no_output"
    assert list_devices() == ((), ())


def test_without_a_default_the_first_is_taken(sd: FakePortAudio) -> None:
    sd.default_input = -1
    assert SoundDeviceRecorder().device == "Built-in Microphone"


def test_a_device_that_cannot_be_opened(sd: FakePortAudio) -> None:
    sd.open_error = "Device unavailable"
    assert fault(lambda: SoundDeviceRecorder().open().__enter__()).code == "device_failed"
    error = fault(lambda: SoundDevicePlayer().play(Waveform(np.ones(10, np.float32), 16000)))
    assert error.code == "device_failed"
    assert "Device unavailable" in error.message


def test_portaudio_is_not_restarted_under_an_open_stream(sd: FakePortAudio) -> None:
    with SoundDeviceRecorder().open():
        before = sd.restarts
        list_devices()
        assert sd.restarts == before
    list_devices()
    assert sd.restarts == before + 1


@pytest.mark.parametrize(
    ("accepted", "rate_hz", "channels"),
    [((), 16000, 1), (((48000, 1),), 48000, 1), (((48000, 2),), 48000, 2)],
)
def test_the_rate_that_the_microphone_takes(
    sd: FakePortAudio, accepted: tuple[tuple[int, int], ...], rate_hz: int, channels: int
) -> None:
    sd.accepted = accepted
    sd.drive = lambda stream: stream.deliver(np.full(64, 0.5, np.float32))
    with SoundDeviceRecorder().open() as microphone:
        block = next(iter(microphone))
    assert microphone.rate_hz == rate_hz
    assert sd.streams[0].options["channels"] == channels
    assert block.samples.shape == (64,)
    assert np.all(block.samples == np.float32(0.5))
    assert sd.streams[0].closed


def test_what_came_before_the_end_is_handed_out(sd: FakePortAudio) -> None:
    def drive(stream: FakeStream) -> None:
        stream.deliver(np.ones(64, np.float32))
        stream.deliver(np.ones(64, np.float32))
        stream.end()

    sd.drive = drive
    got = 0
    with SoundDeviceRecorder().open() as microphone:  # noqa: SIM117
        with pytest.raises(AudioDeviceError) as caught:  # noqa: PT012
            for block in microphone:
                got += len(block.samples)
    assert (got, caught.value.code) == (128, "device_vanished")


def test_a_stalled_microphone_is_noticed_in_half_a_second(sd: FakePortAudio) -> None:
    sd.drive = lambda stream: stream.deliver(np.ones(64, np.float32))
    began_s = time.monotonic()
    with SoundDeviceRecorder().open() as microphone:
        error = fault(lambda: list(microphone))
    assert error.code == "device_stalled"
    assert 0.5 <= time.monotonic() - began_s < 2.0


def test_a_microphone_that_never_sends(sd: FakePortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_FIRST_BLOCK_S", 0.1)
    with SoundDeviceRecorder().open() as microphone:
        assert fault(lambda: list(microphone)).code == "device_stalled"


def test_iteration_ends_when_the_microphone_is_closed(sd: FakePortAudio) -> None:
    with SoundDeviceRecorder().open() as microphone:
        pass
    assert list(microphone) == []


def test_a_reader_too_slow_is_told_what_it_missed(sd: FakePortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_QUEUE_BLOCKS", 2)
    with SoundDeviceRecorder().open() as microphone:
        for _ in range(5):
            sd.streams[0].deliver(np.ones(64, np.float32))
        blocks = iter(microphone)
        assert [next(blocks).lost_frames, next(blocks).lost_frames] == [0, 0]
        sd.streams[0].deliver(np.ones(64, np.float32))
        assert next(blocks).lost_frames == 3 * 64


def test_exact_silence_is_measured(sd: FakePortAudio) -> None:
    with SoundDeviceRecorder().open() as microphone:
        sd.streams[0].deliver(np.zeros(8000, np.float32))
        assert microphone.zero_s == 0.5
        sd.streams[0].deliver(np.full(8, 0.001, np.float32))
        assert microphone.zero_s == 0.0


def drain(got: list[np.ndarray]) -> Any:
    """A sound card that takes 100 frames at a time until the player has done."""

    def drive(stream: FakeStream) -> None:
        def run() -> None:
            while not stream.closed:
                try:
                    got.append(stream.fetch(100))
                except stream.owner.CallbackStop:
                    stream.end()
                    return
                time.sleep(0.002)

        threading.Thread(target=run, daemon=True).start()

    return drive


@pytest.mark.parametrize("channels", [1, 2])
def test_every_sample_is_played_and_then_silence(sd: FakePortAudio, channels: int) -> None:
    sd.accepted = ((16000, channels),)
    got: list[np.ndarray] = []
    sd.drive = drain(got)
    source = np.linspace(-0.9, 0.9, 1234, dtype=np.float32)
    output = SoundDevicePlayer()
    output.play(Waveform(source, 16000))
    played = np.concatenate(got)
    assert played.shape[1] == channels
    assert np.array_equal(played[:1234, channels - 1], source)
    assert not played[1234:].any()
    assert output.latency_s == pytest.approx(0.07)
    assert output.heard_until_s is not None
    assert output.heard_until_s < time.monotonic()


def test_the_output_s_own_rate_is_used_where_it_must(sd: FakePortAudio) -> None:
    sd.accepted = ((48000, 2),)
    got: list[np.ndarray] = []
    sd.drive = drain(got)
    SoundDevicePlayer().play(Waveform(np.full(1600, 0.5, np.float32), 16000))
    assert sd.streams[0].options["samplerate"] == 48000
    assert np.concatenate(got)[1000:3800].mean() == pytest.approx(0.5, abs=0.01)


def test_an_output_that_takes_nothing(sd: FakePortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_STALL_S", 0.1)
    error = fault(lambda: SoundDevicePlayer().play(Waveform(np.ones(16000, np.float32), 16000)))
    assert error.code == "device_stalled"
    assert sd.streams[0].closed


def test_an_output_that_ends_too_early(sd: FakePortAudio) -> None:
    sd.drive = FakeStream.end
    error = fault(lambda: SoundDevicePlayer().play(Waveform(np.ones(16000, np.float32), 16000)))
    assert error.code == "device_vanished"
