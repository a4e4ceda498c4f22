"""Fixtures of the tests in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import CHROMIUM, Server, chromium, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser's fake microphone runs by the clock, too; see `tests/integration/conftest.py`."""
    for item in items:
        if "speak_into" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.realtime)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Playwright with Debian's Chromium; without either the tests skip, but fail where CI runs them."""
    missing = None if CHROMIUM.exists() else f"there is no {CHROMIUM}"
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests of a module."""
    with serving(tmp_path_factory.mktemp("house")) as started:
        yield started


@pytest.fixture
def page(playwright: Any, server: Server) -> Iterator[Any]:
    """A page in a fresh browser whose microphone hears silence."""
    with chromium(playwright, base_url=server.url) as opened:
        yield opened


@pytest.fixture
def speak_into(tmp_path: Path) -> Any:
    """Writes sound (`Waveform`) as a WAV file that a fake microphone can play."""

    def write(waveform: Any, name: str = "microphone.wav") -> Path:
        import soundfile

        path = tmp_path / name
        soundfile.write(path, waveform.samples, waveform.rate_hz, subtype="PCM_16")
        return path

    return write
