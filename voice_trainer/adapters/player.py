"""Plays a waveform to its last sample, and knows when that sample was heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from voice_trainer.adapters import portaudio
from voice_trainer.adapters.portaudio import AudioDevice, Direction
from voice_trainer.adapters.resampling import resample
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import AudioDeviceError

# PortAudio's own "high" is 35 ms behind PulseAudio: a busy machine breaks the voice up.
_BUFFER_S = 0.5
_STALL_S = 2.0
_POLL_S = 0.02
# PortAudio ends a stream without playing out the sound server's buffer (0.15 s were cut): feed silence.
_TAIL_S = 0.1


class _Playback:
    """The callback's side: hands out samples, then silence until the last one has been heard."""

    def __init__(self, samples: FloatArray, rate_hz: int, finish: type[Exception]) -> None:
        self.latency_s = 0.0
        self.last_call_s = time.monotonic()
        self.heard_until_s: float | None = None
        self.complete = False
        self._samples = samples
        self._rate_hz = rate_hz
        self._position = 0
        self._finish = finish

    def fill(self, out: FloatArray, frames: int, times: Any, _status: object) -> None:
        """Called by PortAudio for the next `frames`; `out` has shape (frames, channels)."""
        now_s = time.monotonic()
        self.last_call_s = now_s
        part = self._samples[self._position : self._position + frames]
        out[: len(part)] = part[:, None]
        out[len(part) :] = 0.0
        self._position += len(part)
        ahead_s = times.outputBufferDacTime - times.currentTime
        # Some drivers leave the times at zero.
        self.latency_s = ahead_s if 0.0 < ahead_s < 5.0 else self.latency_s
        if self._position < len(self._samples):
            return
        if self.heard_until_s is None:
            self.heard_until_s = now_s + self.latency_s + len(part) / self._rate_hz
        if now_s > self.heard_until_s + _TAIL_S:
            self.complete = True
            raise self._finish


class SoundDevicePlayer:
    """Port `Player`. `device` is a name, part of a name, an index, or None for the system's default."""

    def __init__(self, device: str | int | None = None) -> None:
        self._wanted = device
        self._chosen: AudioDevice | None = None
        self._latency_s: float | None = None
        self._heard_until_s: float | None = None

    @property
    def device(self) -> str:
        """The name of the output; raises `AudioDeviceError` where there is none."""
        return self._device().name

    @property
    def latency_s(self) -> float:
        """Seconds from handing a sample over to hearing it: of the last play, else as the device claims."""
        return self._device().latency_s if self._latency_s is None else self._latency_s

    @property
    def heard_until_s(self) -> float | None:
        """`time.monotonic()` at which the last sample of the last play was heard; None if it was stopped."""
        return self._heard_until_s

    def play(self, waveform: Waveform, *, stop: Callable[[], bool] | None = None) -> None:
        """Play to the end (returns once the last sample was heard) or until `stop()` is true."""
        self._heard_until_s = None
        device = self._device()
        sd = portaudio.load()
        rate_hz, channels = _settings(sd, device, waveform.rate_hz)
        sound = resample(waveform, rate_hz)
        playback = _Playback(np.clip(sound.samples, -1.0, 1.0), rate_hz, sd.CallbackStop)
        finished = threading.Event()
        with portaudio.stream_open():
            try:
                stream = sd.OutputStream(
                    device=device.index,
                    samplerate=rate_hz,
                    channels=channels,
                    dtype="float32",
                    latency=max(_BUFFER_S, device.latency_s),
                    callback=playback.fill,
                    finished_callback=finished.set,
                )
                playback.latency_s = float(stream.latency)
                stream.start()
            except sd.PortAudioError as error:
                raise _failed(device.name, error) from error
            try:
                heard = self._wait(playback, finished, stop)
            finally:
                stream.close(ignore_errors=True)
        self._latency_s = playback.latency_s
        self._heard_until_s = playback.heard_until_s if heard else None

    def _wait(self, playback: _Playback, finished: threading.Event, stop: Callable[[], bool] | None) -> bool:
        """Until the end was heard (True) or `stop()` said so (False)."""
        while not finished.wait(_POLL_S):
            if stop is not None and stop():
                return False
            silent_s = time.monotonic() - playback.last_call_s
            if silent_s > _STALL_S:
                raise AudioDeviceError(
                    "device_stalled",
                    f"The output {self.device} has taken no sound for {silent_s:.1f} s.",
                    remedy="Plug it in again or choose another output.",
                )
        if not playback.complete:
            raise AudioDeviceError(
                "device_vanished",
                f"The output {self.device} went away while the customer was speaking.",
                remedy="Plug it in again or choose another output.",
            )
        return True

    def _device(self) -> AudioDevice:
        if self._chosen is None:
            self._chosen = portaudio.choose(self._wanted, Direction.OUTPUT)
        return self._chosen


def _settings(sd: Any, device: AudioDevice, rate_hz: int) -> tuple[int, int]:
    """The first rate and channel count that the output accepts, the waveform's own rate preferred."""
    error: Exception | None = None
    for rate, channels in (
        (rate_hz, 1), (rate_hz, 2), (device.default_rate_hz, 1), (device.default_rate_hz, 2)
    ):  # fmt: skip
        try:
            sd.check_output_settings(device=device.index, channels=channels, dtype="float32", samplerate=rate)
        except sd.PortAudioError as refused:
            error = refused
        else:
            return rate, channels
    raise _failed(device.name, error)


def _failed(name: str, error: Exception | None) -> AudioDeviceError:
    return AudioDeviceError(
        "device_failed",
        f"The output {name} cannot be opened: {error}.",
        remedy="Close other programs that use it, or choose another output.",
    )
