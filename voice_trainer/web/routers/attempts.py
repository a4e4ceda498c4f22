"""Attempts as JSON: the list, one, a take's sound and stages; judge again, correct, throw away, delete."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from voice_trainer.domain.attempt import TakeState
from voice_trainer.errors import StorageError
from voice_trainer.practice.attempts import delete_attempt
from voice_trainer.practice.takes import discard_take
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.judging import ask_again, follow
from voice_trainer.web.ranges import sound
from voice_trainer.web.schemas import (
    PROBLEMS,
    Accepted,
    AttemptOut,
    SummariesOut,
    SummaryOut,
    TakeOut,
    WordsIn,
    attempt_out,
    take_out,
)

router = APIRouter(prefix="/api/attempts", tags=["attempts"], responses=PROBLEMS)
PAGE_MAX = 200
_OFFSET_MAX = 10_000_000


@router.get("")
def attempts(
    visit: CurrentVisit,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    offset: Annotated[int, Query(ge=0, le=_OFFSET_MAX)] = 0,
) -> SummariesOut:
    """One's own attempts, newest first."""
    visit.ask(Action.VIEW, Resource(Kind.ATTEMPT, visit.person))
    lines = visit.house.store.summaries(person=visit.person, limit=limit + 1, offset=offset)
    return SummariesOut(
        attempts=[SummaryOut.of(line) for line in lines[:limit]],
        following=offset + limit if len(lines) > limit else None,
    )


@router.get("/{attempt_id}")
def attempt(attempt_id: str, visit: CurrentVisit) -> AttemptOut:
    """One attempt with its takes."""
    return attempt_out(visit.attempt(attempt_id))


@router.delete("/{attempt_id}", status_code=HTTPStatus.NO_CONTENT)
def delete(attempt_id: str, visit: CurrentVisit) -> None:
    """Rows, recordings and what was made from them: gone for good."""
    found = visit.attempt(attempt_id, Action.DELETE)
    delete_attempt(found, store=visit.house.store, blobs=visit.house.blobs)


@router.get("/{attempt_id}/takes/{take_id}")
def take(attempt_id: str, take_id: str, visit: CurrentVisit) -> TakeOut:
    """One take."""
    return take_out(*visit.take(attempt_id, take_id))


@router.delete("/{attempt_id}/takes/{take_id}", status_code=HTTPStatus.NO_CONTENT)
def discard(attempt_id: str, take_id: str, visit: CurrentVisit) -> None:
    """Throw a take away: its sound is deleted, that it was there is remembered."""
    found, thrown = visit.take(attempt_id, take_id, Action.CHANGE)
    discard_take(found, thrown, store=visit.house.store, blobs=visit.house.blobs)


@router.get(
    "/{attempt_id}/takes/{take_id}/sound",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}}, 206: {"content": {"audio/wav": {}}}},
)
def take_sound(attempt_id: str, take_id: str, request: Request, visit: CurrentVisit) -> Response:
    """The recording, whole or in part (`Range`)."""
    _, found = visit.take(attempt_id, take_id, Action.LISTEN)
    if found.audio_key is None:
        raise StorageError("recording_missing", "This take has no sound any more.", remedy="It was deleted.")
    return sound(request, visit.house.blobs.get(found.audio_key))


@router.post("/{attempt_id}/takes/{take_id}/judgement", status_code=HTTPStatus.ACCEPTED)
def judge(attempt_id: str, take_id: str, visit: CurrentVisit) -> Accepted:
    """Judge a take that waits for it, or again."""
    return _asked(visit, attempt_id, take_id, said=None)


@router.post("/{attempt_id}/takes/{take_id}/words", status_code=HTTPStatus.ACCEPTED)
def correct(attempt_id: str, take_id: str, words: WordsIn, visit: CurrentVisit) -> Accepted:
    """Judge by the words that were really said."""
    return _asked(visit, attempt_id, take_id, said=words.said.strip())


@router.get(
    "/{attempt_id}/takes/{take_id}/stages",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def stages(attempt_id: str, take_id: str, visit: CurrentVisit) -> StreamingResponse:
    """How far the judgement is, as server-sent events; see `web.judging.standing`."""
    from anyio import to_thread

    found, asked = await to_thread.run_sync(visit.take, attempt_id, take_id)

    queue = visit.house.queue

    async def told() -> AsyncIterator[str]:
        nothing = True
        async for stage in follow(queue, found.id, asked.id):
            nothing = False
            yield _event(stage)
        if nothing:  # nobody asked for a judgement: tell how the take stands
            yield _event({"stage": "scored" if asked.state is TakeState.SCORED else "resting"})

    return StreamingResponse(told(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _event(stage: dict[str, Any]) -> str:
    return f"event: stage\ndata: {json.dumps(stage)}\n\n"


def _asked(visit: Visit, attempt_id: str, take_id: str, *, said: str | None) -> Accepted:
    ask_again(visit, attempt_id, take_id, said=said)
    return Accepted(stages=f"/api/attempts/{attempt_id}/takes/{take_id}/stages")
