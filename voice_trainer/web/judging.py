"""Asking for a judgement, and how far it is. The judging itself is done by workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from anyio import sleep, to_thread

from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.judging import JobState, Judging
from voice_trainer.errors import UsageError
from voice_trainer.job_ports import JobQueue
from voice_trainer.teams.policy import Action
from voice_trainer.web.deps import Visit

# Looked at often while a result may come any moment, seldom where it takes long: hundreds may wait at once.
_EVERY_S = (0.2, 1.0)
_LONGER = 1.1


def ask_again(visit: Visit, attempt_id: str, take_id: str, *, said: str | None) -> None:
    """Have a take judged again, by `said` where somebody corrected the words.

    Raises
    ------
    UsageError
        ``take_not_judgeable`` where there is no finished recording.
    """
    _, found = visit.take(attempt_id, take_id, Action.CHANGE)
    if found.audio_key is None or found.state is TakeState.RECORDING:
        raise UsageError(
            "take_not_judgeable",
            "This take cannot be judged: its sound is not there, or still being recorded.",
            remedy="Record it again.",
        )
    house = visit.house
    job = house.queue.ask_again(attempt_id, take_id, rubric=house.rubric_office.current_version(), said=said)
    if job.state is JobState.PARKED:
        house.queue.retry(job.key)


def under_way(visit: Visit, attempt_id: str, take_id: str) -> bool:
    """Whether a judgement is waited for."""
    job = visit.house.queue.latest(attempt_id, take_id)
    return job is not None and not job.settled


async def follow(queue: JobQueue, attempt_id: str, take_id: str) -> AsyncIterator[dict[str, Any]]:
    """Each change, from how it stands now to the end; nothing where no judgement was asked for."""
    told: dict[str, Any] | None = None
    every_s, longest_s = _EVERY_S
    while True:
        job = await to_thread.run_sync(queue.latest, attempt_id, take_id)
        if job is None:
            return
        now = standing(job)
        if now != told:
            yield now
            told = now
        if job.settled:
            return
        await sleep(every_s)
        every_s = min(longest_s, every_s * _LONGER)


def standing(job: Judging) -> dict[str, Any]:
    """As the browser is told: ``waiting``, a stage of `domain.judging.Stage`, ``scored`` or ``failed``."""
    match job.state:
        case JobState.DONE:
            return {"stage": "scored"}
        case JobState.PARKED:
            fault = job.fault
            told = {"code": fault.code, "message": fault.message, "remedy": fault.remedy} if fault else None
            return {"stage": "failed", "fault": told}
        case JobState.WORKING if job.stage is not None:
            return {"stage": job.stage.value}
        case _:
            return {"stage": "waiting", "tries": job.tries}
