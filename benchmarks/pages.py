"""How long pages take: `python -m benchmarks.pages [--attempts 100000]`.

One person's list with that many attempts (first, middle and last page, and the desk), and the result page of
a judged reply of two minutes: asked through the application without a network, the median of nine. Then the
same page in Chromium from a server of its own: from asking to the end of `DOMContentLoaded`, when every
script has run and a click is answered, and until the first jump plays.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from tests.browsers import chromium, serving
from voice_trainer.adapters.soundfile import encode, load_audio
from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.waveform import Waveform
from voice_trainer.library import sha256
from voice_trainer.practice.judgement import judge_take
from voice_trainer.practice.takes import new_attempt, new_take, save_take
from voice_trainer.settings import Settings
from voice_trainer.web.app import create_app
from voice_trainer.wiring import House, fixtures_folder

ORIGIN = "http://127.0.0.1:8765"
REPEATS = 9
SOUNDS = fixtures_folder()
REPLIES = ("good-rms", "poor-rms", "pauses-rms", "sympathy-rms")
TIMING = """() => [
    performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
    performance.getEntriesByType("resource").filter(one => one.name.includes("/static/"))
        .map(one => one.encodedBodySize),
]"""
RATE_HZ = 16_000


def fill(house: House, count: int) -> None:
    """One attempt saved as always, then copied row by row inside the database, a minute apart."""
    call = house.library.all()[0]
    attempt = new_attempt(call, scenario_sha256=sha256(call), person="jane", clock=house.clock)
    take = new_take(attempt, call.opening, device="bench", store=house.store, clock=house.clock)
    save_take(attempt, replace(take, state=TakeState.RECORDED), store=house.store)
    steps = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
    with house.database.writing() as session:
        for table, own, parent in (("attempts", "id", "id"), ("takes", "attempt_id", "attempt_id")):
            columns = [row[1] for row in session.execute(text(f"PRAGMA table_info({table})"))]
            values = {own: f"t.{parent} || '-' || n.i"}
            if table == "attempts":
                values["created_at"] = "datetime(t.created_at, '-' || n.i || ' minutes')"
            chosen = ", ".join(values.get(name, f"t.{name}") for name in columns)
            session.execute(
                text(f"INSERT INTO {table} ({', '.join(columns)}) {steps} SELECT {chosen} FROM {table} t, n"),
                {"count": count - 1},
            )


def two_minutes(house: House) -> str:
    """The address of a reply of two minutes, judged: recorded replies to the call one after the other."""
    call = house.library.known("late-coffee-machine")
    parts = [load_audio(SOUNDS / f"coffee-{name}.flac").samples for name in REPLIES]
    sound = np.resize(np.concatenate(parts), 120 * RATE_HZ)
    attempt = new_attempt(call, scenario_sha256=sha256(call), person="jane", clock=house.clock)
    take = new_take(attempt, call.opening, device="bench", store=house.store, clock=house.clock)
    house.blobs.put(take.audio_key or take.id, encode(Waveform(sound, RATE_HZ)))
    take = replace(take, state=TakeState.RECORDED, duration_s=120.0)
    save_take(attempt, take, store=house.store)
    judged = judge_take(attempt, take, engines=house.engines, blobs=house.blobs)
    house.store.save_take(attempt.id, judged)
    words = judged.transcript.words if judged.transcript else ()
    print(f"a reply of 120 s, {len(words)} words, judged")
    return f"/attempts/{attempt.id}/takes/{take.id}"


def in_chromium(folder: Path, path: str) -> None:
    """Fresh browsers, so that nothing comes from a cache."""
    ready, playing, sent = [], [], 0
    with serving(folder) as server, sync_playwright() as playwright:
        for _ in range(REPEATS):
            with chromium(playwright, base_url=server.url) as page:
                page.goto(path)
                timing, sizes = page.evaluate(TIMING)
                ready.append(timing)
                sent = sum(sizes)
                began = time.perf_counter()
                page.locator(".jump[data-at]").first.click()
                page.wait_for_function("() => !document.querySelector('audio').paused")
                playing.append(1000 * (time.perf_counter() - began))
    print(f"{'interactive in Chromium':32} {statistics.median(ready):7.1f} ms (worst {max(ready):.0f})")
    print(f"{'a click plays after':32} {statistics.median(playing):7.1f} ms (worst {max(playing):.0f})")
    print(f"{'script and style as sent':32} {sent / 1000:7.1f} kB")


def median_ms(client: TestClient, path: str) -> float:
    """Of `REPEATS` answers, after one that does not count."""
    took = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        answer = client.get(path, headers={"accept": "text/html"})
        took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, answer.text
    return statistics.median(took[1:])


def main() -> None:
    """Fill, ask, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--attempts", type=int, default=100_000)
    count = options.parse_args().attempts
    with tempfile.TemporaryDirectory() as folder:
        house = House(Settings(person="jane", data_dir=Path(folder)))
        fill(house, count)
        result = two_minutes(house)
        with TestClient(create_app(house), base_url=ORIGIN) as client:
            for path in ("/attempts", f"/attempts?offset={count // 2}", f"/attempts?offset={count - 50}"):
                print(f"{path:32} {median_ms(client, path):7.1f} ms")
            print(f"{'/desk':32} {median_ms(client, '/desk'):7.1f} ms")
            print(f"{'result of two minutes':32} {median_ms(client, result):7.1f} ms")
        house.database.close()
        in_chromium(Path(folder), result)


if __name__ == "__main__":
    main()
