"""Judging as work to be done later: what a worker does with one judgement that was asked for.

A face saves a take and asks (`JobQueue.submit`), then looks how far it is (`JobQueue.latest`) until it is
settled, and reads the judged take from the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import follow_call
from voice_trainer.domain.judging import Cost, Fault, Judging, JudgingKey, Stage
from voice_trainer.errors import AudioFileError, VoiceTrainerError
from voice_trainer.job_ports import JobQueue
from voice_trainer.ports import AttemptStore, BlobStore
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.events import Event, Measured, Scored, Transcribed, Transcribing
from voice_trainer.practice.judgement import judge_take

_BEGINS = {Transcribing: Stage.HEARING, Transcribed: Stage.MEASURING, Measured: Stage.SCORING}

NOTHING_LEFT = Fault(
    "nothing_to_judge",
    "The sound of this take is no longer kept, and it has no typed words.",
    "Words and scores that it had stay as they are.",
)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a judgement is tried, and how long between: `first_s`, then four times as long each time."""

    limit: int = 5
    first_s: float = 4.0

    def delay_s(self, tries: int) -> float | None:
        """Seconds until the next try after `tries` failed ones; None: no more."""
        return None if tries >= self.limit else self.first_s * 4.0 ** max(0, tries - 1)


@dataclass(frozen=True, slots=True)
class JudgingDesk:
    """What a worker works with. `engines` gives those of a rubric's version."""

    queue: JobQueue
    store: AttemptStore
    blobs: BlobStore
    engines: Callable[[str], Engines]
    retries: Retries = Retries()


def judge(key: JudgingKey, desk: JudgingDesk) -> None:
    """Make one judgement; a failure is noted with the job, which is tried again later or parked.

    Raises `VoiceTrainerError` only where not even that could be noted.
    """
    job = desk.queue.begin(key)
    if job is None:
        return
    try:
        attempt = desk.store.get(key.attempt_id)
        take = next((take for take in attempt.takes if take.id == key.take_id), None)
        if take is None:
            return  # deleted meanwhile, and its judgement with it
        if take.state is TakeState.DISCARDED:
            desk.queue.finish(key, take, cost=Cost())  # nobody waits for it any more
            return
        judged, cost = _judged(attempt, take, job, desk)
        if judged is take:
            desk.queue.put_off(key, NOTHING_LEFT, delay_s=None)
        else:
            desk.queue.finish(key, judged, cost=cost)
            _close_if_over(attempt.with_take(judged), desk.store)
    except AudioFileError as error:  # what cannot be decoded will not get better
        desk.queue.put_off(key, fault_of(error), delay_s=None)
    except Exception as error:
        desk.queue.put_off(key, fault_of(error), delay_s=desk.retries.delay_s(job.tries))


def _close_if_over(attempt: Attempt, store: AttemptStore) -> None:
    """A call whose last reply is judged is not offered to be gone on with."""
    if not attempt.closed and follow_call(attempt).upcoming is None:
        store.save(replace(attempt, takes=(), closed=True))  # the takes stay: another one may just be written


def worker_died(key: JudgingKey, desk: JudgingDesk) -> None:
    """Note that the process that judged ended without a word: a recording may have brought it down."""
    job = desk.queue.latest(key.attempt_id, key.take_id)
    tries = job.tries if job is not None and job.key == key else desk.retries.limit
    fault = Fault(
        "worker_died",
        "The process that judged this take ended without a word.",
        "Look at the machine's memory; then retry it, or delete the take.",
    )
    desk.queue.put_off(key, fault, delay_s=desk.retries.delay_s(tries))


def _judged(attempt: Attempt, take: Take, job: Judging, desk: JudgingDesk) -> tuple[Take, Cost]:
    watch = _StageWatch(job.key, desk.queue)
    judged = judge_take(
        attempt,
        take,
        engines=desk.engines(job.key.rubric),
        blobs=desk.blobs,
        said=job.said,
        emit=watch.saw,
    )
    words = judged.machine_transcript
    return judged, Cost(watch.seconds, words.reliability if words is not None else None)


class _StageWatch:
    """Tells stages as they begin, and how long each took."""

    def __init__(self, key: JudgingKey, queue: JobQueue) -> None:
        self.seconds: dict[Stage, float] = {}
        self._key = key
        self._queue = queue
        self._stage = Stage.READING
        self._since_s = time.monotonic()

    def saw(self, event: Event) -> None:
        """One event of the assessment."""
        if not isinstance(event, (*_BEGINS, Scored)):
            return
        now_s = time.monotonic()
        self.seconds[self._stage] = now_s - self._since_s
        self._since_s = now_s
        following = _BEGINS.get(type(event))
        if following is not None:
            self._stage = following
            self._queue.at_stage(self._key, following)


def fault_of(error: BaseException) -> Fault:
    """What is kept of an error: nothing of what was said."""
    if isinstance(error, VoiceTrainerError):
        return Fault(error.code, error.message, error.remedy)
    # An unforeseen error's text may quote what was said: its kind and place are enough to find it.
    place = ""
    trace = error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return Fault(
        "unexpected",
        f"{type(error).__name__} in {place}.",
        "This is a fault of the program; please report it.",
    )
