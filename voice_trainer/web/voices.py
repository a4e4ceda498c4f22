"""The customer's lines as sound files for the browser."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np

from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import Synthesizer
from voice_trainer.practice.customer import Line
from voice_trainer.practice.turn import trailing_silence_s

KEPT = 64  # lines of some ten seconds, half a megabyte each


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A WAV file, and where in it the customer's last word ends."""

    wav: bytes
    speech_ends_s: float


class Voices:
    """Speaks lines, one at a time: there is one engine. Lines spoken lately are kept."""

    def __init__(self, synthesizer: Synthesizer) -> None:
        self._synthesizer = synthesizer
        self._lock = Lock()
        self._lately = lru_cache(maxsize=KEPT)(self._speak)
        self._later = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lines-ahead")

    def say(self, line: Line) -> SpokenLine:
        """A line; raises `AudioDeviceError` where no engine can speak."""
        with self._lock:
            return self._lately(line)

    def ahead(self, lines: Iterable[Line]) -> None:
        """Speak these while the agent answers, so that nobody waits for the one that is needed."""
        for line in lines:
            self._later.submit(self.say, line)

    def close(self) -> None:
        """Speak nothing further ahead."""
        self._later.shutdown(wait=False, cancel_futures=True)

    def _speak(self, line: Line) -> SpokenLine:
        spoken = self._synthesizer.synthesize(line.says, voice=line.voice)
        return SpokenLine(wav_file(spoken), spoken.duration_s - trailing_silence_s(spoken))


def wav_file(sound: Waveform) -> bytes:
    """16-bit mono WAV."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate_hz)
        file.writeframes(np.clip(np.rint(sound.samples * 32768.0), -32768, 32767).astype("<i2").tobytes())
    return content.getvalue()
