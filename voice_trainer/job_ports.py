"""What work done later needs from outside: a queue, who hands out what waits, whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Protocol

from voice_trainer.domain.attempt import Take
from voice_trainer.domain.judging import Cost, Fault, JobState, Judging, JudgingKey, QueueHealth, Stage


class JobQueue(Protocol):
    """Judgements to be made, by this process or by workers on other machines.

    Each is made once: the same take, rubric and words asked for twice is one judgement, and of two workers
    that made it only the first one's result is kept.
    """

    def submit(self, attempt_id: str, take: Take, *, rubric: str, said: str | None = None) -> Judging:
        """Save the take and ask for its judgement, both or neither. `said`: the words as typed."""
        ...

    def ask_again(self, attempt_id: str, take_id: str, *, rubric: str, said: str | None = None) -> Judging:
        """Ask under another rubric, or with words that a person corrected."""
        ...

    def latest(self, attempt_id: str, take_id: str) -> Judging | None:
        """How far the newest judgement of a take has come; None where none was asked for."""
        ...

    def listed(self, *states: JobState, limit: int = 100) -> list[Judging]:
        """Judgements in these states (in any, if none is named), the oldest first."""
        ...

    def retry(self, key: JudgingKey) -> None:
        """Let a parked judgement begin anew. Raises `UsageError` ``job_not_parked``."""
        ...

    def health(self) -> QueueHealth:
        """Figures of the whole queue."""
        ...

    def begin(self, key: JudgingKey) -> Judging | None:
        """A worker takes it up: one more try. None where there is nothing left to do."""
        ...

    def at_stage(self, key: JudgingKey, stage: Stage) -> None:
        """Tell those who wait."""
        ...

    def finish(self, key: JudgingKey, take: Take, *, cost: Cost) -> bool:
        """Save the judged take and be done, both or neither.

        False, with nothing saved, where it had been done already or the take has been deleted meanwhile.
        """
        ...

    def put_off(self, key: JudgingKey, fault: Fault, *, delay_s: float | None) -> None:
        """Try again after `delay_s`, counted by the database's clock; None: park it."""
        ...

    def forget(self, attempt_id: str) -> int:
        """Remove what waits or was given up of an attempt; returns how many judgements it had."""
        ...

    def rescue(self) -> int:
        """Give judgements whose worker died to others; returns how many."""
        ...


class Dispatcher(Protocol):
    """Hands out what waits in a `JobQueue`."""

    def run(self, work: Callable[[JudgingKey], None], *, concurrency: int, stop: Event) -> None:
        """Call `work` for each, at most `concurrency` at once, until `stop`; what runs then is finished."""
        ...


class Chores(Protocol):
    """Things to be done now and then, by one process of many."""

    def due(self, name: str, *, every_s: float) -> bool:
        """Whether it is this caller's turn, by the database's clock; asking takes the turn."""
        ...
