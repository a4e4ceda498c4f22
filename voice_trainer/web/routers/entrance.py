"""Signing in and out, and the link of an invitation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from voice_trainer.errors import AccessError, UsageError
from voice_trainer.teams.policy import actor_of
from voice_trainer.web.deps import services_of
from voice_trainer.web.entrance import Entrance, landing, within

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=500)]


def _entrance(request: Request) -> Entrance:
    entrance = services_of(request).entrance
    assert entrance is not None  # these routes are there on a server with accounts alone
    return entrance


def _page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page for somebody who is not signed in: no menu, no name."""
    services = services_of(request)
    values.setdefault("provider", services.provider.name if services.provider else "")
    return services.pages.page(request, template, status=status, nav=(), **values)


def _browser(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_page(request: Request, to: str = "/") -> Response:
    """The sign-in page."""
    return _page(request, "team/sign_in.html.j2", to=within(to, otherwise="/"), fault=None, login="")


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(request: Request, login: Text, password: Text, to: Text = "/") -> Response:
    """Let somebody in, or say that it was not right."""
    entrance = _entrance(request)
    try:
        secret = entrance.reception.sign_in(
            login=login, password=password, address=_address(request), browser=_browser(request)
        )
    except UsageError as fault:
        status = 429 if fault.code == "too_many_tries" else 401
        values = {"to": within(to, otherwise="/"), "fault": fault, "login": login}
        return _page(request, "team/sign_in.html.j2", status=status, **values)
    account = entrance.reception.who(secret)
    start = landing(actor_of(account)) if account else "/"
    wanted = within(to, otherwise="/")
    return entrance.let_in(secret, to=start if wanted == "/" else wanted)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this browser's sign-in."""
    entrance = _entrance(request)
    entrance.reception.sign_out(entrance.secret(request))
    return entrance.show_out()


@router.get("/invitation/{secret}", response_class=HTMLResponse)
def invitation_page(request: Request, secret: str) -> Response:
    """Where somebody who was invited chooses a password."""
    try:
        invitation = _entrance(request).reception.invitation(secret)
    except AccessError as fault:
        return _page(request, "fault.html.j2", status=410, fault=fault)
    return _page(request, "team/invitation.html.j2", invitation=invitation, fault=None)


@router.post("/invitation/{secret}", response_class=HTMLResponse)
def accept(request: Request, secret: str, password: Text, again: Text) -> Response:
    """Make the account and sign in."""
    entrance = _entrance(request)
    try:
        invitation = entrance.reception.invitation(secret)
    except AccessError as fault:
        return _page(request, "fault.html.j2", status=410, fault=fault)
    try:
        if password != again:
            raise UsageError("passwords_differ", "The two passwords differ.", remedy="Type both again.")
        account = entrance.reception.accept(secret, password=password)
    except UsageError as fault:
        return _page(request, "team/invitation.html.j2", status=422, invitation=invitation, fault=fault)
    return entrance.let_in(
        entrance.reception.begin(account, browser=_browser(request)), to=landing(actor_of(account))
    )
