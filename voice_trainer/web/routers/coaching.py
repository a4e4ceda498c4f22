"""The coach's team: what was handed in, what is assigned, who is how far."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.assignment import Goal
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.teams.policy import Action, Kind, Resource, not_found
from voice_trainer.web.deps import CurrentVisit, Visit

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/team", response_class=HTMLResponse)
def team(request: Request, visit: CurrentVisit, page: int = 1) -> Response:
    """Everything the coach's teams handed in, and their assignments."""
    return _page(request, visit, page=max(1, page))


class Asked(BaseModel):
    """What a coach asks for: ``team:ID`` or ``person:ID``, ``call:ID`` or ``drill:SKILL``."""

    to: str = Field(max_length=200)
    what: str = Field(max_length=200)
    due_on: date
    goal: str = Field(default="", max_length=40)
    points: int = Field(default=80, ge=1, le=100)
    note: str = Field(default="", max_length=500)


@router.post("/team/assignments", response_class=HTMLResponse)
def assign(request: Request, visit: CurrentVisit, form: Annotated[Asked, Form()]) -> Response:
    """Ask a team or a person for a call or a drill."""
    team_id, person = _addressee(visit, form.to)
    visit.ask(Action.CREATE, Resource(Kind.ASSIGNMENT, person, team_id))
    kind, _, name = form.what.partition(":")
    try:
        visit.house.training_office.assign(
            by=visit.person,
            team_id=team_id,
            due_on=form.due_on,
            person=person,
            scenario_id=visit.house.library.get(name).id if kind == "call" else None,
            drill=_criterion(name) if kind == "drill" else None,
            goal=Goal(_criterion(form.goal), form.points) if form.goal else None,
            note=form.note,
        )
    except UsageError as fault:
        return _page(request, visit, fault=fault, status=422)
    return RedirectResponse("/team", status_code=303)


@router.post("/team/assignments/{assignment_id}/delete")
def unassign(visit: CurrentVisit, assignment_id: str) -> Response:
    """Take an assignment back."""
    found = visit.house.training.assignment(assignment_id)
    if found is None:
        raise not_found()
    visit.ask(Action.DELETE, Resource(Kind.ASSIGNMENT, found.person, found.team_id))
    visit.house.training.unassign(assignment_id)
    return RedirectResponse("/team", status_code=303)


@router.post("/attempts/{attempt_id}/submit")
def submit(visit: CurrentVisit, attempt_id: str) -> Response:
    """Hand an attempt to the coach."""
    attempt = visit.attempt(attempt_id, Action.SUBMIT)
    visit.house.training.submit(attempt.id, at=visit.house.clock.now())
    return RedirectResponse(f"/attempts/{attempt.id}", status_code=303)


@router.post("/attempts/{attempt_id}/take-back")
def take_back(visit: CurrentVisit, attempt_id: str) -> Response:
    """Take it back: it is a draft again, and the coach sees it no longer."""
    attempt = visit.attempt(attempt_id, Action.SUBMIT)
    visit.house.training.take_back(attempt.id)
    return RedirectResponse(f"/attempts/{attempt.id}", status_code=303)


def _addressee(visit: Visit, to: str) -> tuple[str, str | None]:
    kind, _, name = to.partition(":")
    if kind == "team":
        return name, None
    account = visit.house.accounts.account(name)
    if account is None or account.team_id is None:
        raise not_found()
    return account.team_id, account.id


def _criterion(name: str) -> Criterion:
    try:
        return Criterion(name)
    except ValueError as error:
        raise UsageError("assignment_wrong", f"{error}.", remedy="Choose from the list.") from error


def _page(
    request: Request,
    visit: Visit,
    *,
    page: int = 1,
    fault: UsageError | None = None,
    status: int = 200,
) -> Response:
    home = visit.house
    coached = visit.actor.coached
    visit.ask(Action.VIEW, Resource(Kind.DESK))
    ids = home.training.handed_in(coached, limit=PAGE + 1, offset=(page - 1) * PAGE)
    people = [one for one in home.accounts.accounts() if one.team_id in coached]
    return visit.page(
        request,
        "team/coaching.html.j2",
        status=status,
        attempts=[home.store.get(attempt_id) for attempt_id in ids[:PAGE]],
        page_number=page,
        more=len(ids) > PAGE,
        names={one.id: one.name for one in people},
        people=people,
        teams=[one for one in home.accounts.teams() if one.id in coached],
        calls=home.library.all(),
        criteria=[criterion.value for criterion in Criterion],
        progress=home.training_office.for_coach(coached),
        fault=fault,
    )
