"""Every part of the site, in one list; `NAV` is the menu."""

from __future__ import annotations

from voice_trainer.web.rendering import NavItem
from voice_trainer.web.routers import calls, health, ops

ROUTERS = (
    health.router,
    ops.router,
    calls.router,
)

NAV = (NavItem("/", "Practise"),)
