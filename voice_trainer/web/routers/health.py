"""Whether the server is there."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from voice_trainer import __version__

router = APIRouter(prefix="/api", tags=["server"])


class Health(BaseModel):
    """The server answers."""

    status: str
    version: str


@router.get("/health")
async def health() -> Health:
    """Whether the server answers, and its version."""
    return Health(status="ok", version=__version__)
