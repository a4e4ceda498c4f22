"""The queue of judgements, for those who look after the server: figures, what was given up, trying again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.judging import JobState, JudgingKey
from voice_trainer.errors import UsageError
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import CurrentVisit, Visit

router = APIRouter(prefix="/jobs", include_in_schema=False)

QUEUE = Resource(Kind.OPERATION)
SHOWN = 200


class Parked(BaseModel):
    """One judgement, as the form names it."""

    attempt_id: str = Field(max_length=64)
    take_id: str = Field(max_length=64)
    rubric: str = Field(max_length=64)
    revision: int = Field(ge=1, le=1_000_000)


@router.get("", response_class=HTMLResponse)
def jobs(request: Request, visit: CurrentVisit) -> Response:
    """How the queue stands, and what was given up with the reason."""
    visit.ask(Action.VIEW, QUEUE)
    return _page(request, visit)


@router.post("/retry", response_class=HTMLResponse)
def retry(request: Request, visit: CurrentVisit, form: Annotated[Parked, Form()]) -> Response:
    """Let one that was given up begin anew."""
    visit.ask(Action.CHANGE, QUEUE)
    try:
        visit.house.queue.retry(JudgingKey(form.attempt_id, form.take_id, form.rubric, form.revision))
    except UsageError as fault:
        return _page(request, visit, fault=fault, status=422)
    return RedirectResponse("/jobs", status_code=303)


@router.post("/retry-all")
def retry_all(visit: CurrentVisit) -> Response:
    """Let all that were given up begin anew."""
    visit.ask(Action.CHANGE, QUEUE)
    queue = visit.house.queue
    for job in queue.listed(JobState.PARKED, limit=10_000):
        try:
            queue.retry(job.key)
        except UsageError:  # somebody was quicker, or it was deleted
            continue
    return RedirectResponse("/jobs", status_code=303)


def _page(request: Request, visit: Visit, *, fault: UsageError | None = None, status: int = 200) -> Response:
    queue = visit.house.queue
    return visit.page(
        request,
        "team/jobs.html.j2",
        status=status,
        fault=fault,
        health=queue.health(),
        states=list(JobState),
        parked=queue.listed(JobState.PARKED, limit=SHOWN),
        shown=SHOWN,
    )
