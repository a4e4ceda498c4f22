"""A real server in a process of its own and a real Chromium, for the tests in `tests/browser`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[1]
_AXE = ROOT / "tests/browser/vendor/axe.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
)


@dataclass(frozen=True)
class Server:
    """A running `voice-trainer serve`."""

    url: str
    data_dir: Path
    process: subprocess.Popen[str]


def with_calls(data_dir: Path, *calls: dict[str, Any]) -> Path:
    """A data folder with calls of its own."""
    for call in calls:
        path = data_dir / "prompts/tests" / f"{call['id']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(call), encoding="utf-8")  # which is YAML, too
    return data_dir


@contextmanager
def serving(data_dir: Path, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[Server]:
    """`voice-trainer serve` on a free port of the loopback, its data in `data_dir`."""
    command = [sys.executable, "-m", "voice_trainer", "serve", "--port", "0", "--no-browser"]
    environment = {
        **os.environ,
        "VOICE_TRAINER_DATA_DIR": str(data_dir),
        "VOICE_TRAINER_PERSON": "jane",
        "VOICE_TRAINER_ENGINE": "pocketsphinx",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "200",
        **(environ or {}),
    }
    process = subprocess.Popen(
        [*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield Server(_address(process), data_dir, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    while line := process.stdout.readline():
        said += line
        if " at http://" in line:
            url = line.split(" at ", 1)[1].split()[0]
            _wait_for(url)
            return url
    raise AssertionError(f"the server did not start: {said}")


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}api/health", timeout=10).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url} does not answer")


def arguments(microphone: Path | None, *, loop: bool, allowed: bool) -> list[str]:
    """Chromium's, with `microphone` (a WAV file) played into every microphone that is opened."""
    fake = ["--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
    if allowed:
        fake.append("--use-fake-ui-for-media-stream")
    if microphone is not None:
        fake.append(f"--use-file-for-fake-audio-capture={microphone}{'' if loop else '%noloop'}")
    return [*_QUIET, *fake]


@contextmanager
def chromium(
    playwright: Any,
    microphone: Path | None = None,
    *,
    loop: bool = False,
    allowed: bool = True,
    **options: Any,
) -> Iterator[Any]:
    """A fresh browser with a fresh profile; yields a Playwright page.

    `page.faults` lists what went wrong in scripts, console and network. The microphone's file begins when a
    page opens the microphone; it is played once, or over and over with `loop`.
    """
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM), args=arguments(microphone, loop=loop, allowed=allowed)
    )
    try:
        context = browser.new_context(**options)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        yield page
    finally:
        browser.close()


def violations(page: Any) -> list[str]:
    """What axe-core finds on the page as it stands."""
    if not _AXE.exists():
        pytest.skip("axe-core is missing: python -m scripts.vendor --tests")
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    return [
        f"{one['id']}: {one['help']} at {node['target']}"
        for one in page.evaluate("rules => axe.run({runOnly: rules})", _RULES)["violations"]
        for node in one["nodes"]
    ]


def suits_everybody(page: Any, where: str, screens: list[tuple[str, int]]) -> None:
    """Assert that axe-core finds nothing and nothing is cut off, in each colour scheme and width (px)."""
    for scheme, width in screens:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], f"{where} {scheme} {width}"
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{where} is {wide} px wide on {width}"
