"""What those who run a server see, and what they must not."""

from __future__ import annotations

import json
import logging
import urllib.request
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.unit.test_store_contract import attempt, take
from voice_trainer.errors import StorageError
from voice_trainer.logs import JsonLines
from voice_trainer.practice import watching
from voice_trainer.settings import Settings
from voice_trainer.web.app import create_app
from voice_trainer.wiring import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(Settings(data_dir=tmp_path, person="ann"))
    made.store.save(attempt("one"))
    made.queue.submit("one", take("t1"), rubric="1", said="a secret word")
    return made


def test_figures_tell_of_the_queue_and_of_nobody(house: House) -> None:
    text = house.metrics().decode()
    assert 'voice_trainer_jobs{state="waiting"} 1.0' in text
    assert "voice_trainer_disk_free_bytes" in text
    for private in ("ann", "secret", "one/", '"t1"'):
        assert private not in text
    port = house.serve_metrics(0)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert b"voice_trainer_queue_age_seconds" in answer.read()


def test_ready_is_what_can_work(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(create_app(house), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").text == "ok"
        assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready")
        assert "voice_trainer_jobs" in client.get("/metrics").text

        def away(*_: object, **__: object) -> None:
            raise StorageError("database_unreachable", "secret address")

        monkeypatch.setattr(house.store, "summaries", away)
        monkeypatch.setattr(watching, "FREE_BYTES_MIN", 1 << 60)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "database_unreachable\ndisk_nearly_full")
        assert client.get("/healthz").status_code == 200


def test_a_line_of_the_log_holds_no_words_of_an_error(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("voice_trainer.test")
    try:
        raise ValueError("she said: a secret word")
    except ValueError:
        log.exception("a judgement was left", extra={"code": "unexpected", "said": "a secret word"})
    logging.getLogger("somebody.else").warning("a secret word")
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert "secret" not in json.dumps(lines)
    assert (lines[0]["code"], lines[0]["error"], lines[0]["level"]) == ("unexpected", "ValueError", "error")
