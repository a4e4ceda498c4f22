"""Templates and static files. Every page is rendered here, so that all have one frame."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from voice_trainer import __version__
from voice_trainer.exports import page as reports
from voice_trainer.web.settings import WebSettings

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
REPORTS = reports.TEMPLATES

# Windows asks its registry what a file is, and some programs write nonsense there.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the menu on every page."""

    href: str
    label: str


def static_version(*folders: Path) -> str:
    """Stands in the address of static files: a new content gets a new address and old ones may be cached.

    One version for all, because modules and styles name each other by relative paths.
    """
    digest = hashlib.sha256()
    for folder in folders or (STATIC, REPORTS):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Pages:
    """Renders templates of ``templates/``; `static(path)` in them gives the address of a static file.

    Those of a report are there too, so that a take looks the same on a page and in a file handed on; their
    style and script are served below ``report/``.
    """

    def __init__(self, settings: WebSettings, *, nav: Sequence[NavItem]) -> None:
        self.static_prefix = f"/static/{static_version()}"
        self._environment = Environment(
            loader=FileSystemLoader((TEMPLATES, REPORTS)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            static=self.static,
            has_static=lambda path: (STATIC / path).is_file(),
            language=settings.language,
            direction=settings.direction,
            nav=tuple(nav),
            version=__version__,
        )

    def static(self, path: str) -> str:
        """The address of a file under ``static/``."""
        return f"{self.static_prefix}/{path}"

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page (or, for a template that extends nothing, a part of one)."""
        text = self._environment.get_template(template).render(path=request.url.path, **values)
        headers = {"Cache-Control": "no-store"}  # a shared machine's back button must not show a voice's page
        return HTMLResponse(text, status_code=status, headers=headers)
