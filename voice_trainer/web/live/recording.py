"""One recording that arrives in numbered pieces, whichever connection brings them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from anyio import CapacityLimiter, to_thread

from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import StorageError, UsageError, VoiceTrainerError
from voice_trainer.practice.events import StopReason

# Writing waits for the disk now and then; so many recordings may wait at once.
_DISK = CapacityLimiter(64)


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
    """Pieces in order, each once; the end is told once and can be asked for again."""

    def __init__(self, listening: Listening, *, person: str, rate_hz: int, begun: dict[str, Any]) -> None:
        self.ticket = secrets.token_urlsafe(16)
        self.person = person
        self.rate_hz = rate_hz
        self.begun = {"type": "begun", "ticket": self.ticket, **begun}
        self.following = 0  # the number of the piece that comes next
        self.outcome: dict[str, Any] | None = None  # told at the end
        self._listening = listening
        self._turn = asyncio.Lock()

    async def take(self, number: int, samples: FloatArray) -> None:
        """Keep a piece; one that is here already or comes after the end is passed over.

        Raises `UsageError` ``piece_missing`` where one is left out.
        """
        async with self._turn:
            if self.outcome is not None or number < self.following:
                return
            if number > self.following:
                raise UsageError(
                    "piece_missing",
                    f"Piece {number} came before piece {self.following}.",
                    remedy="Load the page again; what arrived is kept.",
                )
            try:
                reason = await _aside(partial(self._listening.take, samples))
            except StorageError as error:
                await self._finish(StopReason.FAULT, error)
                return
            self.following += 1
            if reason is not None:
                await self._finish(reason)

    async def end(self, pieces: int) -> None:
        """The agent has finished and sent `pieces`; those all lie here."""
        async with self._turn:
            if self.outcome is None and pieces <= self.following:
                await self._finish(StopReason.ASKED)

    async def cancel(self) -> None:
        """Throw it away."""
        async with self._turn:
            if self.outcome is None:
                await _aside(self._listening.cancel)
                self.outcome = {"type": "cancelled"}

    async def abandon(self) -> None:
        """Its browser went away and did not come back: what was said is kept."""
        async with self._turn:
            if self.outcome is None:
                await self._finish(StopReason.FAULT, abandoned=True)

    async def _finish(
        self, reason: StopReason, fault: VoiceTrainerError | None = None, *, abandoned: bool = False
    ) -> None:
        finish = partial(self._listening.finish, reason, fault, abandoned=abandoned)
        try:
            self.outcome = {**await _aside(finish), "reason": reason.value}
        except VoiceTrainerError as error:
            self.outcome = {
                "type": "fault",
                "code": error.code,
                "message": error.message,
                "remedy": error.remedy,
            }


async def _aside(work: Callable[[], Any]) -> Any:
    return await to_thread.run_sync(work, limiter=_DISK)


class OpenRecordings:
    """Recordings under way, by ticket. A connection may be lost for `patience_s` before one is completed."""

    def __init__(self, *, patience_s: float = 90.0) -> None:
        self._patience_s = patience_s
        self._open: dict[str, LiveRecording] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()

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
        task = asyncio.get_running_loop().create_task(recording.abandon())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """The server ends: complete what is under way."""
        for timer in self._waiting.values():
            timer.cancel()
        for recording in list(self._open.values()):
            await recording.abandon()
        self._open.clear()
