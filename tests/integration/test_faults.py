"""The short form of `benchmarks/faults.py`: each of the four is killed once in mid-work."""

from __future__ import annotations

import sys

import pytest

from benchmarks.faults import run
from tests.postgres import programs


@pytest.mark.skipif(sys.platform == "win32" or programs() is None, reason="no PostgreSQL, or no kill -9")
def test_nothing_that_was_told_saved_is_lost_or_judged_twice() -> None:
    outcome = run(4)
    assert outcome.good, outcome
    assert outcome.rounds == dict.fromkeys(("worker", "recorder", "postgres", "store"), 1)
