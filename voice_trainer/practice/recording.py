"""Listens to an open microphone until the reply is over, writing every block to disk as it arrives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from voice_trainer.domain.waveform import FloatArray, SpeechFrames
from voice_trainer.errors import AudioDeviceError, StorageError, VoiceTrainerError
from voice_trainer.ports import AudioBlock, BlobWriter, SpeechStream
from voice_trainer.practice.events import Emit, Level, SpeechEnded, SpeechStarted, StopReason

SILENCE_DBFS = -120.0
SPEECH_PROBABILITY = 0.5
SPEECH_ONSET_S = 0.15  # a cough or a click is shorter


@dataclass(frozen=True, slots=True)
class Limits:
    """When a recording stops by itself."""

    trailing_silence_s: float = 2.0
    longest_s: float = 180.0
    wait_for_speech_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Recording:
    """How a recording went; the sound itself is where the writer put it."""

    duration_s: float
    stop_reason: StopReason
    speech_started_s: float | None
    lost_frames: int
    fault: VoiceTrainerError | None = None
    speech: SpeechFrames | None = None  # found while it was recorded, where that is exact


def level_dbfs(samples: FloatArray) -> float:
    """RMS level; `SILENCE_DBFS` for digital silence or no samples."""
    if len(samples) == 0:
        return SILENCE_DBFS
    mean_square = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(SILENCE_DBFS, 10 * math.log10(mean_square)) if mean_square > 0 else SILENCE_DBFS


@dataclass(slots=True)
class EndOfSpeech:
    """Follows speech probabilities frame by frame; bounded memory however long it runs."""

    hop_s: float
    time_s: float = 0.0
    started_s: float | None = None
    last_speech_s: float | None = None
    _run_s: float = field(default=0.0, repr=False)

    def feed(self, probabilities: list[float]) -> None:
        """Take in the next frames."""
        for probability in probabilities:
            self.time_s += self.hop_s
            self._run_s = self._run_s + self.hop_s if probability >= SPEECH_PROBABILITY else 0.0
            if self._run_s >= SPEECH_ONSET_S and self.started_s is None:
                self.started_s = max(0.0, self.time_s - self._run_s)
            if self._run_s > 0 and self.started_s is not None:
                self.last_speech_s = self.time_s

    @property
    def speaking(self) -> bool:
        """Whether the last frame was speech."""
        return self._run_s > 0

    @property
    def trailing_silence_s(self) -> float:
        """Seconds since the last speech; 0 before speech began: thinking is never cut off."""
        return 0.0 if self.last_speech_s is None else self.time_s - self.last_speech_s


class TakeRecorder:
    """Takes block after block until the reply is over."""

    def __init__(
        self,
        writer: BlobWriter,
        *,
        rate_hz: int,
        speech: SpeechStream,
        hop_s: float,
        limits: Limits,
        emit: Emit,
        stop_requested: Callable[[], bool],
        lead_in_s: float = 0.0,
    ) -> None:
        self._writer = writer
        self._lead_in_s = lead_in_s  # sound from before the customer's last word
        self._rate_hz = rate_hz
        self._speech = speech
        self._end = EndOfSpeech(hop_s)
        self._limits = limits
        self._emit = emit
        self._stop_requested = stop_requested
        self._frames = 0
        self._lost = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds recorded so far."""
        return self._frames / self._rate_hz

    def run(self, blocks: Callable[[], AudioBlock | None]) -> Recording:
        """Record until silence, a key, the maximum or a fault; `blocks` returns None at the end."""
        fault: VoiceTrainerError | None = None
        try:
            reason = self._run(blocks)
        except (AudioDeviceError, StorageError) as error:
            reason, fault = StopReason.FAULT, error
        except BaseException:  # Ctrl-C too
            self._close()
            raise
        return self.finish(reason, fault)

    def finish(self, reason: StopReason, fault: VoiceTrainerError | None = None) -> Recording:
        """Close the file and tell how the recording went."""
        unfinished = self._close()
        if fault is None and unfinished is not None:
            reason, fault = StopReason.FAULT, unfinished
        self._emit(SpeechEnded(self.elapsed_s, reason))
        return Recording(
            self.elapsed_s, reason, self._end.started_s, self._lost, fault, self._speech.finish()
        )

    def _run(self, blocks: Callable[[], AudioBlock | None]) -> StopReason:
        while (block := blocks()) is not None:
            self.take(block)
            if (reason := self.reason_to_stop()) is not None:
                return reason
        return StopReason.ASKED

    def _close(self) -> StorageError | None:
        """A file that cannot be finished is still there: the session goes on with what was written."""
        try:
            self._writer.close()
        except StorageError as error:
            return error
        return None

    def take(self, block: AudioBlock) -> None:
        """Write one block and follow the speech in it."""
        kept = self._writer.write(block.samples)
        self._frames += len(block.samples)
        self._lost += block.lost_frames
        began_before = self._end.started_s is not None
        self._end.feed(self._speech.feed(kept))
        if self._end.started_s is not None and not began_before:
            self._emit(SpeechStarted(self._end.started_s))
        clipped = bool(len(block.samples)) and float(np.max(np.abs(block.samples))) >= 0.999
        self._emit(Level(self.elapsed_s, level_dbfs(block.samples), clipped, self._end.speaking))

    def reason_to_stop(self) -> StopReason | None:
        """Why the recording is over; None while it goes on."""
        if self._stop_requested():
            return StopReason.ASKED
        if self._replied and self._end.trailing_silence_s >= self._limits.trailing_silence_s:
            return StopReason.SILENCE
        if self.elapsed_s >= self._limits.longest_s:
            return StopReason.MAXIMUM
        if not self._replied and self.elapsed_s >= self._limits.wait_for_speech_s:
            return StopReason.NOBODY_SPOKE
        return None

    @property
    def _replied(self) -> bool:
        """Whether somebody spoke after the lead-in: there a loudspeaker may still ring with the customer."""
        last_s = self._end.last_speech_s
        return last_s is not None and (self._lead_in_s == 0 or last_s >= self._lead_in_s + SPEECH_ONSET_S)
