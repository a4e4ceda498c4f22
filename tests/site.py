"""The site without a network: the application on a temporary data folder, its engines fakes."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient

from voice_trainer.domain.attempt import Consent
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.consent import CONSENT_VERSION
from voice_trainer.practice.judging import judge
from voice_trainer.scoring import load_rubric
from voice_trainer.settings import Settings
from voice_trainer.testing.audio import EnergyDetector, FakeSynthesizer, ScriptedTranscriber
from voice_trainer.web.app import create_app
from voice_trainer.wiring import House

ORIGIN = "http://127.0.0.1:8765"
HEADERS = {"host": "127.0.0.1:8765", "origin": ORIGIN}
PAGE = {"accept": "text/html"}
RATE_HZ = 16_000
PIECE = 1600
GOOD = (
    "Dana, you sound really fed up. Your coffee machine was ordered three weeks ago and still is not there. "
    "On Tuesday you stayed home and nobody showed up. You want to know when it comes. Is that right?"
)


class Site:
    """A client and the house behind it."""

    def __init__(self, client: TestClient, house: House) -> None:
        self.client = client
        self.house = house

    def agree(self) -> None:
        """Consent, as given on the page."""
        self.house.store.save_consent(Consent("jane", CONSENT_VERSION, self.house.clock.now()))

    def live(self) -> Any:
        """A live connection from one of our pages."""
        return self.client.websocket_connect("/api/live", headers=HEADERS)

    def record(self, samples: FloatArray, **begin: Any) -> dict[str, Any]:
        """A whole recording over one connection; what came of it."""
        with self.live() as socket:
            send(socket, {"type": "begin", "kind": "take", "rate_hz": RATE_HZ, **begin})
            socket.receive_json()
            parts = pieces(samples)
            for part in parts:
                socket.send_bytes(part)
            send(socket, {"type": "end", "pieces": len(parts)})
            return outcome(socket)

    def judge(self, attempt_id: str, take_id: str) -> None:
        """What a worker would do."""
        job = self.house.queue.latest(attempt_id, take_id)
        assert job is not None
        judge(job.key, self.house.judging_desk)


@contextmanager
def site(data_dir: Path, *script: str, **settings: Any) -> Iterator[Site]:
    """The application, started; the recogniser hears `script`."""
    house = House(Settings(person="jane", data_dir=data_dir, **settings))
    detector = EnergyDetector()
    engines = Engines(ScriptedTranscriber(script or (GOOD,)), detector, load_rubric())
    house.__dict__.update(synthesizer=FakeSynthesizer(), detector=detector, engines=engines)
    with TestClient(create_app(house), base_url=ORIGIN) as client:
        yield Site(client, house)


def pieces(samples: FloatArray, *, first: int = 0) -> list[bytes]:
    """As a browser sends them."""
    pcm = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2")
    parts = [pcm[start : start + PIECE] for start in range(0, len(pcm), PIECE)]
    return [struct.pack("<I", number) + part.tobytes() for number, part in enumerate(parts, start=first)]


def send(socket: Any, message: dict[str, Any]) -> None:
    """A text message."""
    socket.send_text(json.dumps(message))


def outcome(socket: Any) -> dict[str, Any]:
    """The first message that is no acknowledgement."""
    while (message := socket.receive_json())["type"] == "ack":
        pass
    return dict(message)
