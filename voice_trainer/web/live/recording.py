"""One recording that arrives in numbered pieces, whichever connection brings them."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from anyio import CapacityLimiter, to_thread

from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import StorageError, UsageError, VoiceTrainerError
from voice_trainer.practice.events import StopReason
from voice_trainer.web.live import messages

# Threads that want the interpreter make the event loop and all pages wait: recordings are written together.
_ROUND_S = 0.2  # from one writing to the next
_TOGETHER = 32  # recordings a thread; each waits for the disk once a second
_DISK = CapacityLimiter(64)
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Ending:
    """Why a recording is over."""

    reason: StopReason
    fault: VoiceTrainerError | None = None
    abandoned: bool = False


class Listening(Protocol):
    """What becomes of the sound: a take, a baseline, a check. All of it runs outside the event loop."""

    def take(self, samples: FloatArray) -> StopReason | None:
        """Keep the next samples; why the recording is over, None while it goes on."""
        ...

    def finish(
        self, reason: StopReason, fault: VoiceTrainerError | None, *, abandoned: bool
    ) -> dict[str, Any]:
        """Complete it and say what came of it. `abandoned`: its browser went away."""
        ...

    def cancel(self) -> None:
        """Throw it away."""
        ...


class LiveRecording:
    """Pieces in order, each once; the end is told once and can be asked for again.

    A piece that arrived is *gathered* and written a moment later, by `OpenRecordings` together with those of
    all other recordings; `kept` tells how many are on disk. Runs in the event loop, but for the writing.
    """

    def __init__(self, listening: Listening, *, person: str, rate_hz: int, begun: dict[str, Any]) -> None:
        self.ticket = secrets.token_urlsafe(16)
        self.person = person
        self.rate_hz = rate_hz
        self.begun = {"type": "begun", "ticket": self.ticket, **begun}
        self.following = 0  # the number of the piece that comes next
        self.kept = 0  # so many pieces are on disk
        self.outcome: dict[str, Any] | None = None  # told at the end
        self.turn = asyncio.Lock()  # held by whoever writes or finishes
        self._listening = listening
        self._gathered: deque[FloatArray] = deque()  # appended to by the event loop, emptied by `write`
        self._ending: _Ending | None = None  # why it is over, until it is finished
        self._changed = asyncio.Event()

    @property
    def due(self) -> bool:
        """Whether something waits to be written, and nobody is at it."""
        return bool(self._gathered) and not self.over and not self.turn.locked()

    @property
    def over(self) -> bool:
        """Whether no more sound is wanted, though it may not be finished."""
        return self._ending is not None

    def take(self, number: int, samples: FloatArray) -> None:
        """Gather a piece; one that is here already or comes after the end is passed over.

        Raises `UsageError` ``piece_missing`` where one is left out.
        """
        if self.over or number < self.following:
            return
        if number > self.following:
            raise UsageError(
                "piece_missing",
                f"Piece {number} came before piece {self.following}.",
                remedy="Load the page again; what arrived is kept.",
            )
        self.following += 1
        self._gathered.append(samples)

    async def beyond(self, told: int) -> int:
        """How many pieces are on disk, as soon as they are more than `told` or there is an outcome."""
        while self.kept <= told and self.outcome is None:
            await self._changed.wait()
        return self.kept

    async def end(self, pieces: int) -> None:
        """The agent has finished and sent `pieces`; those all lie here."""
        async with self.turn:
            if pieces <= self.following:
                await self._finish(_Ending(StopReason.ASKED))

    async def cancel(self) -> None:
        """Throw it away."""
        async with self.turn:
            if self.outcome is None:
                self._ending = _Ending(StopReason.ASKED)
                await _aside(self._listening.cancel)
                self._over({"type": "cancelled"})

    async def abandon(self) -> None:
        """Its browser went away and did not come back: what was said is kept."""
        async with self.turn:
            await self._finish(_Ending(StopReason.FAULT, abandoned=True))

    async def finish(self) -> None:
        """Complete it where what was written last has ended it."""
        async with self.turn:
            if self._ending is not None:
                await self._finish(self._ending)

    def write(self) -> None:
        """Write what was gathered: outside the event loop, for the holder of `turn`; `tell` is due then."""
        try:
            while self._gathered and self._ending is None:
                reason = self._listening.take(self._gathered.popleft())
                self.kept += 1
                if reason is not None:
                    self._ending = _Ending(reason)
        except VoiceTrainerError as error:
            self._ending = _Ending(StopReason.FAULT, error)
        except Exception as error:  # nobody else's sound may go with it
            _log.exception("a recording broke off")
            told = StorageError(
                "recording_broken", f"The recording broke off ({error!r}).", remedy="Record it again."
            )
            self._ending = _Ending(StopReason.FAULT, told)

    def tell(self) -> None:
        """Wake who waits to hear what is on disk or what came of it."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _finish(self, ending: _Ending) -> None:
        if self.outcome is not None:
            return
        await _aside(self.write)
        self._ending = why = self._ending or ending
        finish = partial(self._listening.finish, why.reason, why.fault, abandoned=why.abandoned)
        try:
            self._over({**await _aside(finish), "reason": why.reason.value})
        except VoiceTrainerError as error:
            self._over(messages.fault(error))

    def _over(self, outcome: dict[str, Any]) -> None:
        self.outcome = outcome
        self._gathered.clear()
        self.tell()


