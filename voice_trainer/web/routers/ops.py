"""For those who watch the server: is it there, can it work, how does it go. Nothing is about a person."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from voice_trainer.wiring import House

router = APIRouter(tags=["server"])


def _house(request: Request) -> House:
    house: House = request.app.state.services.house
    return house


@router.get("/healthz", include_in_schema=False)
async def healthz() -> Response:
    """The process answers."""
    return Response("ok", media_type="text/plain")


@router.get("/readyz", include_in_schema=False)
async def readyz(request: Request) -> Response:
    """Database, recordings and disk can be worked with: 200; otherwise 503 and the codes of what cannot."""
    faults = await run_in_threadpool(_house(request).watch.faults)
    return Response("\n".join(faults) or "ready", 503 if faults else 200, media_type="text/plain")


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    text = await run_in_threadpool(_house(request).metrics)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
