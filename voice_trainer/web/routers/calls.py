"""The first page: which call to practise."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from voice_trainer.teams.policy import Kind
from voice_trainer.web.deps import CurrentVisit

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def calls(request: Request, visit: CurrentVisit) -> HTMLResponse:
    """The calls there are."""
    visit.own(Kind.SCENARIO)
    return visit.page(request, "calls.html.j2", calls=visit.house.library.all())
