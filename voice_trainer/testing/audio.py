"""Devices and engines that need no hardware, for tests and for authors of plug-ins.

They keep the ports' promises and take no time: a `FakeRecorder` hands out its blocks as fast as they are
asked for. What happens to a real device can be told to happen: a stall, a pulled plug, lost frames.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from voice_trainer.domain.transcript import Transcript, Word
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform
from voice_trainer.errors import AudioDeviceError, VoiceTrainerError
from voice_trainer.ports import AudioBlock, VoiceSettings

RATE_HZ = 16000
SPEECH_DBFS = -45.0


def stalled() -> AudioDeviceError:
    """What a recorder raises when a device sends nothing any more."""
    return AudioDeviceError(
        "device_stalled", "The fake microphone has sent nothing for 0.5 s.", remedy="Plug it in again."
    )


def vanished() -> AudioDeviceError:
    """What a recorder raises when a device was pulled out."""
    return AudioDeviceError("device_vanished", "The fake microphone went away.", remedy="Plug it in again.")


def tone(
    duration_s: float, *, level_dbfs: float = -20.0, hz: float = 220.0, rate_hz: int = RATE_HZ
) -> Waveform:
    """A sine of that RMS level, which `EnergyDetector` takes for speech.

    It glides about `hz` as a voice does, +-2.5 semitones: one that held its pitch would be music.
    """
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    amplitude = math.sqrt(2) * 10 ** (level_dbfs / 20)
    glide_hz = hz * 2 ** (2.5 / 12 * np.sin(2 * np.pi * 1.3 * t))
    phase = 2 * np.pi * np.cumsum(glide_hz) / rate_hz
    return Waveform((amplitude * np.sin(phase)).astype(np.float32), rate_hz)


def silence(duration_s: float, *, rate_hz: int = RATE_HZ) -> Waveform:
    """Digital silence."""
    return Waveform(np.zeros(round(duration_s * rate_hz), np.float32), rate_hz)


def joined(*parts: Waveform) -> Waveform:
    """One after the other; all at one rate."""
    rates = {part.rate_hz for part in parts}
    if len(rates) != 1:
        raise ValueError(f"one rate is needed, got {sorted(rates)}")
    return Waveform(np.concatenate([part.samples for part in parts]), rates.pop())


@dataclass(eq=False)
class FakeRecorder:
    """The port `Recorder`: hears `sound`, then silence, for `longest_s` at most.

    Attributes
    ----------
    fault, fault_at_s
        `fault` is raised in the place of the block that would begin at `fault_at_s`.
    lost_frames
        Frames lost before a block, by the block's number (0, 1, ...).
    on_block
        Called with the seconds delivered so far before each block: the place to press keys or raise.
    began_s
        When the first sample sounded, on the clock of `FakePlayer.heard_until_s`; None as for a driver
        that does not say.
    opened, closed
        How often the device was opened and closed.
    """

    sound: Waveform = field(default_factory=lambda: silence(0))
    device: str = "fake microphone"
    block_s: float = 0.05
    latency_s: float = 0.02
    longest_s: float = 600.0
    fault: VoiceTrainerError | None = None
    fault_at_s: float = 0.0
    lost_frames: Mapping[int, int] = field(default_factory=dict)
    on_block: Callable[[float], None] = lambda _elapsed_s: None
    began_s: float | None = None
    opened: int = 0
    closed: int = 0

    @contextmanager
    def open(self) -> Iterator[FakeMicrophone]:
        """Start listening, from the beginning of `sound` each time."""
        self.opened += 1
        try:
            yield FakeMicrophone(self)
        finally:
            self.closed += 1


class FakeMicrophone:
    """The port `Microphone`, as `FakeRecorder` opens it."""

    def __init__(self, recorder: FakeRecorder) -> None:
        self._recorder = recorder
        self._position = 0
        self._number = 0

    @property
    def rate_hz(self) -> int:
        """The rate of the sound."""
        return self._recorder.sound.rate_hz

    @property
    def latency_s(self) -> float:
        """As the recorder was told."""
        return self._recorder.latency_s

    @property
    def began_s(self) -> float | None:
        """As the recorder was told."""
        return self._recorder.began_s

    def __iter__(self) -> Iterator[AudioBlock]:
        recorder, samples = self._recorder, self._recorder.sound.samples
        frames = max(1, round(recorder.block_s * self.rate_hz))
        while (elapsed_s := self._position / self.rate_hz) < recorder.longest_s:
            recorder.on_block(elapsed_s)
            if recorder.fault is not None and elapsed_s >= recorder.fault_at_s:
                raise recorder.fault
            part = samples[self._position : self._position + frames]
            block = np.concatenate([part, np.zeros(frames - len(part), np.float32)])
            lost = recorder.lost_frames.get(self._number, 0)
            self._position += frames
            self._number += 1
            yield AudioBlock(block, lost)


@dataclass(eq=False)
class FakePlayer:
    """The port `Player`: remembers what was played.

    `during` is called with `stop` while the sound "plays": it may wait for something, or raise.
    `heard_until_s` is what a device with a clock would say; None as for one that does not.
    """

    device: str = "fake headset"
    played: list[Waveform] = field(default_factory=list)
    during: Callable[[Callable[[], bool]], None] = lambda _stop: None
    heard_until_s: float | None = None

    def play(self, waveform: Waveform, *, stop: Callable[[], bool] | None = None) -> None:
        """Over at once, but for `during`."""
        self.played.append(waveform)
        self.during(stop or (lambda: False))


@dataclass(eq=False)
class FakeSynthesizer:
    """The port `Synthesizer`: a tone as long as the text takes to say; `fault` instead, if there is one."""

    fault: VoiceTrainerError | None = None
    spoken: list[tuple[str, VoiceSettings]] = field(default_factory=list)

    def synthesize(self, text: str, *, voice: VoiceSettings) -> Waveform:
        """0.3 s a word."""
        if self.fault is not None:
            raise self.fault
        self.spoken.append((text, voice))
        return tone(0.3 * len(text.split()))


class EnergyStream:
    """The port `SpeechStream`: frames louder than a level are speech."""

    def __init__(self, frame: int, threshold_dbfs: float, *, hop_s: float) -> None:
        self._frame = frame
        self._least = 10 ** (threshold_dbfs / 10)
        self._rest: FloatArray = np.zeros(0, np.float32)
        self._found: list[float] = []
        self._hop_s = hop_s

    def feed(self, samples: FloatArray) -> list[float]:
        """1.0 or 0.0 for each frame completed by `samples`."""
        pending = np.concatenate([self._rest, samples])
        whole = len(pending) // self._frame * self._frame
        self._rest = pending[whole:].copy()
        power = np.mean(np.square(pending[:whole].reshape(-1, self._frame), dtype=np.float64), axis=1)
        found = [float(p >= self._least) for p in power]
        self._found.extend(found)
        return found

    def finish(self) -> SpeechFrames:
        """A last part frame is judged with silence after it."""
        if len(self._rest):
            self.feed(np.zeros(self._frame - len(self._rest), np.float32))
        return SpeechFrames(np.asarray(self._found, np.float32), self._hop_s)


@dataclass(frozen=True)
class EnergyDetector:
    """The port `SpeechDetector` by level alone: exact where a test makes its own sound."""

    hop_s: float = 0.032
    threshold_dbfs: float = SPEECH_DBFS

    def detect(self, waveform: Waveform) -> SpeechFrames:
        """A last part frame is judged with silence after it."""
        stream = self.stream(waveform.rate_hz)
        stream.feed(waveform.samples)
        return stream.finish()

    def stream(self, rate_hz: int) -> EnergyStream:
        """A detector for live blocks at `rate_hz`."""
        return EnergyStream(self._frame(rate_hz), self.threshold_dbfs, hop_s=self.hop_s)

    def _frame(self, rate_hz: int) -> int:
        return max(1, round(self.hop_s * rate_hz))


@dataclass(eq=False)
class ScriptedTranscriber:
    """The port `Transcriber`: hears the texts of `script` one after the other, the last one for ever.

    Words are spread evenly over the time from the first speech to the last.
    """

    script: Sequence[str]
    reliability: float | None = 0.95
    engine: str = "scripted"
    model: str = "1"
    fault: VoiceTrainerError | None = None
    heard: list[Waveform] = field(default_factory=list)

    def transcribe(self, waveform: Waveform, *, speech: SpeechFrames, language: str) -> Transcript:
        """The next text of the script; raises `fault` where there is one."""
        del language
        if self.fault is not None:
            raise self.fault
        text = self.script[min(len(self.heard), len(self.script) - 1)]
        self.heard.append(waveform)
        tokens = text.split()
        frames = np.flatnonzero(speech.probabilities >= 0.5)
        start_s, end_s = (
            (float(frames[0] * speech.hop_s), float((frames[-1] + 1) * speech.hop_s))
            if len(frames)
            else (0.0, 0.0)
        )
        step_s = (end_s - start_s) / max(1, len(tokens))
        words = tuple(
            Word(token, start_s + number * step_s, start_s + (number + 1) * step_s, 0.95)
            for number, token in enumerate(tokens)
        )
        return Transcript(text, words, self.engine, self.model, self.reliability)


@dataclass(eq=False)
class FixedClock:
    """The port `Clock`: stands still until `advance`."""

    time: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    elapsed_s: float = 0.0

    def now(self) -> datetime:
        """The time it was set to."""
        return self.time

    def monotonic_s(self) -> float:
        """Seconds advanced so far."""
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)
        self.elapsed_s += seconds
