"""One self-contained HTML page: how one or two replies landed, with the evidence beside each claim."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from voice_trainer.exports.panel import ReportPanel

__all__ = ["ReportPanel", "render_report"]

TEMPLATES = Path(__file__).parent / "templates"


def render_report(title: str, panels: Sequence[ReportPanel], *, intro: str = "", language: str = "en") -> str:
    """The page, complete: no script, style, sound or address lies outside it.

    Parameters
    ----------
    title
        The heading of the page.
    panels
        One panel a take; two stand beside each other on a wide screen.
    intro
        A sentence under the heading.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from voice_trainer.exports.views import panel_view

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (_inline(name) for name in ("report.css", "report.js"))
    views = [panel_view(panel, number) for number, panel in enumerate(panels, start=1)]
    calls = {(panel.scenario.title, panel.turn.says) for panel in panels}
    return environment.get_template("report.html.j2").render(
        title=title,
        intro=intro,
        language=language,
        panels=views,
        shared_call=views[0].call if len(calls) == 1 and views else None,
        style=style,
        script=script,
        policy=_policy(style, script),
    )


def _inline(name: str) -> str:
    """A file for between tags: with the line ends that the page has, or its hash would not fit."""
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy(style: str, script: str) -> str:
    """Nothing but this page's own style, script and sound; so a name in a transcript can do no harm."""
    return (
        "default-src 'none'; media-src data:; "
        f"style-src '{_sha256(style)}'; script-src '{_sha256(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
