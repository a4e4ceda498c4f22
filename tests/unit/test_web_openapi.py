"""The JSON interface keeps to its own description, whatever it is asked (schemathesis, in process)."""

from __future__ import annotations

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.site import site
from voice_trainer.testing.audio import tone

EXAMPLES = 10
HOST = {"host": "127.0.0.1:8765"}


def test_answers_are_as_described(tmp_path: Path) -> None:
    asked = set()
    with site(tmp_path) as here:
        here.agree()
        told = here.record(tone(2.0).samples, call="late-coffee-machine")
        here.judge(told["attempt"], told["take"])
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", here.client.app, headers=HOST)
        for found in schema.get_all_operations():
            operation = found.ok()

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                database=None,
                derandomize=True,
            )
            @given(case=operation.as_strategy())
            def keeps_to_it(case: schemathesis.Case) -> None:
                case.call_and_validate(headers=HOST)

            keeps_to_it()
            asked.add(operation.path)
        assert asked == set(here.client.get("/api/openapi.json").json()["paths"])


def test_everything_is_described(tmp_path: Path) -> None:
    with site(tmp_path) as here:
        document = here.client.get("/api/openapi.json").json()
    assert len(document["paths"]) >= 14
    for path, methods in document["paths"].items():
        assert path.startswith("/api/") or path in {"/healthz", "/readyz", "/metrics"}, path
        for operation in methods.values():
            assert operation["description"], path
