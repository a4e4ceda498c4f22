"""What the training department takes into its own systems."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_store_contract import attempt, take
from voice_trainer.adapters.learning_records import LearningRecordStore
from voice_trainer.domain.score import Criterion, CriterionScore
from voice_trainer.errors import StorageError
from voice_trainer.exports.spreadsheet import spreadsheet
from voice_trainer.exports.xapi import duration, statements

HOME = "https://train.example.org/"


def scored() -> Any:
    one = take("t1", points=(70, 80))
    assert one.score is not None
    criteria = (
        CriterionScore(Criterion.PARAPHRASE, 64, "part"),
        CriterionScore(Criterion.TONE_CALMNESS, 91, "steady"),
        CriterionScore(Criterion.PACE, 55, "fast"),
        CriterionScore(Criterion.ORDER, None, None),
    )
    return attempt("one", replace(one, score=replace(one.score, criteria=criteria), duration_s=61.25))


def test_content_alone_is_told_and_twice_is_the_same() -> None:
    found = list(statements(scored(), home_page=HOME))
    assert found == list(statements(scored(), home_page=HOME))
    assert [one["object"]["id"].rsplit("/", 1)[1] for one in found] == ["late", "paraphrase"]
    assert found[0]["result"]["score"]["scaled"] == 0.7
    assert found[0]["result"]["duration"] == "PT1M1.25S"
    assert found[1]["result"]["score"] == {"scaled": 0.64, "raw": 64, "min": 0, "max": 100}
    assert found[0]["actor"]["account"] == {"homePage": "https://train.example.org", "name": "ann"}
    text = json.dumps(found)
    assert not any(word in text for word in ("tone", "pace", "reaction", "calmer", "delivery"))


def test_another_rubric_is_another_statement() -> None:
    first = scored()
    score = replace(first.takes[0].score, rubric_version="2")
    second = replace(first, takes=(replace(first.takes[0], score=score),))
    ids = {one["id"] for call in (first, second) for one in statements(call, home_page=HOME)}
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "PT0S"), (20, "PT20S"), (3725.1, "PT1H2M5.1S"), (59.999, "PT1M0S")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.lists(st.lists(st.text() | st.none() | st.integers() | st.floats(allow_nan=False), min_size=1)))
def test_no_cell_is_a_formula(rows: list[list[object]]) -> None:
    content = spreadsheet(["=a"], rows)
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read[0] == ["'=a"]
    for row, cells in zip(rows, read[1:], strict=True):
        for value, cell in zip(row, cells, strict=False):
            if isinstance(value, str):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            if value is None:
                assert cell == ""


class Store(BaseHTTPRequestHandler):
    """A learning record store of one page; `answers` are given in their order, then 200."""

    got: list[list[dict[str, Any]]]
    answers: list[int]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            assert self.headers["X-Experience-API-Version"] == "1.0.3"
            assert self.headers["Authorization"].startswith("Basic ")
            self.got.append(body)
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def record_store() -> Iterator[tuple[str, type[Store]]]:
    handler = type("Handler", (Store,), {"got": [], "answers": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/xapi", handler
    server.shutdown()
    thread.join()


def test_statements_go_in_batches(record_store: tuple[str, type[Store]]) -> None:
    address, store = record_store
    sender = LearningRecordStore(address, key="k", secret="s")
    assert sender.send({"id": str(number)} for number in range(120)) == 120
    assert [len(batch) for batch in store.got] == [50, 50, 20]


def test_what_is_there_already_is_passed_over(record_store: tuple[str, type[Store]]) -> None:
    address, store = record_store
    store.answers = [409, 409, 200]
    assert LearningRecordStore(address, key="k", secret="s").send([{"id": "a"}, {"id": "b"}]) == 2
    assert store.got == [[{"id": "b"}]]


@pytest.mark.parametrize("answer", [401, 500])
def test_a_store_that_refuses_is_told(record_store: tuple[str, type[Store]], answer: int) -> None:
    address, store = record_store
    store.answers = [answer]
    with pytest.raises(StorageError, match=str(answer)) as refused:
        LearningRecordStore(address, key="k", secret="s").send([{"id": "a"}])
    assert refused.value.code == "record_store_refused"


def test_a_store_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError, match="took nothing"):
        LearningRecordStore("http://127.0.0.1:9", key="k", secret="s").send([{"id": "a"}])
