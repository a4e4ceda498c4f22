"""PortAudio without sound: devices from a list, streams that the test drives by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np


class PortAudioError(Exception):
    """As sounddevice raises."""


class CallbackStop(Exception):  # noqa: N818
    """As sounddevice's callbacks raise to end a stream."""


def entry(name: str, *, inputs: int = 0, outputs: int = 0, rate_hz: float = 48000.0) -> dict[str, Any]:
    """A line of `query_devices`."""
    latency = {f"default_high_{way}_latency": 0.04 for way in ("input", "output")}
    return {
        "name": name,
        "max_input_channels": inputs,
        "max_output_channels": outputs,
        "default_samplerate": rate_hz,
        **latency,
    }


@dataclass
class FakePortAudio:
    """Stands in for the sounddevice module."""

    devices: list[dict[str, Any]]
    default_input: int = -1
    default_output: int = -1
    accepted: tuple[tuple[int, int], ...] = ()  # (rate, channels); empty: everything
    open_error: str = ""
    drive: Callable[[FakeStream], None] = lambda _stream: None
    restarts: int = 0
    streams: list[FakeStream] = field(default_factory=list)

    PortAudioError = PortAudioError
    CallbackStop = CallbackStop

    @property
    def default(self) -> SimpleNamespace:
        return SimpleNamespace(device=(self.default_input, self.default_output))

    def query_devices(self) -> list[dict[str, Any]]:
        return self.devices

    def check_input_settings(self, *, channels: int, samplerate: int, **_: Any) -> None:
        if self.accepted and (samplerate, channels) not in self.accepted:
            raise PortAudioError("Invalid sample rate")

    check_output_settings = check_input_settings

    def InputStream(self, **options: Any) -> FakeStream:  # noqa: N802
        if self.open_error:
            raise PortAudioError(self.open_error)
        self.streams.append(FakeStream(self, options))
        return self.streams[-1]

    OutputStream = InputStream

    def _terminate(self) -> None:
        self.restarts += 1

    def _initialize(self) -> None:
        pass


@dataclass
class FakeStream:
    """A stream whose callbacks are made when it starts, by the test's `drive`."""

    owner: FakePortAudio
    options: dict[str, Any]
    latency: float = 0.07
    closed: bool = False

    def start(self) -> None:
        self.owner.drive(self)

    def close(self, **_: Any) -> None:
        self.closed = True
        self.options["finished_callback"]()

    def deliver(self, samples: np.ndarray, *, overflow: bool = False) -> None:
        """A block from the microphone, to every channel."""
        data = np.repeat(samples[:, None], self.options["channels"], axis=1)
        times = SimpleNamespace(currentTime=0.0, inputBufferAdcTime=0.0)
        self.options["callback"](data, len(samples), times, SimpleNamespace(input_overflow=overflow))

    def end(self) -> None:
        """PortAudio says that the stream is over."""
        self.options["finished_callback"]()

    def fetch(self, frames: int) -> np.ndarray:
        """What the output is given to play."""
        out = np.full((frames, self.options["channels"]), np.nan, np.float32)
        times = SimpleNamespace(currentTime=0.0, outputBufferDacTime=0.0)
        self.options["callback"](out, frames, times, None)
        return out