def _write_each(recordings: Sequence[LiveRecording]) -> None:
    for recording in recordings:
        recording.write()


async def _aside(work: Callable[[], _T]) -> _T:
    return await to_thread.run_sync(work, limiter=_DISK)


class OpenRecordings:
    """Recordings under way, by ticket. A connection may be lost for `patience_s` before one is completed."""

    def __init__(self, *, patience_s: float = 90.0) -> None:
        self._patience_s = patience_s
        self._open: dict[str, LiveRecording] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing: asyncio.Task[None] | None = None
        self._written_s = 0.0

    def add(self, recording: LiveRecording) -> None:
        """A new one."""
        self._open[recording.ticket] = recording

    def find(self, ticket: str, *, person: str) -> LiveRecording:
        """The one to go on with; raises `UsageError` ``recording_closed`` where there is none."""
        found = self._open.get(ticket)
        if found is None or found.person != person:
            raise UsageError(
                "recording_closed",
                "This recording was completed while the connection was lost.",
                remedy="What had arrived is kept; see your attempts.",
            )
        if (timer := self._waiting.pop(ticket, None)) is not None:
            timer.cancel()
        return found

    def left(self, recording: LiveRecording) -> None:
        """Its connection ended, as each does; forgotten in a while, completed first if need be."""
        loop = asyncio.get_running_loop()
        if (timer := self._waiting.pop(recording.ticket, None)) is not None:
            timer.cancel()
        self._waiting[recording.ticket] = loop.call_later(self._patience_s, self._forget, recording)

    def _forget(self, recording: LiveRecording) -> None:
        self._open.pop(recording.ticket, None)
        self._waiting.pop(recording.ticket, None)
        self._see_to(recording.abandon())

    def write_soon(self) -> None:
        """Something was gathered: have it on disk in a moment."""
        if self._writing is None or self._writing.done():
            self._writing = self._see_to(self._write())

    async def _write(self) -> None:
        """Round after round, until nothing is left to write."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(0.0, self._written_s + _ROUND_S - loop.time()))
            self._written_s = loop.time()
            due = [recording for recording in self._open.values() if recording.due]
            if not due:
                return
            shares = [due[at : at + _TOGETHER] for at in range(0, len(due), _TOGETHER)]
            await asyncio.gather(*(self._write_together(share) for share in shares))

    async def _write_together(self, recordings: Sequence[LiveRecording]) -> None:
        async with AsyncExitStack() as turns:
            for recording in recordings:
                await turns.enter_async_context(recording.turn)  # free, so this does not wait
            await _aside(partial(_write_each, recordings))
        for recording in recordings:
            recording.tell()
            if recording.over:
                self._see_to(recording.finish())

    def _see_to(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """The server ends: complete what is under way."""
        for timer in self._waiting.values():
            timer.cancel()
        for recording in list(self._open.values()):
            await recording.abandon()
        self._open.clear()
