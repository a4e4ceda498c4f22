"""The same site for many people: accounts at the entrance, and the pages of coaches, HR and admins."""

from __future__ import annotations

from fastapi import FastAPI

from voice_trainer.web.app import create_app
from voice_trainer.web.entrance import Entrance
from voice_trainer.web.provider import provider_of
from voice_trainer.web.routers import (
    admin,
    calibration,
    coaching,
    entrance,
    jobs,
    me,
    reporting,
    rubrics,
    through_provider,
)
from voice_trainer.web.settings import WebSettings
from voice_trainer.wiring import House

TEAM_ROUTERS = (
    entrance.router,
    me.router,
    admin.router,
    jobs.router,
    coaching.router,
    calibration.router,
    rubrics.router,
    reporting.router,
)


def create_team_app(house: House, *, settings: WebSettings | None = None, secure: bool = False) -> FastAPI:
    """The application of a server with accounts.

    `secure` says that browsers reach it by https (its own certificate, or a proxy's).
    """
    doorkeeper = Entrance(house.reception, secure)
    provider = provider_of(house.settings)
    app = create_app(
        house,
        settings=settings,
        who=doorkeeper.who,
        access=house.access,
        entrance=doorkeeper,
        provider=provider,
    )
    for router in TEAM_ROUTERS:
        app.include_router(router)
    if provider is not None:
        provider.install(app, secure=secure)
        app.include_router(through_provider.router)
    return app
