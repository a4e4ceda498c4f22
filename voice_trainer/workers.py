"""Processes that judge, and the thread that hands them what waits.

A recogniser holds Python's lock for as long as it listens, so judging never happens in the process that
records, serves pages or sends heartbeats: it happens in children that keep their models warm. A child that
dies takes one try with it and is replaced.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue

from voice_trainer.domain.judging import JudgingKey
from voice_trainer.errors import StorageError, VoiceTrainerError
from voice_trainer.practice.judging import JudgingDesk, judge, worker_died
from voice_trainer.practice.upkeep import keep_up
from voice_trainer.wiring import House

UPKEEP_EVERY_S = 5.0
NICENESS = 10  # judging takes what recordings and pages on the same machine leave
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crew:
    """The children of one process that judges; made by `crew`."""

    house: House
    desk: JudgingDesk
    _idle: SimpleQueue[ProcessPoolExecutor]

    def judge(self, key: JudgingKey) -> None:
        """Have one judgement made; returns when it is made, noted as failed, or its child is dead.

        Raises `StorageError` ``job_failed`` where the outcome could not be noted.
        """
        child = self._idle.get()
        try:
            fault = child.submit(_judge, key).result()
        except BrokenProcessPool:
            child.shutdown(wait=False)
            child = _child(self.house)
            _log.warning("a judging process died", extra={"attempt": key.attempt_id, "take": key.take_id})
            worker_died(key, self.desk)
            return
        finally:
            self._idle.put(child)
        if fault is not None:
            raise StorageError("job_failed", fault, remedy="It is tried again.")


@contextmanager
def crew(house: House, *, concurrency: int) -> Iterator[Crew]:
    """Children, started and warm; ended with the block, a judgement that still runs is then left."""
    children: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
    for _ in range(concurrency):
        children.put(_child(house))
    made = Crew(house, house.judging_desk, children)
    try:
        yield made
    finally:
        while not children.empty():
            children.get().shutdown(wait=False, cancel_futures=True)


def work(house: House, *, concurrency: int, stop: threading.Event) -> None:
    """Judge what waits until `stop`; what runs then is finished."""
    upkeep = threading.Thread(target=_upkeep, args=(house, stop), name="upkeep", daemon=True)
    with crew(house, concurrency=concurrency) as made:
        upkeep.start()
        house.dispatcher.run(made.judge, concurrency=concurrency, stop=stop)
    upkeep.join()


@contextmanager
def embedded(house: House, *, concurrency: int = 1) -> Iterator[None]:
    """Workers beside a face (`serve`) for as long as the block runs.

    With `concurrency` 0 nothing is judged here, but upkeep is done: recordings wait in this machine's spool,
    and no other machine can carry them.
    """
    stop = threading.Event()

    def run() -> None:
        if concurrency:
            work(house, concurrency=concurrency, stop=stop)
        else:
            _upkeep(house, stop)

    thread = threading.Thread(target=run, name="judging-hands-out")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _upkeep(house: House, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            keep_up(house.upkeep)
        except VoiceTrainerError as error:
            _log.warning("upkeep was put off", extra={"code": error.code})
        stop.wait(min(UPKEEP_EVERY_S, house.settings.job_stalled_s / 2))


# In the child.

_house: House | None = None


def _child(house: House) -> ProcessPoolExecutor:
    """One process of its own pool, so that its death touches no other; it warms up at once."""
    executor = ProcessPoolExecutor(
        1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(house.settings, house.engine, house.model),
    )
    executor.submit(_warm_up)
    return executor


def _begin(settings: object, engine: str | None, model: str | None) -> None:
    global _house  # noqa: PLW0603 - a pool's child has no other place for what lasts
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _house = House(settings, engine, model)  # type: ignore[arg-type]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _warm_up() -> None:
    with suppress(VoiceTrainerError):  # told with the first judgement
        assert _house is not None
        _house.engines  # noqa: B018 - loads the models


def _judge(key: JudgingKey) -> str | None:
    """In words why the outcome could not even be noted; None where it was."""
    assert _house is not None
    try:
        judge(key, _house.judging_desk)
    except VoiceTrainerError as error:
        return f"{error.code}: {error.message}"
    return None
