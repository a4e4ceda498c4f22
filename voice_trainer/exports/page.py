"""What every page shares: templates, inlined style and script, and the policy that allows no other."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"


def render_page(template: str, *, styles: tuple[str, ...], script: str = "", **values: Any) -> str:
    """A page, complete: no script, style, sound or address lies outside it.

    `styles` and `script` are names of files beside the templates.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = "".join(_inline(name) for name in styles)
    code = _inline(script) if script else ""
    return environment.get_template(template).render(
        **values, style=style, script=code, policy=_policy(style, code)
    )


def _inline(name: str) -> str:
    """A file for between tags: with the line ends that the page has, or its hash would not fit."""
    return (TEMPLATES / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _policy(style: str, script: str) -> str:
    """Nothing but this page's own style, script and sound; so a name in a transcript can do no harm."""
    allowed = f"'{_sha256(script)}'" if script else "'none'"
    return (
        "default-src 'none'; media-src data:; "
        f"style-src '{_sha256(style)}'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )


def _sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
