"""Every page, as a browser shows it."""

from __future__ import annotations

from typing import Any


def test_the_first_page_lists_the_calls_without_a_fault(page: Any) -> None:
    page.goto("/")
    assert page.locator("main h1").count() == 1
    assert page.locator(".calls li").count() >= 24
    assert page.faults == []
