"""The result of a reply in a real browser: heard, corrected, compared, and fit for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsers import ROOT, Server, chromium, serving, suits_everybody
from voice_trainer.domain.attempt import TakeState
from voice_trainer.library.snapshot import sha256
from voice_trainer.practice.takes import begin_take, new_attempt, new_take
from voice_trainer.settings import Settings
from voice_trainer.wiring import House

CALL = "late-coffee-machine"
REPLIES = ("good-rms", "poor-rms")
SCREENS = [(scheme, width) for scheme in ("light", "dark") for width in (360, 768, 1440)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, playwright: Any) -> Iterator[tuple[Server, str]]:
    """A server, and the address of an attempt with two takes that its worker has judged."""
    with serving(tmp_path_factory.mktemp("house")) as server:
        house = House(Settings(person="jane", data_dir=server.data_dir))
        call = house.library.known(CALL)
        attempt = new_attempt(call, scenario_sha256=sha256(call), person="jane", clock=house.clock)
        for name in REPLIES:
            sound = house.loader()(ROOT / f"audio_fixtures/coffee-{name}.flac")
            take = new_take(attempt, call.opening, device="headset", store=house.store, clock=house.clock)
            attempt, writer = begin_take(
                attempt, take, rate_hz=sound.rate_hz, store=house.store, blobs=house.blobs
            )
            writer.write(sound.samples)
            writer.close()
            take = replace(take, state=TakeState.RECORDED, duration_s=sound.duration_s)
            attempt = attempt.with_take(take)
            house.store.save_take(attempt.id, take)
            house.queue.submit(attempt.id, take, rubric="1")
        with chromium(playwright, base_url=server.url) as page:
            for _ in range(90):
                if all(take.score for take in house.store.get(attempt.id).takes):
                    break
                page.wait_for_timeout(1000)
        yield server, f"/attempts/{attempt.id}/takes"


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "two"])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    playwright: Any, judged: tuple[Server, str], beside: bool
) -> None:
    server, place = judged
    address = f"{place}/opening-1{'?beside=opening-2' if beside else ''}"
    with chromium(playwright, base_url=server.url) as page:
        for shown in (address, address.replace("/attempts/", "/desk/")):
            page.goto(shown)
            suits_everybody(page, shown, SCREENS)
        assert page.faults == []


def test_the_other_direction_mirrors_the_page_and_time_still_runs_to_the_right(
    playwright: Any, judged: tuple[Server, str]
) -> None:
    server, place = judged
    with chromium(playwright, base_url=server.url, viewport={"width": 360, "height": 800}) as page:
        page.goto(f"{place}/opening-1")
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("getComputedStyle(document.querySelector('.lanes')).direction") == "ltr"
        heading = page.locator("h1").bounding_box()
        assert heading["x"] + heading["width"] > 340  # it begins at the right


def test_two_takes_play_in_step_and_the_ear_goes_from_one_to_the_other(
    playwright: Any, judged: tuple[Server, str]
) -> None:
    server, place = judged
    with chromium(playwright, base_url=server.url) as page:
        page.goto(f"{place}/opening-1?beside=opening-2")
        starts = page.evaluate(
            "[...document.querySelectorAll('article.panel')]"
            ".map(one => Number(one.querySelector('.said [data-at]').dataset.at))"
        )
        page.locator("#in-step-play").click()
        now = "[...document.querySelectorAll('article.panel audio')].map(one => [one.currentTime, one.muted])"
        page.wait_for_function("() => document.querySelector('article.panel audio').currentTime > 1.5")
        (first, heard), (second, silent) = page.evaluate(now)
        assert (heard, silent) == (False, True)
        assert abs((second - starts[1]) - (first - starts[0])) < 0.2
        page.get_by_role("radio", name="Take 2").check()
        assert [muted for _, muted in page.evaluate(now)] == [True, False]
        page.get_by_role("radio", name="one in each ear").check()
        assert [muted for _, muted in page.evaluate(now)] == [False, False]
        page.locator("#in-step-play").click()
        assert page.evaluate("[...document.querySelectorAll('audio')].every(one => one.paused)")
        page.locator("article.panel .jump[data-at]").last.click()  # one alone again
        page.wait_for_function(
            "() => [...document.querySelectorAll('audio')].filter(one => !one.paused).length === 1"
        )
        assert page.faults == []


def test_a_click_on_a_fact_plays_its_second_and_the_sentence_to_try_is_spoken(
    playwright: Any, judged: tuple[Server, str]
) -> None:
    server, place = judged
    with chromium(playwright, base_url=server.url) as page:
        page.goto(f"{place}/opening-1")
        jump = page.locator(".findings .jump[data-at]").first
        at = float(jump.get_attribute("data-at"))
        jump.click()
        page.wait_for_function("at => document.querySelector('audio').currentTime > at", arg=at)
        assert page.evaluate("document.querySelector('audio').currentTime") < at + 3
        with page.expect_response("**/example") as answer:
            page.locator("[data-say]").click()
        assert answer.value.status in (200, 206)
        assert page.evaluate("document.querySelector('audio').paused")
        expect(page.locator("[data-say]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-say]")).to_have_attribute("aria-pressed", "false", timeout=20_000)
        assert page.faults == []


def test_corrected_words_are_judged_and_what_was_heard_is_kept(
    playwright: Any, judged: tuple[Server, str]
) -> None:
    server, place = judged
    house = House(Settings(person="jane", data_dir=server.data_dir))
    said = "You sound fed up. You have waited three weeks for the coffee machine and nobody came on Tuesday."
    with chromium(playwright, base_url=server.url) as page:
        page.goto(f"{place}/opening-2")
        before = page.locator(".figures").inner_text()
        page.locator("#said").fill(said)
        with page.expect_navigation(timeout=60_000):
            page.get_by_role("button", name="Judge by these words").click()
        assert page.locator("#said").input_value() == said
        assert page.locator(".figures").inner_text() != before
        assert page.faults == []
    [take] = [one for one in house.store.get(place.split("/")[2]).takes if one.id == "opening-2"]
    assert take.transcript is not None
    assert take.transcript.text == said
    assert take.machine_transcript is not None
    assert take.machine_transcript.text != said
