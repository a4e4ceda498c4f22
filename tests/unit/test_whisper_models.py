import sys
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run
from threading import Thread

import pytest

from voice_trainer.adapters import whisper_models
from voice_trainer.adapters.whisper_models import Published, catalogue, fetch, find_weights, listed, verify
from voice_trainer.errors import ModelError, StorageError

CONTENT = bytes(range(256)) * 4000


class Server(ThreadingHTTPServer):
    """Serves CONTENT; what it does wrong can be set."""

    stop_after: int | None = None
    resumes = True
    content = CONTENT
    ranges: list[str | None]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.ranges.append(asked)
        if "missing" in self.path:
            self.send_error(404)
            return
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.resumes else 0
        if first >= len(self.server.content):
            self.send_error(416)
            return
        body = self.server.content[first:]
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.stop_after])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.ranges = []
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    known = {
        "base.en": Published("base.en", f"{address}/base.en.pt", sha256(CONTENT).hexdigest()),
        "gone": Published("gone", f"{address}/missing/gone.pt", sha256(CONTENT).hexdigest()),
        "nowhere": Published("nowhere", "http://127.0.0.1:9/nowhere.pt", sha256(CONTENT).hexdigest()),
    }
    monkeypatch.setattr(whisper_models, "catalogue", lambda: known)
    yield server
    server.shutdown()
    server.server_close()


def test_names_and_checksums_come_from_the_installed_whisper_without_importing_it() -> None:
    known = catalogue()
    assert {"tiny.en", "base.en", "small", "turbo"} <= set(known)
    assert all(len(model.sha256) == 64 and int(model.sha256, 16) for model in known.values())
    assert known["turbo"].file_name == "large-v3-turbo.pt"
    program = (
        "import sys; from voice_trainer.adapters.whisper_models import catalogue; catalogue();"
        "sys.exit('torch' in sys.modules or 'whisper' in sys.modules or 'numpy' in sys.modules)"
    )
    assert run([sys.executable, "-c", program], check=False).returncode == 0


def test_without_whisper_there_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper_models, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="not installed") as caught:
        catalogue()
    assert caught.value.code == "whisper_missing"


def test_fetch_brings_the_file_and_reports_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch("base.en", models_dir=tmp_path / "new", progress=lambda *step: seen.append(step))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert list(path.parent.iterdir()) == [path]
    fetch("base.en", models_dir=tmp_path / "new")
    assert server.ranges == [None], "a good file is not fetched again"


def test_a_broken_connection_keeps_its_part_and_the_next_try_goes_on(server: Server, tmp_path: Path) -> None:
    server.stop_after = 300_000
    with pytest.raises(ModelError, match="ended early") as caught:
        fetch("base.en", models_dir=tmp_path)
    assert caught.value.code == "network"
    assert "300,000 bytes are kept" in caught.value.remedy
    assert not (tmp_path / "base.en.pt").exists()
    server.stop_after = None
    assert fetch("base.en", models_dir=tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-"]


def test_a_server_that_cannot_resume_sends_all_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "base.en.pt.part").write_bytes(CONTENT[:1000])
    server.resumes = False
    assert fetch("base.en", models_dir=tmp_path).read_bytes() == CONTENT


def test_a_part_that_is_complete_is_put_in_place(server: Server, tmp_path: Path) -> None:
    (tmp_path / "base.en.pt.part").write_bytes(CONTENT)
    assert fetch("base.en", models_dir=tmp_path).read_bytes() == CONTENT


def test_wrong_content_is_refused_and_removed(server: Server, tmp_path: Path) -> None:
    server.content = b"<html>please log in to the hotel</html>"
    with pytest.raises(ModelError) as caught:
        fetch("base.en", models_dir=tmp_path)
    assert caught.value.code == "model_checksum"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "why"), [("gone", "404"), ("nowhere", "refused")])
def test_no_network_is_one_clear_error(server: Server, tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(ModelError, match=why) as caught:
        fetch(name, models_dir=tmp_path)
    assert caught.value.code == "network"


def test_an_unwritable_folder_is_a_storage_error(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        fetch("base.en", models_dir=tmp_path / "file" / "models")
    assert caught.value.code == "models_dir_unwritable"


def test_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    for ask in (
        lambda: fetch("bases", models_dir=tmp_path),
        lambda: find_weights("bases", directories=[tmp_path]),
    ):
        with pytest.raises(ModelError, match=r"base\.en") as caught:
            ask()
        assert caught.value.code == "model_unknown"


def test_weights_are_found_by_name_file_folder_and_preference(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first / "tiny.pt", second / "base.en.pt", second / "mine.pt"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    folders = [first, second, tmp_path / "absent"]
    assert find_weights(None, directories=[]) is None
    assert find_weights(None, directories=folders) == second / "base.en.pt"
    assert find_weights("tiny", directories=folders) == first / "tiny.pt"
    assert find_weights(first, directories=[]) == first / "tiny.pt"
    assert find_weights(str(second / "mine.pt"), directories=[]) == second / "mine.pt"
    lines = {line.name: line for line in listed(folders)}
    assert (lines["tiny"].path, lines["tiny"].size_bytes) == (first / "tiny.pt", 1)
    assert lines["small"].path is None
    assert lines["mine"].path == second / "mine.pt"


@pytest.mark.parametrize("model", ["small.en", "/nowhere/at/all.pt", "mine.pt"])
def test_weights_asked_for_and_absent(tmp_path: Path, model: str) -> None:
    with pytest.raises(ModelError) as caught:
        find_weights(model, directories=[tmp_path])
    assert caught.value.code == "model_missing"
    assert "models fetch" in caught.value.remedy


def test_an_empty_folder_of_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no weights") as caught:
        find_weights(tmp_path, directories=[])
    assert caught.value.code == "model_missing"


def test_a_published_name_with_other_content_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "base.en.pt").write_bytes(b"other")
    (tmp_path / "mine.pt").write_bytes(b"other")
    verify(tmp_path / "mine.pt")
    with pytest.raises(ModelError, match="damaged") as caught:
        verify(tmp_path / "base.en.pt")
    assert caught.value.code == "model_checksum"
