"""Fixtures of the tests that play and record for real."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import postgres as postgres_server
from tests import virtual_audio as headset


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what plays and records by the clock: those tests run one after the other (`scripts/check.py`).

    On a shared machine that stands still for a moment sound is lost on the virtual wire, which is not ours.
    Such a test gets a second try; that it needed one is told at the end.
    """
    for item in items:
        patient = item.get_closest_marker("patient") is not None
        if "virtual_audio" in getattr(item, "fixturenames", ()) and not patient:
            item.add_marker(pytest.mark.realtime)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def virtual_audio(monkeypatch: pytest.MonkeyPatch) -> Iterator[headset.VirtualAudio]:
    """A virtual headset of this test's own; programs started by the test use it too."""
    lacking = headset.missing_part()
    if lacking:
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)
    with headset.running() as audio:
        for name, value in audio.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PULSE_LATENCY_MSEC", raising=False)
        yield audio


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """One PostgreSQL for all tests that need one; each makes a database of its own."""
    with postgres_server.running() as server:
        yield server
