"""Calls taken in a real browser whose microphone hears a recording."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.browsers import Server, chromium, serving, violations, with_calls
from voice_trainer.domain.waveform import Waveform
from voice_trainer.settings import Settings
from voice_trainer.wiring import House

FIXTURES = Path(__file__).resolve().parents[2] / "audio_fixtures"
RATE_HZ = 48_000
JUDGED_MS = 60_000  # pocketsphinx, on a machine that does other things as well
BRIEF = {
    "id": "brief-parcel",
    "version": 1,
    "title": "A parcel that is late",
    "industry": "tests",
    "language": "en-GB",
    "kind": "complaint",
    "difficulty": 1,
    "persona": {"name": "Ann", "voice": "female"},
    "turns": [
        {
            "id": "opening",
            "says": "My parcel is late.",
            "emotion": "frustrated",
            "facts": [{"id": "late", "text": "the parcel is late", "keys": [["parcel"], ["late"]]}],
        }
    ],
}
IDS = ["opening", "second", "third", "fourth", "fifth", "sixth"]
LONG = {
    **BRIEF,
    "id": "six-turns",
    "title": "Six turns",
    "turns": [
        {**BRIEF["turns"][0], "id": turn}  # type: ignore[index]
        | ({"then": dict.fromkeys(("calmer", "same", "angrier"), after)} if after else {})
        for turn, after in zip(IDS, [*IDS[1:], None], strict=True)
    ],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two calls that are quickly taken."""
    with serving(with_calls(tmp_path_factory.mktemp("house"), BRIEF, LONG)) as started:
        yield started


def spoken(name: str, *, before_s: float = 0.0, after_s: float = 0.0) -> Waveform:
    """A fixture with silence around it, at the rate that browsers record with."""
    import soxr

    samples, rate_hz = soundfile.read(FIXTURES / f"{name}.flac", dtype="float32")
    loud = soxr.resample(samples, rate_hz, RATE_HZ)
    parts = [np.zeros(round(before_s * RATE_HZ)), loud, np.zeros(round(after_s * RATE_HZ))]
    return Waveform(np.concatenate(parts).astype(np.float32), RATE_HZ)


def asked(server: Server, path: str) -> Any:
    """The JSON interface."""
    with urllib.request.urlopen(f"{server.url}api/{path}") as answer:
        return json.load(answer)


def newest(server: Server) -> dict[str, Any]:
    """The newest attempt."""
    return dict(asked(server, f"attempts/{asked(server, 'attempts')['attempts'][0]['id']}"))


def answer(page: Any, *, for_s: float) -> None:
    """Speak when it is time to, then say with the keyboard that it is done."""
    page.locator("#finish:visible").wait_for(timeout=JUDGED_MS)
    page.wait_for_timeout(for_s * 1000)
    page.keyboard.press("Space")
    page.locator("#finish:visible").wait_for(state="hidden")


def likeness(server: Server, attempt: dict[str, Any], fed: Waveform) -> float:
    """Correlation of what was kept of the take with what the microphone was fed, where they lie best."""
    import soxr
    from scipy.signal import correlate

    house = House(Settings(person="jane", data_dir=server.data_dir))
    kept = house.blobs.read(f"{attempt['id']}/{attempt['takes'][-1]['id']}")
    heard = soxr.resample(kept.samples, kept.rate_hz, 16_000).astype(np.float64)
    whole = soxr.resample(fed.samples, fed.rate_hz, 16_000).astype(np.float64)
    whole = np.concatenate([np.zeros(len(heard)), whole, np.zeros(len(heard))])
    at = int(np.argmax(np.abs(correlate(whole, heard, mode="valid"))))
    part = whole[at : at + len(heard)]
    assert np.sum(part**2) > 0.5 * np.sum(whole**2) * min(1.0, len(heard) / len(whole))
    return float(np.corrcoef(part, heard)[0, 1])


def ready(page: Any, address: str) -> None:
    """The page of a call or a drill, past consent and check."""
    page.goto(address)
    if page.locator("#agree").is_visible():
        page.locator("#agree").click()
    page.locator("#check-skip").click()


