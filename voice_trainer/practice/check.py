"""Is the microphone fit to practise with? A few seconds of listening, and a clear word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voice_trainer.domain.waveform import FloatArray
from voice_trainer.ports import Recorder, SpeechDetector, SpeechStream
from voice_trainer.practice.events import Emit, Level
from voice_trainer.practice.recording import SPEECH_PROBABILITY, EndOfSpeech, level_dbfs

SILENT_DBFS = -75.0  # a muted or dead microphone; a quiet room stays above -70
QUIET_SPEECH_DBFS = -45.0
CLIPPED_SHARE_MAX = 0.005
SNR_DB_MIN = 15.0


class MicrophoneState(StrEnum):
    """The verdict of the check."""

    GOOD = "good"
    SILENT = "silent"
    NOT_HEARD = "not_heard"  # sound, yet no speech in it
    QUIET = "quiet"
    CLIPPED = "clipped"
    NOISY = "noisy"


_WORDS = {
    MicrophoneState.GOOD: ("Your microphone is fine.", ""),
    MicrophoneState.SILENT: (
        "Nothing arrives from the microphone.",
        "Unmute it, or choose another with --input (see `voice-trainer doctor`).",
    ),
    MicrophoneState.NOT_HEARD: ("The microphone works; no speech was heard.", "Say a sentence aloud."),
    MicrophoneState.QUIET: ("You are very quiet.", "Move the microphone nearer or raise its input level."),
    MicrophoneState.CLIPPED: (
        "You are too loud: the sound is clipped.",
        "Lower the input level or move the microphone away.",
    ),
    MicrophoneState.NOISY: (
        "There is much noise around you.",
        "Move the microphone nearer to your mouth or find a quieter place.",
    ),
}


@dataclass(frozen=True, slots=True)
class MicrophoneCheck:
    """What was found, in numbers and words."""

    state: MicrophoneState
    speech_dbfs: float | None
    noise_dbfs: float | None
    clipped_share: float

    @property
    def message(self) -> str:
        """One sentence."""
        return _WORDS[self.state][0]

    @property
    def remedy(self) -> str:
        """What to do; empty where nothing is wrong."""
        return _WORDS[self.state][1]


def check_microphone(
    recorder: Recorder,
    *,
    detector: SpeechDetector,
    emit: Emit,
    stop_requested: Callable[[], bool],
    longest_s: float = 6.0,
    speech_s_enough: float = 1.5,
) -> MicrophoneCheck:
    """Listen until enough speech was heard, or `longest_s` passed."""
    with recorder.open() as microphone:
        listening = MicrophoneListening(
            detector.stream(microphone.rate_hz),
            rate_hz=microphone.rate_hz,
            hop_s=detector.hop_s,
            longest_s=longest_s,
            speech_s_enough=speech_s_enough,
        )
        for block in microphone:
            emit(listening.take(block.samples))
            if listening.done or stop_requested():
                break
    return listening.verdict()


class MicrophoneListening:
    """The check, block by block; the blocks come from a device or over a network."""

    def __init__(
        self,
        speech: SpeechStream,
        *,
        rate_hz: int,
        hop_s: float,
        longest_s: float = 6.0,
        speech_s_enough: float = 1.5,
    ) -> None:
        self._speech = speech
        self._end = EndOfSpeech(hop_s)
        self._rate_hz = rate_hz
        self._longest_s = longest_s
        self._speech_s_enough = speech_s_enough
        self._speech_blocks: list[FloatArray] = []
        self._noise_blocks: list[FloatArray] = []
        self._frames = self._clipped = 0

    def take(self, samples: FloatArray) -> Level:
        """Take in the next block; returns its level."""
        probabilities = self._speech.feed(samples)
        self._end.feed(probabilities)
        speaking = bool(probabilities) and max(probabilities) >= SPEECH_PROBABILITY
        (self._speech_blocks if speaking else self._noise_blocks).append(samples)
        self._frames += len(samples)
        touched = int(np.sum(np.abs(samples) >= 0.999))
        self._clipped += touched
        return Level(self._frames / self._rate_hz, level_dbfs(samples), touched > 0, speaking)

    @property
    def done(self) -> bool:
        """Whether enough speech was heard, or the time is over."""
        speech_s = sum(map(len, self._speech_blocks)) / self._rate_hz
        heard = speech_s >= self._speech_s_enough and self._end.trailing_silence_s >= 0.4
        return heard or self._frames / self._rate_hz >= self._longest_s

    def verdict(self) -> MicrophoneCheck:
        """What was found so far."""
        share = self._clipped / max(self._frames, 1)
        return judge_microphone(self._speech_blocks, self._noise_blocks, clipped_share=share)


def judge_microphone(
    speech_blocks: list[FloatArray], noise_blocks: list[FloatArray], *, clipped_share: float
) -> MicrophoneCheck:
    """The verdict on blocks already told apart."""
    everything = speech_blocks + noise_blocks
    loudest = max((level_dbfs(block) for block in everything), default=-120.0)
    speech = level_dbfs(np.concatenate(speech_blocks)) if speech_blocks else None
    # The quieter half of the pauses: the end of a word still rings in the first block after it.
    quiet = sorted(level_dbfs(block) for block in noise_blocks)[: max(1, len(noise_blocks) // 2)]
    noise = sum(quiet) / len(quiet) if quiet else None
    state = MicrophoneState.GOOD
    if loudest <= SILENT_DBFS:
        state = MicrophoneState.SILENT
    elif clipped_share > CLIPPED_SHARE_MAX:
        state = MicrophoneState.CLIPPED
    elif speech is None:
        state = MicrophoneState.NOT_HEARD
    elif noise is not None and speech - noise < SNR_DB_MIN:
        state = MicrophoneState.NOISY
    elif speech < QUIET_SPEECH_DBFS:
        state = MicrophoneState.QUIET
    return MicrophoneCheck(state, speech, noise, clipped_share)
