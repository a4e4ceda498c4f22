"""The coach's desk in a real browser: recordings come in, are judged, commented, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browsers import ROOT, chromium, serving, violations

SOUNDS = ROOT / "audio_fixtures"


def test_a_recording_is_brought_in_reviewed_by_keys_and_deleted(playwright: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as server, chromium(playwright, base_url=server.url) as page:
        page.goto("/desk")
        page.locator("#files").set_input_files([SOUNDS / "coffee-good-rms.flac", SOUNDS / "README.md"])
        expect(page.locator("#chosen")).to_contain_text("2 chosen")
        page.locator("#person").fill("ann")
        page.locator("[name=agreed]").check()
        page.get_by_role("button", name="Bring in").click()
        expect(page.locator("#brought + ul")).to_contain_text("README.md holds text, not sound")
        for _ in range(90):  # judged by a worker beside the server
            if page.locator(".queue li").count():
                break
            page.wait_for_timeout(1000)
            page.goto("/desk")
        page.locator(".queue a").first.click()
        expect(page.locator("h1")).to_be_visible()
        sizes = page.evaluate(
            "performance.getEntriesByType('resource').filter(one => one.name.includes('/static/'))"
            ".map(one => one.encodedBodySize)"
        )
        assert len(sizes) >= 5
        print(f"own and third-party script and style: {sum(sizes)} bytes")
        assert 0 < sum(sizes) < 150_000, sizes

        audio = page.locator("#desk audio")
        page.locator("h1").click()  # focus lies on no field
        page.keyboard.press("l")
        page.wait_for_function("() => document.querySelector('#desk audio').currentTime === 2")
        page.keyboard.press(".")
        assert audio.evaluate("one => one.playbackRate") == 1.25
        page.keyboard.press("c")
        assert page.evaluate("document.activeElement.id") == "text"
        page.keyboard.type("kjl 1: slower here")  # what is typed moves nothing
        assert page.locator("#text").input_value() == "kjl 1: slower here"
        assert audio.evaluate("one => [one.currentTime, one.paused]") == [2, True]
        assert page.locator("#start_s").input_value() == "2.0"
        page.get_by_role("button", name="Add the comment").click()
        expect(page.locator("#comments .remarks")).to_contain_text("slower here")

        machine = page.locator(".judged .machine").first.inner_text()
        page.keyboard.press("1")
        page.keyboard.type("42")
        page.locator(".judged").first.get_by_label("Why").fill("I hear it otherwise.")
        page.get_by_role("button", name="Give these points").first.click()
        expect(page.locator(".judged .theirs").first).to_contain_text("42")
        assert page.locator(".judged .machine").first.inner_text() == machine
        assert violations(page) == []

        page.locator("#keys summary").click()
        page.locator("#keys-on").uncheck()
        page.keyboard.press("l")
        assert audio.evaluate("one => one.currentTime") == 0

        page.locator(".sure summary").click()
        page.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text("Nothing lies here yet.")).to_be_visible()
        assert page.faults == []
        assert not [one for one in (tmp_path / "recordings").rglob("*") if one.is_file()]


def test_recordings_are_dropped_in(page: Any) -> None:
    page.goto("/desk")
    page.evaluate(
        """() => {
            const dropped = new DataTransfer();
            dropped.items.add(new File(["a"], "one.wav"));
            dropped.items.add(new File(["b"], "notes.txt"));
            document.getElementById("drop").dispatchEvent(new DragEvent("drop", {dataTransfer: dropped}));
        }"""
    )
    expect(page.locator("#chosen")).to_have_text("1 chosen: one.wav. 1 left out: no recordings.")
    assert page.locator("#files").evaluate("one => one.files.length") == 1
    assert page.faults == []