def test_from_consent_to_what_to_take_from_it_and_again(
    playwright: Any, server: Server, speak_into: Any
) -> None:
    heard = speak_into(spoken("coffee-good-rms"))
    with chromium(playwright, heard, loop=True, base_url=server.url) as page:
        page.goto("/calls/brief-parcel")
        assert "scores stay on this machine" in page.inner_text("#step-consent")
        assert page.evaluate("document.activeElement.id") == "h-consent"
        page.locator("#agree").click()
        page.locator("#check-start").click()
        page.locator("#check-on:visible").wait_for(timeout=30_000)
        page.locator("#check-on").click()
        page.locator("#baseline-skip").click()
        page.locator("#start").click()
        answer(page, for_s=4)
        page.locator("#again:visible").wait_for(timeout=JUDGED_MS)
        assert page.inner_text("#after .takeaway").count("\n") >= 3
        page.locator("#again").click()
        answer(page, for_s=2)
        page.locator("#again:visible").wait_for(timeout=JUDGED_MS)
        assert page.locator("#trouble").is_hidden()
        assert page.faults == []
        takes = newest(server)["takes"]
        assert [take["state"] for take in takes] == ["scored", "scored"]
        assert takes[0]["duration_s"] >= 4
        assert takes[0]["score"]["criteria"]
        assert asked(server, "consent")["given_at"] is not None


def test_what_the_microphone_heard_is_kept_though_the_connection_was_cut(
    playwright: Any, server: Server, speak_into: Any
) -> None:
    fed = spoken("coffee-hum-rms", before_s=4.0, after_s=20.0)
    cuts: list[int] = []
    with chromium(playwright, speak_into(fed), base_url=server.url) as page:

        def cut(browser: Any) -> None:
            """Pass everything on; after 13 pieces lose two on the way and break the connection."""
            passed = [0]
            line = browser.connect_to_server()

            def up(message: Any) -> None:
                passed[0] += isinstance(message, bytes)
                if cuts or passed[0] <= 13:
                    line.send(message)
                elif passed[0] == 15:
                    cuts.append(passed[0])
                    line.close()
                    browser.close()

            browser.on_message(up)
            line.on_message(browser.send)

        page.route_web_socket("**/api/live", cut)
        ready(page, "/calls/brief-parcel")
        page.locator("#start").click()
        page.locator("#again:visible").wait_for(timeout=JUDGED_MS)
    assert cuts == [15]
    attempt = newest(server)
    [take] = attempt["takes"]
    assert 7.6 < take["duration_s"] < 14  # it ended by itself, at silence
    assert likeness(server, attempt, fed) >= 0.99


def test_a_call_of_six_turns_flows_and_ends_with_what_to_take_from_it(
    playwright: Any, server: Server, speak_into: Any
) -> None:
    heard = speak_into(spoken("coffee-good-rms"))
    with chromium(playwright, heard, loop=True, base_url=server.url) as page:
        ready(page, "/calls/six-turns")
        page.locator("#start").click()
        for _ in range(3 * len(IDS)):  # the customer may ask to hear a reply again
            page.locator("#finish:visible, #again:visible").first.wait_for(timeout=JUDGED_MS)
            if page.locator("#again").is_visible():
                break
            answer(page, for_s=2)
        assert page.locator("#again").is_visible()
        assert page.locator("#next").is_hidden()
        assert page.inner_text("#h-after") == "What to take from this call"
        assert page.locator("#after .course li").count() == len(IDS) + 1
        assert violations(page) == []
        assert page.faults == []
    attempt = newest(server)
    assert list(dict.fromkeys(take["turn"] for take in attempt["takes"])) == IDS
    assert len(asked(server, f"attempts/{attempt['id']}/call")["temperatures"]) == len(IDS) + 1


def test_a_drill_is_answered_scored_on_one_skill_and_answered_again(
    playwright: Any, server: Server, speak_into: Any
) -> None:
    heard = speak_into(spoken("coffee-good-rms"))
    with chromium(playwright, heard, loop=True, base_url=server.url) as page:
        ready(page, "/drills/validation")
        page.locator("#start").click()
        for round_ in range(2):
            answer(page, for_s=4)
            page.locator("#again:visible").wait_for(timeout=JUDGED_MS)
            assert page.locator("#after .drilled, #after p").first.is_visible()
            if round_ == 0:
                page.locator("#again").click()
        assert page.get_by_role("link", name="Other words to answer").is_visible()
        assert violations(page) == []
        assert page.faults == []
    attempt = newest(server)
    assert len(attempt["takes"]) == 2


def test_a_microphone_that_is_denied_is_explained(playwright: Any, server: Server) -> None:
    with chromium(playwright, allowed=False, base_url=server.url) as page:
        ready(page, "/calls/brief-parcel")
        page.locator("#start").click()
        page.locator("#trouble:visible").wait_for()
        assert "does not give this page the microphone" in page.inner_text("#trouble")
        assert page.locator("#start").is_visible()
        assert page.faults == []
