"""What practice adds up to: one's own progress, the drills that fit it, and how one says one is."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.checkin import HIGHEST, LOWEST, CheckIn, Moment, open_session, trend
from voice_trainer.exports.progress_page import progress_values
from voice_trainer.exports.wording import CRITERIA
from voice_trainer.practice.drill import DRILLS, skill_due
from voice_trainer.practice.progress import progress
from voice_trainer.practice.suggestion import suggest
from voice_trainer.teams.policy import Action, Kind
from voice_trainer.web.deps import CurrentVisit

router = APIRouter(include_in_schema=False)
_SHOWN = 20
_Scale = Annotated[int, Form(ge=LOWEST, le=HIGHEST)]


@router.get("/progress", response_class=HTMLResponse)
def page(request: Request, visit: CurrentVisit) -> HTMLResponse:
    """Skill by skill, how sure each figure is, today's call, the drill that is due, one's check-ins."""
    visit.own(Kind.PROGRESS)
    house, person = visit.house, visit.person
    known = house.library.all()
    found = progress(person, house.growth)
    now = house.clock.now()
    told = trend(house.growth.check_ins(person))
    return visit.page(
        request,
        "progress_page.html.j2",
        found=found,
        today=suggest(known, person=person, store=house.growth, clock=house.clock) if known else None,
        drills=DRILLS.values() if known else [],
        due=skill_due(person, house.growth, takes=house.growth.practised(person), now=now),
        names=CRITERIA,
        told=told,
        shown=told.check_ins[-_SHOWN:],
        open_session=open_session(told.check_ins),
        scale=range(LOWEST, HIGHEST + 1),
        retention_days=house.settings.retention_days,
        **progress_values(found),
    )


@router.post("/progress/check-ins")
def check_in(
    visit: CurrentVisit, moment: Annotated[Moment, Form()], stress: _Scale, confidence: _Scale
) -> Response:
    """Two taps; one after a session belongs to the newest before it."""
    visit.own(Kind.CHECK_IN, Action.CREATE)
    growth = visit.house.growth
    begun = open_session(growth.check_ins(visit.person))
    session = begun if begun and moment is Moment.AFTER else secrets.token_hex(8)
    now = visit.house.clock.now()
    growth.save_check_in(CheckIn(visit.person, now, moment, stress, confidence, session))
    return RedirectResponse("/progress#check-ins", status_code=303)


@router.post("/progress/check-ins/delete")
def forget(visit: CurrentVisit) -> Response:
    """All of one's own, for good."""
    visit.own(Kind.CHECK_IN, Action.DELETE)
    visit.house.growth.forget_check_ins(visit.person)
    return RedirectResponse("/progress#check-ins", status_code=303)
