"""The customer's lines, spoken ahead: while the agent answers, the possible next ones are synthesised."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotReady
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError

Line = TypeVar("Line", bound=Hashable)


@dataclass(slots=True)
class _Shelf(Generic[Line]):
    """What the two threads share; touched under `changed` alone."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    made: dict[Line, Future[Waveform]] = field(default_factory=dict)
    waiting: deque[Line] = field(default_factory=deque)
    closed: bool = False


class LinesAhead(Generic[Line]):
    """Speaks lines in one thread of its own, begun when first asked; each line once.

    `speak` may raise: the error comes out of `get`, in the thread that wanted the line.
    """

    def __init__(self, speak: Callable[[Line], Waveform]) -> None:
        self._speak = speak
        self._shelf: _Shelf[Line] = _Shelf()
        self._thread: threading.Thread | None = None

    def ask(self, lines: Iterable[Line]) -> None:
        """Speak these next, in this order; what was asked for before and is not begun is forgotten."""
        with self._shelf.changed:
            if self._shelf.closed:
                return
            for forgotten in self._shelf.waiting:
                self._shelf.made.pop(forgotten, None)
            self._shelf.waiting.clear()
            for line in lines:
                self._want(line, at_once=False)

    def get(self, line: Line, *, patience_s: float | None = None) -> Waveform:
        """The spoken line, made before all others where it is not there yet.

        Raises
        ------
        VoiceTrainerError
            What `speak` raised; asked for again, the line is tried again.
        AudioDeviceError
            ``voice_late`` where it takes longer than `patience_s` seconds; it is made nevertheless.
        """
        with self._shelf.changed:
            closed = self._shelf.closed
            future = Future() if closed else self._want(line, at_once=True)
        if closed:
            return self._speak(line)
        try:
            return future.result(patience_s)
        except NotReady:
            raise AudioDeviceError(
                "voice_late",
                f"The customer's line was not spoken within {patience_s:.0f} s.",
                remedy="Read the customer's words and answer aloud.",
            ) from None
        except Exception:
            with self._shelf.changed:
                self._shelf.made.pop(line, None)
            raise

    def close(self) -> None:
        """Make no further line; the one under way is left to itself."""
        with self._shelf.changed:
            self._shelf.closed = True
            self._shelf.waiting.clear()
            self._shelf.changed.notify()

    def _want(self, line: Line, *, at_once: bool) -> Future[Waveform]:
        shelf = self._shelf
        if line not in shelf.made:
            shelf.made[line] = Future()
            shelf.waiting.append(line)
        if at_once and line in shelf.waiting:
            shelf.waiting.remove(line)
            shelf.waiting.appendleft(line)
        if self._thread is None or not self._thread.is_alive():
            # A daemon: an engine that hangs must not keep the program from ending.
            self._thread = threading.Thread(target=self._run, name="lines-ahead", daemon=True)
            self._thread.start()
        shelf.changed.notify()
        return shelf.made[line]

    def _run(self) -> None:
        while True:
            with self._shelf.changed:
                while not self._shelf.waiting and not self._shelf.closed:
                    self._shelf.changed.wait()
                if self._shelf.closed:
                    return
                line = self._shelf.waiting.popleft()
                future = self._shelf.made[line]
            try:
                future.set_result(self._speak(line))
            except Exception as error:
                future.set_exception(error)
