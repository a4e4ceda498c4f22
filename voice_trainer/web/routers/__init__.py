"""Every part of the site, in one list; `NAV` is the menu."""

from __future__ import annotations

from voice_trainer.web.rendering import NavItem
from voice_trainer.web.routers import (
    attempts,
    calls,
    consent,
    desk,
    health,
    live,
    ops,
    practise,
    progress,
    results,
)

ROUTERS = (
    health.router,
    ops.router,
    calls.router,
    calls.api,
    consent.router,
    practise.router,
    practise.api,
    attempts.router,
    results.router,
    desk.router,
    desk.api,
    progress.router,
    live.router,
)

NAV = (
    NavItem("/", "Practise"),
    NavItem("/attempts", "My calls"),
    NavItem("/progress", "Progress"),
    NavItem("/desk", "Coach's desk"),
)
