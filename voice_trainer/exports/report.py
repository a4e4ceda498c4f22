"""One self-contained HTML page: how one or two replies landed, with the evidence beside each claim."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.exports.page import TEMPLATES, render_page
from voice_trainer.exports.panel import ReportPanel

__all__ = ["TEMPLATES", "ReportPanel", "render_report"]


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
    from voice_trainer.exports.views import panel_view

    views = [panel_view(panel, number) for number, panel in enumerate(panels, start=1)]
    calls = {(panel.scenario.title, panel.turn.says) for panel in panels}
    return render_page(
        "report.html.j2",
        styles=("report.css", "panel.css"),
        script="report.js",
        title=title,
        intro=intro,
        language=language,
        panels=views,
        shared_call=views[0].call if len(calls) == 1 and views else None,
    )
