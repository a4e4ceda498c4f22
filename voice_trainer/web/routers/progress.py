"""What practice adds up to: the page of one's own progress."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from voice_trainer.exports.progress_page import progress_values
from voice_trainer.practice.progress import progress
from voice_trainer.practice.suggestion import suggest
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import CurrentVisit

router = APIRouter(include_in_schema=False)


@router.get("/progress", response_class=HTMLResponse)
def page(request: Request, visit: CurrentVisit) -> HTMLResponse:
    """Skill by skill, how sure each figure is, and today's call."""
    visit.ask(Action.VIEW, Resource(Kind.ATTEMPT, visit.person))
    house = visit.house
    known = house.library.all()
    found = progress(visit.person, house.growth)
    today = suggest(known, person=visit.person, store=house.growth, clock=house.clock) if known else None
    return visit.page(request, "progress_page.html.j2", found=found, today=today, **progress_values(found))
