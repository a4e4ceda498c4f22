"""Listens to the microphone: blocks as they come, what was lost said, a dead device noticed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from voice_trainer.adapters import portaudio
from voice_trainer.adapters.lost_frames import LostFrames
from voice_trainer.adapters.portaudio import AudioDevice, Direction
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import AudioDeviceError
from voice_trainer.ports import AudioBlock

RATE_HZ = 16000
STALL_S = 0.5
# Opening a Bluetooth microphone or a loaded sound server takes its time before the first block.
_FIRST_BLOCK_S = 3.0
# A driver's buffer: long enough to sit out a busy machine, short enough for a lively level meter.
_BUFFER_S = 0.2
_POLL_S = 0.05
_QUEUE_BLOCKS = 1000  # blocks are 4..70 ms: more than 4 s of a stuck reader, under 3 MB


class OpenMicrophone:
    """Port `Microphone`: filled by PortAudio's thread, emptied by iteration."""

    def __init__(self, device: str, rate_hz: int) -> None:
        self._device = device
        self._rate_hz = rate_hz
        self._blocks: queue.Queue[AudioBlock] = queue.Queue(_QUEUE_BLOCKS)
        self._clock = LostFrames(rate_hz)
        self._unsaid_frames = 0
        self._latency_s = 0.0
        self._last_block_s: float | None = None
        self._first_arrival_s: float | None = None  # had the sound come at once
        self._opened_s = time.monotonic()
        self._zeros = 0
        self.gone = threading.Event()  # PortAudio says that the stream has ended
        self.closing = threading.Event()

    @property
    def rate_hz(self) -> int:
        """Samples per second of every block."""
        return self._rate_hz

    @property
    def latency_s(self) -> float:
        """Seconds from the sound of a block's last sample to the block's arrival, as the driver says."""
        return self._latency_s

    @property
    def began_s(self) -> float | None:
        """`time.monotonic()` at which the first block's first sample sounded; None before it came.

        The driver's word on its delay settles within two seconds: ask when the take is over.
        With `SoundDevicePlayer.heard_until_s` on the same clock it gives the place of the customer's
        last word on the take.
        """
        return None if self._first_arrival_s is None else self._first_arrival_s - self._latency_s

    @property
    def zero_s(self) -> float:
        """Seconds of exact zeros up to now: a muted or unplugged microphone behind a sound server."""
        return self._zeros / self._rate_hz

    def expect_latency(self, latency_s: float) -> None:
        """What the stream claims, until a block tells better."""
        self._latency_s = latency_s

    def receive(self, data: FloatArray, frames: int, times: Any, status: Any) -> None:
        """Called by PortAudio; `data` has shape (frames, channels) and is only lent."""
        now_s = time.monotonic()
        samples = data.mean(axis=1, dtype=np.float32) if data.shape[1] > 1 else data[:, 0].copy()
        age_s = times.currentTime - times.inputBufferAdcTime  # of the first sample; zero with some drivers
        if 0.0 < age_s < 5.0:
            # Behind PulseAudio the age is 0.3 s too high in the first second while arrivals are steady.
            self._latency_s = min(self._latency_s, max(0.0, age_s - frames / self._rate_hz))
        if self._first_arrival_s is None:
            self._first_arrival_s = now_s - frames / self._rate_hz
        overflow = bool(status and status.input_overflow)
        lost = self._unsaid_frames + self._clock.add(frames, now_s, overflow=overflow)
        self._zeros = 0 if samples.any() else self._zeros + frames
        try:
            self._blocks.put_nowait(AudioBlock(samples, lost))
            self._unsaid_frames = 0
        except queue.Full:
            self._unsaid_frames = lost + frames
        self._last_block_s = now_s

    def __iter__(self) -> Iterator[AudioBlock]:
        while not self.closing.is_set():
            try:
                yield self._blocks.get(timeout=_POLL_S)
            except queue.Empty:
                self._check_alive()

    def _check_alive(self) -> None:
        """Raise when no further block will come. Blocks already here are handed out first."""
        if self.closing.is_set():
            return
        if self.gone.is_set():
            raise AudioDeviceError(
                "device_vanished",
                f"The microphone {self._device} went away.",
                remedy="Plug it in again; what was recorded so far is kept.",
            )
        now_s = time.monotonic()
        if self._last_block_s is None:
            waited_s, patience_s = now_s - self._opened_s, _FIRST_BLOCK_S
        else:
            waited_s, patience_s = now_s - self._last_block_s, STALL_S
        if waited_s > patience_s:
            raise AudioDeviceError(
                "device_stalled",
                f"The microphone {self._device} has sent nothing for {waited_s:.1f} s.",
                remedy="Plug it in again or choose another one; what was recorded so far is kept.",
            )


class SoundDeviceRecorder:
    """Port `Recorder`. `device` is a name, part of a name, an index, or None for the system's default."""

    def __init__(self, device: str | int | None = None, *, rate_hz: int = RATE_HZ) -> None:
        self._wanted = device
        self._rate_hz = rate_hz
        self._chosen: AudioDevice | None = None

    @property
    def device(self) -> str:
        """The name of the input; raises `AudioDeviceError` where there is none."""
        return self._device().name

    @contextmanager
    def open(self) -> Iterator[OpenMicrophone]:
        """Start listening; the context's end closes the device."""
        device = self._device()
        sd = portaudio.load()
        rate_hz, channels = _settings(sd, device, self._rate_hz)
        microphone = OpenMicrophone(device.name, rate_hz)
        with portaudio.stream_open():
            try:
                stream = sd.InputStream(
                    device=device.index,
                    samplerate=rate_hz,
                    channels=channels,
                    dtype="float32",
                    latency=max(_BUFFER_S, device.latency_s),
                    callback=microphone.receive,
                    finished_callback=microphone.gone.set,
                )
                microphone.expect_latency(float(stream.latency))
                stream.start()
            except sd.PortAudioError as error:
                raise _failed(device.name, error) from error
            try:
                yield microphone
            finally:
                microphone.closing.set()
                stream.close(ignore_errors=True)

    def _device(self) -> AudioDevice:
        if self._chosen is None:
            self._chosen = portaudio.choose(self._wanted, Direction.INPUT)
        return self._chosen


def _settings(sd: Any, device: AudioDevice, rate_hz: int) -> tuple[int, int]:
    """The first rate and channel count that the microphone accepts."""
    error: Exception | None = None
    for rate, channels in (
        (rate_hz, 1), (device.default_rate_hz, 1), (device.default_rate_hz, 2)
    ):  # fmt: skip
        try:
            sd.check_input_settings(device=device.index, channels=channels, dtype="float32", samplerate=rate)
        except sd.PortAudioError as refused:
            error = refused
        else:
            return rate, channels
    raise _failed(device.name, error)


def _failed(name: str, error: Exception | None) -> AudioDeviceError:
    return AudioDeviceError(
        "device_failed",
        f"The microphone {name} cannot be opened: {error}.",
        remedy="Close other programs that use it, allow its use in the privacy settings, or choose another.",
    )
