"""Rubrics: their versions, writing a new one, what it would do to scores that exist, putting it to use."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.errors import UsageError
from voice_trainer.scoring.rubric import CURRENT_VERSION, available_versions, rubric_text
from voice_trainer.teams.policy import Action, Kind, Resource, not_found
from voice_trainer.teams.rubrics import TEXT_MAX, preview
from voice_trainer.web.deps import CurrentVisit, Visit

router = APIRouter(prefix="/rubrics", include_in_schema=False)

RUBRICS = Resource(Kind.RUBRIC)
TRIED_ON = 100  # attempts


@router.get("", response_class=HTMLResponse)
def rubrics(request: Request, visit: CurrentVisit) -> Response:
    """All versions, and a copy of the current one to change."""
    visit.ask(Action.VIEW, RUBRICS)
    return _list(request, visit)


@router.post("", response_class=HTMLResponse)
def draft(
    request: Request, visit: CurrentVisit, text: Annotated[str, Form(max_length=2 * TEXT_MAX)] = ""
) -> Response:
    """Keep a draft."""
    visit.ask(Action.CREATE, RUBRICS)
    plain = text.replace("\r\n", "\n")  # as browsers send lines
    try:
        kept = visit.house.rubric_office.draft(plain, by=visit.person)
    except UsageError as fault:
        return _list(request, visit, fault=fault, text=plain, status=422)
    return RedirectResponse(f"/rubrics/{kept.version}", status_code=303)


@router.get("/{version}", response_class=HTMLResponse)
def rubric(request: Request, visit: CurrentVisit, version: str) -> Response:
    """One version, beside the one before it on attempts handed in: nothing is saved."""
    visit.ask(Action.VIEW, RUBRICS)
    return _page(request, visit, version)


@router.post("/{version}/live", response_class=HTMLResponse)
def go_live(request: Request, visit: CurrentVisit, version: str) -> Response:
    """Judge by it from now on."""
    visit.ask(Action.CHANGE, RUBRICS)
    try:
        visit.house.rubric_office.go_live(version)
    except UsageError as fault:
        return _page(request, visit, version, fault=fault, status=422)
    return RedirectResponse(f"/rubrics/{version}", status_code=303)


@router.post("/{version}/rescore", response_class=HTMLResponse)
def rescore(request: Request, visit: CurrentVisit, version: str) -> Response:
    """Score takes that exist by the current version."""
    visit.ask(Action.CHANGE, RUBRICS)
    office = visit.house.rubric_office
    if version != office.current_version():
        fault = UsageError("rubric_not_live", "Only the current version scores again.", remedy="Choose that.")
        return _page(request, visit, version, fault=fault, status=422)
    count, all_of_them = office.rescore(version)
    rest = "" if all_of_them else " More are left: press it again."
    return _page(request, visit, version, note=f"{count} takes were scored again.{rest}")


def _list(
    request: Request, visit: Visit, *, fault: UsageError | None = None, text: str = "", status: int = 200
) -> Response:
    office = visit.house.rubric_office
    current = office.current_version()
    names = {one.id: one.name for one in visit.house.accounts.accounts()}
    return visit.page(
        request,
        "team/rubrics.html.j2",
        status=status,
        fault=fault,
        current=current,
        written=office.written(),
        built_in=available_versions(),
        names=names,
        text=text or office.text(current) or rubric_text(current),
    )


def _page(
    request: Request,
    visit: Visit,
    version: str,
    *,
    fault: UsageError | None = None,
    note: str = "",
    status: int = 200,
) -> Response:
    home = visit.house
    office = home.rubric_office
    try:
        shown = office.rubric(version)
    except UsageError:
        raise not_found() from None
    current = office.current_version()
    before = _before(visit, version) if version == current else current
    attempts = [home.store.get(one) for one in home.training.handed_in(visit.actor.coached, limit=TRIED_ON)]
    return visit.page(
        request,
        "team/rubric.html.j2",
        status=status,
        fault=fault,
        note=note,
        version=version,
        current=current,
        before=before,
        written=next((one for one in office.written() if one.version == version), None),
        text=office.text(version) or rubric_text(version),
        drift=preview(shown, attempts, current=office.rubric(before)) if before != version else [],
        attempts=len(attempts),
    )


def _before(visit: Visit, version: str) -> str:
    """The version that was current before this one."""
    live = sorted(
        (one.live_since, one.version)
        for one in visit.house.rubric_office.written()
        if one.live_since is not None
    )
    versions = [CURRENT_VERSION, *(name for _, name in live)]
    return versions[max(0, versions.index(version) - 1)]
