"""What concerns one person: who has opened their things, where they are signed in."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.teams.policy import Kind
from voice_trainer.web.deps import CurrentVisit, services_of

router = APIRouter(include_in_schema=False)


@router.get("/me", response_class=HTMLResponse)
def me(request: Request, visit: CurrentVisit) -> Response:
    """The account, its sign-ins, and the log of who has seen what is this person's."""
    visit.own(Kind.ACCOUNT)
    visit.own(Kind.AUDIT)
    home = visit.house
    account = home.accounts.account(visit.person)
    names = {one.id: one.name for one in home.accounts.accounts()}
    entrance = services_of(request).entrance
    return visit.page(
        request,
        "team/me.html.j2",
        account=account,
        sign_ins=home.accounts.sign_ins(visit.person),
        this_one=entrance.digest(request) if entrance else "",
        entries=home.audit.about(visit.person),
        names=names,
    )


@router.post("/me/sign-ins/{digest}/end")
def end_sign_in(request: Request, visit: CurrentVisit, digest: str) -> Response:
    """Sign one browser out, wherever it is."""
    del request
    visit.own(Kind.ACCOUNT)
    visit.house.accounts.end_sign_ins(visit.person, only=digest)
    return RedirectResponse("/me", status_code=303)
