"""A call taken in a real browser whose microphone hears a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.browsers import Server, chromium
from voice_trainer.domain.waveform import Waveform

FIXTURES = Path(__file__).resolve().parents[2] / "audio_fixtures"
JUDGED_MS = 90_000  # pocketsphinx, on a machine that does other things as well


def spoken(name: str, *, before_s: float = 0.0, after_s: float = 4.0) -> Waveform:
    """A fixture with silence around it, at the rate that browsers record with."""
    import soxr

    samples, rate_hz = soundfile.read(FIXTURES / f"{name}.flac", dtype="float32")
    loud = soxr.resample(samples, rate_hz, 48_000)
    parts = [np.zeros(round(before_s * 48_000)), loud, np.zeros(round(after_s * 48_000))]
    return Waveform(np.concatenate(parts).astype(np.float32), 48_000)


def take_the_call(page: Any, call: str = "late-coffee-machine") -> None:
    """From the page of a call past consent, check and baseline to the button that takes it."""
    page.goto(f"/calls/{call}")
    if page.locator("#agree").is_visible():
        page.locator("#agree").click()
    page.locator("#check-start").click()
    page.locator("#check-on").wait_for(timeout=30_000)
    page.locator("#check-on").click()
    if page.locator("#baseline-skip").is_visible():
        page.locator("#baseline-skip").click()
    page.locator("#start").wait_for()


def test_from_consent_to_what_to_take_from_it_and_again(
    playwright: Any, server: Server, speak_into: Any
) -> None:
    heard = speak_into(spoken("coffee-good-rms"))
    with chromium(playwright, heard, base_url=server.url) as page:
        page.goto("/calls/late-coffee-machine")
        assert "Recordings, transcripts and scores stay on this machine" in page.inner_text("#step-consent")
        take_the_call(page)
        page.locator("#start").click()
        page.locator("#finish").wait_for(timeout=60_000)
        page.wait_for_timeout(3000)
        page.keyboard.press("Space")
        page.locator("#step-after").wait_for(timeout=JUDGED_MS)
        assert page.locator("#trouble").is_hidden()
        assert page.faults == []
