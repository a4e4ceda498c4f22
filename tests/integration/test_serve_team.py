"""`serve --team` as it is run: one command, SQLite, a worker beside it, progress told while it judges."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.agents import PIECE_FRAMES, allowed_in, pcm, pieces, speak
from tests.unit.test_web_team import furnish
from voice_trainer.domain.attempt import TakeState
from voice_trainer.settings import Settings
from voice_trainer.wiring import House, fixtures_folder

CALL = "late-coffee-machine"


@contextmanager
def served(folder: Path, workers: int = 1) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voice_trainer", "serve", "--team", "--no-browser", "--port", str(port)]
    named = {"DATA_DIR": str(folder), "ENGINE": "pocketsphinx", "WORKERS": str(workers)}
    environment = os.environ | {f"VOICE_TRAINER_{name}": value for name, value in named.items()}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                try:
                    with urlopen(f"http://127.0.0.1:{port}/healthz"):
                        break
                except URLError:
                    time.sleep(0.1)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()


def stages(address: str, cookie: str, path: str) -> list[str]:
    """What the page is told until the judgement is settled."""
    request = Request(f"http://{address}{path}/stages", headers={"Cookie": cookie})
    with urlopen(request, timeout=120) as events:
        lines = [line.decode().removeprefix("data: ") for line in events if line.startswith(b"data: ")]
    return [json.loads(line)["stage"] for line in lines]


def test_a_reply_is_judged_beside_the_server_and_its_page_is_told(tmp_path: Path) -> None:
    furnish(tmp_path)
    house = House(Settings(data_dir=tmp_path))
    cookie = allowed_in(house, "agent")
    sound = house.loader()(fixtures_folder() / "coffee-good-rms.flac")
    messages = pieces(pcm(sound.samples[: 3 * sound.rate_hz]))
    assert len(messages) == -(-3 * sound.rate_hz // PIECE_FRAMES)
    with served(tmp_path) as address:
        spoken = asyncio.run(
            speak(address, cookie, messages, call=CALL, rate_hz=sound.rate_hz, real_time=False)
        )
        outcome = spoken.outcome
        assert outcome["type"] == "recorded", outcome
        told = stages(address, cookie, f"/api/attempts/{outcome['attempt']}/takes/{outcome['take']}")
    assert told[-1] == "scored", told
    assert len(told) > 1, told
    (take,) = house.store.get(outcome["attempt"]).takes
    assert (take.state, take.duration_s) == (TakeState.SCORED, 3.0)
