"""Accounts and teams, for admins, who see no recording."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.errors import UsageError
from voice_trainer.teams.policy import Action, Kind, Resource, not_found
from voice_trainer.web.deps import CurrentVisit, Visit

router = APIRouter(prefix="/admin", include_in_schema=False)

Text = Annotated[str, Form(max_length=200)]
ACCOUNTS = Resource(Kind.ACCOUNT)


@router.get("", response_class=HTMLResponse)
def accounts(request: Request, visit: CurrentVisit) -> Response:
    """Accounts, teams, invitations."""
    visit.ask(Action.VIEW, ACCOUNTS)
    return _page(request, visit)


@router.post("/teams", response_class=HTMLResponse)
def add_team(request: Request, visit: CurrentVisit, name: Text) -> Response:
    """Make a team."""
    visit.ask(Action.CREATE, ACCOUNTS)
    if not name.strip():
        fault = UsageError("team_nameless", "A team needs a name.", remedy="Type one.")
        return _page(request, visit, fault=fault, status=422)
    visit.house.accounts.save_team(Team(f"t-{secrets.token_hex(4)}", name.strip()))
    return RedirectResponse("/admin", status_code=303)


class Access(BaseModel):
    """What an account may do, as the form sends it."""

    roles: list[str] = Field(default=[], max_length=10)
    team_id: str = Field(default="", max_length=64)
    coached: list[str] = Field(default=[], max_length=500)


class Invited(Access):
    """Somebody to invite."""

    login: str = Field(max_length=200)
    name: str = Field(default="", max_length=200)


class Changed(Access):
    """What an account is to become."""

    disabled: bool = False


@router.post("/invitations", response_class=HTMLResponse)
def invite(request: Request, visit: CurrentVisit, form: Annotated[Invited, Form()]) -> Response:
    """Make an invitation and show its link once: only its digest is kept."""
    visit.ask(Action.CREATE, ACCOUNTS)
    try:
        secret = visit.house.reception.invite(
            login=form.login,
            name=form.name,
            roles=_roles(form.roles),
            by=visit.person,
            team_id=form.team_id or None,
            coached=frozenset(form.coached),
        )
    except UsageError as fault:
        return _page(request, visit, fault=fault, status=422)
    return _page(request, visit, link=f"{request.base_url}invitation/{secret}", status=201)


@router.post("/accounts/{account_id}", response_class=HTMLResponse)
def change(
    request: Request, visit: CurrentVisit, account_id: str, form: Annotated[Changed, Form()]
) -> Response:
    """Other roles or teams; whoever it is has to sign in again."""
    visit.ask(Action.CHANGE, ACCOUNTS)
    account = _account(visit, account_id)
    try:
        changed = replace(
            account,
            roles=_roles(form.roles),
            team_id=form.team_id or None,
            coached=frozenset(form.coached),
            disabled=form.disabled,
        )
        visit.house.reception.change(changed)
    except UsageError as fault:
        return _page(request, visit, fault=fault, status=422)
    return RedirectResponse("/admin", status_code=303)


@router.post("/accounts/{account_id}/erase", response_class=HTMLResponse)
def erase(request: Request, visit: CurrentVisit, account_id: str, login: Text = "") -> Response:
    """Erase a person and their account for good; `login` typed once more says that it is meant."""
    visit.ask(Action.DELETE, Resource(Kind.PERSON, account_id), resource_id=account_id)
    account = _account(visit, account_id)
    try:
        if login.strip().casefold() != account.login:
            raise UsageError(
                "erasure_unconfirmed",
                f"That is not what {account.name} signs in as, so nothing was erased.",
                remedy="Type it as it stands in the table.",
            )
        receipt = visit.house.registrar.erase(account.id, by=visit.person)
    except UsageError as fault:
        return _page(request, visit, fault=fault, status=422)
    return visit.page(request, "team/receipt.html.j2", receipt=receipt, own=False)


def _roles(names: list[str]) -> frozenset[Role]:
    try:
        return frozenset(Role(name) for name in names)
    except ValueError as error:
        raise UsageError("roles_wrong", f"{error}.", remedy="Choose from the list.") from error


def _account(visit: Visit, account_id: str) -> Account:
    account = visit.house.accounts.account(account_id)
    if account is None:
        raise not_found()
    return account


def _page(
    request: Request,
    visit: Visit,
    *,
    fault: UsageError | None = None,
    link: str = "",
    status: int = 200,
) -> Response:
    home = visit.house
    return visit.page(
        request,
        "team/admin.html.j2",
        status=status,
        accounts=home.accounts.accounts(),
        teams=home.accounts.teams(),
        invitations=home.accounts.open_invitations(now=home.clock.now()),
        roles=[role.value for role in Role],
        fault=fault,
        link=link,
    )
