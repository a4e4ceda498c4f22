"""Every page that needs no microphone, as a browser shows it: no fault, nothing cut off, for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsers import Server, chromium, suits_everybody

PAGES = [
    "/",
    "/calls/late-coffee-machine",
    "/drills/validation",
    "/attempts",
    "/progress",
    "/desk",
    "/desk/agreement",
    "/nowhere",
]
SCREENS = [("light", 360), ("dark", 360), ("light", 768), ("light", 1280), ("dark", 1280)]


def steps(page: Any) -> list[str]:
    """The parts of the page of a call that are shown one after the other."""
    return list(page.evaluate("[...document.querySelectorAll('[id^=step-]')].map(step => step.id)"))


def show_step(page: Any, step: str) -> None:
    """Show that part alone."""
    page.evaluate(
        "id => document.querySelectorAll('[id^=step-]').forEach(step => step.hidden = step.id !== id)", step
    )


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(playwright: Any, server: Server, path: str) -> None:
    with chromium(playwright, base_url=server.url) as page:
        page.goto(path)
        for step in steps(page) or [""]:
            if step:
                show_step(page, step)
            suits_everybody(page, f"{path} {step}", SCREENS)
        assert [fault for fault in page.faults if "404" not in fault] == []


def test_the_list_is_narrowed_without_loading_the_page_again(page: Any) -> None:
    page.goto("/")
    page.evaluate("window.before = true")
    page.locator("#kind").select_option("sales")
    page.wait_for_url("**kind=sales**")
    page.wait_for_function("() => document.querySelectorAll('.calls li').length < 10")
    assert page.evaluate("window.before") is True
    assert page.faults == []


def test_everything_is_reached_with_the_keyboard(page: Any) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("path", ["/", "/calls/late-coffee-machine", "/progress", "/desk"])
def test_the_other_direction_mirrors_the_page(page: Any, path: str) -> None:
    page.goto(path)
    page.evaluate("document.documentElement.dir = 'rtl'")
    brand = page.locator(".brand").bounding_box()
    assert brand["x"] > page.viewport_size["width"] / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_first_load_is_light(page: Any) -> None:
    """Script and style of the first page, as they come over the line."""
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: answer.request.sizes()["responseBodySize"]}))
    page.goto("/calls/late-coffee-machine", wait_until="networkidle")
    loaded = {url: size for url, size in sizes.items() if "/static/" in url}
    assert len(loaded) >= 5
    assert sum(loaded.values()) < 150_000, loaded
