"""The frame of the site: who is answered, with what headers, and how faults are told."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from voice_trainer.errors import StorageError
from voice_trainer.settings import Settings
from voice_trainer.web.app import create_app
from voice_trainer.web.rendering import REPORTS, STATIC
from voice_trainer.web.settings import WebSettings
from voice_trainer.wiring import House

HERE = "http://127.0.0.1:8765"
PAGE = {"accept": "text/html"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    app = create_app(House(Settings(person="jane", data_dir=tmp_path)))

    @app.get("/broken")
    def broken() -> None:
        raise StorageError("disk_full", "There is no room left.", remedy="Free some space.")

    @app.get("/api/unforeseen")
    def unforeseen() -> None:
        raise ValueError("a secret")

    @app.post("/echo")
    def echo() -> str:
        return "done"

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def test_a_page_has_its_frame_and_its_guards(client: TestClient) -> None:
    answer = client.get("/", headers=PAGE)
    assert answer.status_code == 200
    assert '<html lang="en" dir="ltr">' in answer.text
    assert "jane" in answer.text
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "microphone=(self)" in answer.headers["permissions-policy"]


def test_static_files_may_be_kept_for_good_and_scripts_are_scripts(client: TestClient, app: FastAPI) -> None:
    answer = client.get(app.state.services.pages.static("js/app.js"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/static/x/../../app.py", "/%2e%2e/app.py", "/static/0/js/app.js"])
def test_what_is_no_static_file_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8765", "192.168.0.7", "", "[::1"])
def test_another_hosts_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/health", headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "host_refused"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:80", "LOCALHOST"])
def test_this_machines_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/api/health", headers={"host": host}).status_code == 200


def test_on_an_open_address_numbers_and_given_names_are_answered() -> None:
    settings = WebSettings(host="0.0.0.0", names=frozenset({"training.example"}))
    assert settings.serves("192.168.0.7")
    assert settings.serves("training.example")
    assert not settings.serves("evil.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_forged_request_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/echo", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "origin_refused"


@pytest.mark.parametrize("headers", [{"origin": HERE}, {"sec-fetch-site": "same-origin"}, {}])
def test_our_own_pages_and_programs_may_post(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/echo", headers=headers).json() == "done"


@pytest.mark.parametrize("origin", [{"origin": "http://evil.example"}, {}])
def test_another_pages_live_connection_is_refused(client: TestClient, origin: dict[str, str]) -> None:
    headers = {"host": "127.0.0.1:8765", **origin}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/live", headers=headers),
    ):
        pass
    assert "not part of voice-trainer" in refused.value.reason


def test_our_own_live_connection_is_accepted(client: TestClient) -> None:
    with client.websocket_connect("/live", headers={"host": "127.0.0.1:8765", "origin": HERE}):
        pass


def test_a_fault_is_told_to_programs_in_json(client: TestClient) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 507
    assert answer.json() == {
        "error": {"code": "disk_full", "message": "There is no room left.", "remedy": "Free some space."}
    }


def test_a_fault_is_told_to_people_on_a_page(client: TestClient) -> None:
    answer = client.get("/broken", headers=PAGE)
    assert answer.status_code == 507
    assert "There is no room left." in answer.text
    assert "<nav" in answer.text
    part = client.get("/broken", headers={**PAGE, "hx-request": "true"})
    assert "Free some space." in part.text
    assert "<nav" not in part.text


def test_what_was_not_foreseen_gives_nothing_away(client: TestClient) -> None:
    answer = client.get("/api/unforeseen")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "unexpected"
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_missing_page_says_so(client: TestClient) -> None:
    assert client.get("/nowhere").json()["error"]["code"] == "not_found"
    assert "There is no such page." in client.get("/nowhere", headers=PAGE).text


def test_pages_of_another_language_run_the_other_way(tmp_path: Path) -> None:
    house = House(Settings(person="jane", data_dir=tmp_path))
    client = TestClient(create_app(house, settings=WebSettings(language="he")), base_url=HERE)
    assert '<html lang="he" dir="rtl">' in client.get("/").text


def test_all_script_and_style_together_is_small() -> None:
    wanted = [
        *STATIC.rglob("css/*.css"),
        *STATIC.rglob("js/*.js"),
        *REPORTS.glob("*.css"),
        *REPORTS.glob("*.js"),
    ]
    wanted += STATIC.glob("vendor/htmx*.js")  # the one of the vendored files that pages load
    assert sum(len(gzip.compress(one.read_bytes())) for one in wanted) < 150_000
