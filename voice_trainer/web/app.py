"""The application: services, guard, faults, routers, static files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from voice_trainer import __version__
from voice_trainer.practice.recovery import recover
from voice_trainer.teams.policy import Actor, local_actor
from voice_trainer.web import faults
from voice_trainer.web.deps import Access, LocalAccess, Services, WhoIsAsking
from voice_trainer.web.entrance import Entrance
from voice_trainer.web.live.recording import OpenRecordings
from voice_trainer.web.provider import Provider
from voice_trainer.web.rendering import REPORTS, STATIC, Pages
from voice_trainer.web.routers import NAV, ROUTERS
from voice_trainer.web.security import Guard
from voice_trainer.web.settings import WebSettings
from voice_trainer.web.voices import Voices
from voice_trainer.wiring import House


def create_app(
    house: House,
    *,
    settings: WebSettings | None = None,
    who: WhoIsAsking | None = None,
    access: Access | None = None,
    entrance: Entrance | None = None,
    provider: Provider | None = None,
) -> FastAPI:
    """The server's application.

    Parameters
    ----------
    who
        Finds out who is asking; by default the person of the settings, to whom everything is open.
    access
        What they may do; by default everything, under the same policy.
    entrance, provider
        How people come in on a server with accounts: `voice_trainer.web.team.create_team_app` gives them.
    """
    settings = settings or WebSettings()

    def the_one_user(connection: HTTPConnection) -> Actor:
        del connection
        return local_actor(house.settings.person)

    pages = Pages(settings, nav=NAV)
    services = Services(
        house=house,
        pages=pages,
        access=access or LocalAccess(),
        who=who or the_one_user,
        voices=Voices(house.synthesizer),
        recordings=OpenRecordings(),
        entrance=entrance,
        provider=provider,
    )
    app = FastAPI(
        title="voice-trainer",
        version=__version__,
        description="Practise active listening aloud: what the pages use, for your programs too.",
        lifespan=_lifespan,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.services = services
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Guard, settings=settings)
    faults.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount(f"{pages.static_prefix}/report", _Unchanging(directory=REPORTS), name="report")
    app.mount(pages.static_prefix, _Unchanging(directory=STATIC), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    house = services.house
    await to_thread.run_sync(lambda: recover(house.store, house.blobs))
    yield
    await services.recordings.close()
    services.voices.close()


class _Unchanging(StaticFiles):
    """Files whose address names their content: a browser may keep them for good."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
