"""Coaches score the same replies blind, and see how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.calibration import BlindScore
from voice_trainer.domain.call import as_judged
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.teams.calibration import ENOUGH, GOAL_WITHIN_ONE_BAND, may_see
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import CurrentVisit, Visit

router = APIRouter(prefix="/calibration", include_in_schema=False)

CALIBRATION = Resource(Kind.CALIBRATION)
SHOWN = 40  # attempts
_Points = Annotated[int | None, Field(ge=0, le=100)]


class Given(BaseModel):
    """A coach's points; a skill that is left out is not scored."""

    pace: _Points = None
    tone_calmness: _Points = None
    paraphrase: _Points = None
    validation: _Points = None
    order: _Points = None
    helpfulness: _Points = None


@dataclass(frozen=True, slots=True)
class Line:
    """One reply in the list."""

    attempt: Attempt
    take: Take
    mine: bool
    others: int  # coaches


@router.get("", response_class=HTMLResponse)
def calibration(request: Request, visit: CurrentVisit) -> Response:
    """How far coaches agree, by skill, and replies to score: those others have scored first."""
    visit.ask(Action.VIEW, CALIBRATION)
    home = visit.house
    scores = home.training.blind_scores()
    lines = [
        _line(attempt, take, scores, coach=visit.person)
        for attempt_id in home.training.handed_in(visit.actor.coached, limit=SHOWN)
        for attempt in (home.store.get(attempt_id),)
        for take in attempt.takes
        if take.state is TakeState.SCORED
    ]
    return visit.page(
        request,
        "team/calibration.html.j2",
        agreements=home.calibration_office.agreements(),
        lines=sorted(lines, key=lambda line: (line.mine, -line.others)),
        goal=GOAL_WITHIN_ONE_BAND,
        enough=ENOUGH,
    )


@router.get("/{attempt_id}/{take_id}", response_class=HTMLResponse)
def reply(request: Request, visit: CurrentVisit, attempt_id: str, take_id: str) -> Response:
    """One reply to score; who has done so sees what others gave."""
    return _page(request, visit, attempt_id, take_id)


@router.post("/{attempt_id}/{take_id}", response_class=HTMLResponse)
def score(
    request: Request, visit: CurrentVisit, attempt_id: str, take_id: str, form: Annotated[Given, Form()]
) -> Response:
    """Keep this coach's points."""
    visit.ask(Action.CREATE, CALIBRATION)
    attempt, take = visit.take(attempt_id, take_id, Action.REVIEW)
    given = form.model_dump(exclude_none=True)
    points = {criterion: given[criterion.value] for criterion in _asked(take) if criterion.value in given}
    try:
        visit.house.calibration_office.score(attempt, take, points, coach=visit.person)
    except UsageError as fault:
        return _page(request, visit, attempt_id, take_id, fault=fault, status=422)
    return RedirectResponse(f"/calibration/{attempt.id}/{take.id}", status_code=303)


def _page(
    request: Request,
    visit: Visit,
    attempt_id: str,
    take_id: str,
    *,
    fault: UsageError | None = None,
    status: int = 200,
) -> Response:
    visit.ask(Action.VIEW, CALIBRATION)
    attempt, take = visit.take(attempt_id, take_id)
    home = visit.house
    given = home.calibration_office.of_take(attempt.id, take.id)
    done = may_see(given, coach=visit.person, attempt_id=attempt.id, take_id=take.id)
    coaches = sorted({one.coach for one in given if done}, key=lambda coach: (coach != visit.person, coach))
    asked = _asked(take)
    machine = {criterion: take.score.criterion(criterion) for criterion in asked} if take.score else {}
    return visit.page(
        request,
        "team/blind.html.j2",
        status=status,
        fault=fault,
        attempt=attempt,
        take=take,
        turn=as_judged(attempt, take),
        asked=asked,
        rules=home.rubric_office.current().criteria,
        done=done,
        coaches=coaches,
        points={(one.coach, one.criterion): one.points for one in given if done},
        machine={name: one.points for name, one in machine.items() if one is not None} if done else {},
    )


def _asked(take: Take) -> list[Criterion]:
    """The skills this reply is judged on."""
    return [one.criterion for one in take.score.criteria] if take.score else []


def _line(attempt: Attempt, take: Take, scores: list[BlindScore], *, coach: str) -> Line:
    by = {one.coach for one in scores if (one.attempt_id, one.take_id) == (attempt.id, take.id)}
    return Line(attempt, take, coach in by, len(by - {coach}))
