"""One exchange with open devices: the customer speaks, the agent answers, the reply is on disk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, VoiceTrainerError
from voice_trainer.ports import AudioBlock, BlobWriter, Microphone, Player, SpeechDetector
from voice_trainer.practice.events import Emit, ListeningNow, Notice
from voice_trainer.practice.recording import Limits, Recording, TakeRecorder

PRE_ROLL_S = 0.3  # kept from before the customer's last word: a reply may begin at once
_CLOCKS_AGREE_S = 1.0  # drivers that say more than this against the order of events are not believed
_QUIET_DB = 40.0  # below the loudest moment of a line: its end is silence
_PIECE_S = 0.01


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of one exchange.

    `customer_end_s` is the end of the customer's speech on the take's clock, None when nothing was played.
    """

    recording: Recording
    customer_end_s: float | None


def exchange(
    microphone: Microphone,
    *,
    player: Player | None,
    line: Waveform | None,
    open_writer: Callable[[int], BlobWriter],
    detector: SpeechDetector,
    limits: Limits,
    emit: Emit,
    stop_requested: Callable[[], bool],
    device: str,
) -> Exchange:
    """Play `line` while the microphone already runs, then record the reply.

    The microphone is open before the customer's last word, so that "speak now" is true when it is said
    and the first syllable of a quick reply is kept.
    """
    blocks = iter(microphone)
    first = next(blocks, None)  # proof that the microphone delivers, before anybody is asked to speak
    if first is None:
        raise _closed()
    pre_roll = _PreRoll(microphone.rate_hz, deque([first]))
    played = _Playing(player, line) if player is not None and line is not None else None
    if played is not None:
        _wait(played, blocks, pre_roll, stop_requested=stop_requested, emit=emit)
    before = pre_roll.length_s
    recorder = TakeRecorder(
        open_writer(microphone.rate_hz),
        rate_hz=microphone.rate_hz,
        speech=detector.stream(microphone.rate_hz),
        hop_s=detector.hop_s,
        limits=limits,
        emit=emit,
        stop_requested=stop_requested,
        lead_in_s=before,
    )
    emit(ListeningNow(device))
    recording = recorder.run(_chained(pre_roll.blocks, blocks))
    if player is None or line is None or played is None or played.fault is not None:
        return Exchange(recording, None)
    end_s = _customer_end_s(
        microphone, player=player, line=line, dropped_s=pre_roll.dropped_s, before_s=before
    )
    return Exchange(recording, end_s)


def _customer_end_s(
    microphone: Microphone, *, player: Player, line: Waveform, dropped_s: float, before_s: float
) -> float:
    """The end of the customer's speech on the take's clock, where the device's delays are taken off."""
    # Sound reaches a block `latency_s` after it happened: the customer's end moves back on the take's clock.
    by_order_s = before_s - microphone.latency_s
    began_s, heard_until_s = microphone.began_s, player.heard_until_s
    if began_s is None or heard_until_s is None:
        return by_order_s
    by_clock_s = heard_until_s - began_s - dropped_s
    if abs(by_clock_s - by_order_s) > _CLOCKS_AGREE_S:
        return by_order_s
    return by_clock_s - trailing_silence_s(line)


def trailing_silence_s(line: Waveform) -> float:
    """Seconds of quiet after the last word of a spoken line; 0 where all of it is quiet."""
    size = max(1, round(_PIECE_S * line.rate_hz))
    whole = line.samples[len(line.samples) % size :].reshape(-1, size)
    power = np.mean(np.square(whole, dtype=np.float64), axis=1)
    loud = np.flatnonzero(power > power.max(initial=0.0) * 10 ** (-_QUIET_DB / 10))
    return float(len(power) - 1 - loud[-1]) * size / line.rate_hz if len(loud) else 0.0


@dataclass(slots=True)
class _PreRoll:
    """The last moments before the reply, and how much of the microphone's sound came before them."""

    rate_hz: int
    blocks: deque[AudioBlock] = field(default_factory=deque)
    dropped_s: float = 0.0

    @property
    def length_s(self) -> float:
        return sum(len(block.samples) for block in self.blocks) / self.rate_hz

    def add(self, block: AudioBlock) -> None:
        self.blocks.append(block)
        while self.length_s - len(self.blocks[0].samples) / self.rate_hz >= PRE_ROLL_S:
            gone = self.blocks.popleft()
            self.dropped_s += (len(gone.samples) + gone.lost_frames) / self.rate_hz


class _Playing:
    """Plays in a thread of its own, so that the microphone can be emptied meanwhile."""

    def __init__(self, player: Player, line: Waveform) -> None:
        self.fault: VoiceTrainerError | None = None
        self._unforeseen: Exception | None = None
        self._player = player
        self._line = line
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="customer-voice", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._player.play(self._line, stop=self._stop.is_set)
        except VoiceTrainerError as error:
            self.fault = error
        except Exception as error:
            self._unforeseen = error

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """End the sound, if it still plays; a fault of the program in the thread is raised here."""
        self._stop.set()
        self._thread.join(timeout=5)
        if self._unforeseen is not None:
            raise self._unforeseen


def _wait(
    played: _Playing,
    blocks: Iterator[AudioBlock],
    pre_roll: _PreRoll,
    *,
    stop_requested: Callable[[], bool],
    emit: Emit,
) -> None:
    """Pass over the microphone's blocks while the customer speaks, keeping the last moments."""
    try:
        while played.running:
            block = next(blocks, None)
            if block is None:
                raise _closed()
            pre_roll.add(block)
            if stop_requested():
                played.stop()
    finally:
        played.stop()
    if played.fault is not None:
        fault = played.fault
        emit(
            Notice(fault.code, fault.message, f"{fault.remedy} Read the customer's words and answer.".strip())
        )


def _chained(pre_roll: deque[AudioBlock], blocks: Iterator[AudioBlock]) -> Callable[[], AudioBlock | None]:
    def following() -> AudioBlock | None:
        return pre_roll.popleft() if pre_roll else next(blocks, None)

    return following


def _closed() -> AudioDeviceError:
    return AudioDeviceError(
        "device_vanished", "The microphone closed before it delivered anything.", remedy="Plug it in again."
    )
