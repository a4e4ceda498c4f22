"""Signing in through the company's provider: there and back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from voice_trainer.errors import AccessError
from voice_trainer.teams.policy import actor_of
from voice_trainer.web.deps import services_of
from voice_trainer.web.entrance import Entrance, landing, within
from voice_trainer.web.provider import Provider

router = APIRouter(prefix="/sign-in/provider", include_in_schema=False)


def _parts(request: Request) -> tuple[Entrance, Provider]:
    services = services_of(request)
    assert services.entrance is not None  # these routes are there where both are
    assert services.provider is not None
    return services.entrance, services.provider


@router.get("")
async def start(request: Request, to: str = "/") -> Response:
    """Send the browser to the provider."""
    _, provider = _parts(request)
    try:
        back_to = str(request.url_for("finish_at_provider"))
        return await provider.start(request, back_to=back_to, then=within(to, otherwise="/"))
    except AccessError as fault:
        return _told(request, fault)


@router.get("/return", name="finish_at_provider")
async def finish(request: Request) -> Response:
    """Let in whom the provider vouches for, if there is an account under that address."""
    entrance, provider = _parts(request)
    try:
        login, then = await provider.finish(request)
        account = entrance.reception.by_provider(login=login)
    except AccessError as fault:
        return _told(request, fault)
    secret = entrance.reception.begin(account, browser=request.headers.get("user-agent", ""))
    start = landing(actor_of(account))
    return entrance.let_in(secret, to=start if then == "/" else within(then, otherwise=start))


def _told(request: Request, fault: AccessError) -> Response:
    values = {"to": "/", "fault": fault, "login": "", "provider": _parts(request)[1].name}
    return services_of(request).pages.page(request, "team/sign_in.html.j2", status=401, nav=(), **values)
