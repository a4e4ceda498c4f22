"""Recordings on disk: crash, full disk, read-only folder, keys."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_trainer.adapters import files, wav
from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.errors import StorageError


def noise(frames: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.9, 0.9, frames).astype(np.float32)


@pytest.fixture
def store(tmp_path: Path) -> FileBlobStore:
    return FileBlobStore(tmp_path / "recordings")


def test_a_finished_recording_is_a_plain_wav(store: FileBlobStore) -> None:
    writer = store.writer("attempt/take", rate_hz=16000)
    writer.write(noise(8000))
    writer.close()
    writer.close()
    with wave.open(str(store.path("attempt/take"))) as file:
        assert file.getparams()[:4] == (1, 2, 16000, 8000)
    assert np.abs(store.read("attempt/take").samples - noise(8000)).max() <= 0.5 / 32768 + 1e-7
    assert store.keys() == ["attempt/take"]


def test_without_close_every_sample_is_there(store: FileBlobStore) -> None:
    writer = store.writer("attempt/take", rate_hz=8000)
    for _ in range(5):
        writer.write(noise(800))
    assert store.read("attempt/take").duration_s == pytest.approx(0.5)
    with store.path("attempt/take").open("ab") as file:
        file.write(b"\x01")  # half a sample
    assert len(store.read("attempt/take").samples) == 4000
    assert store.recover("attempt/take") == pytest.approx(0.5)
    with wave.open(str(store.path("attempt/take"))) as file:
        assert file.getnframes() == 4000


def test_the_header_follows_within_a_second(store: FileBlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 100.0
    monkeypatch.setattr(files.time, "monotonic", lambda: now_s)
    synced: list[int] = []
    monkeypatch.setattr(files.os, "fsync", synced.append)
    writer = store.writer("a/t", rate_hz=16000)
    for _ in range(25):
        now_s += 0.125
        writer.write(noise(2000))
    # Eight blocks a second, the last one not yet in the header.
    with wave.open(str(store.path("a/t"))) as file:
        assert file.getnframes() == 24 * 2000
    assert len(synced) == 3


def test_no_take_is_overwritten(store: FileBlobStore) -> None:
    store.writer("a/t", rate_hz=16000).close()
    with pytest.raises(StorageError) as caught:
        store.writer("a/t", rate_hz=16000)
    assert caught.value.code == "recording_exists"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/.hidden",
        "a\\b",
        "a/b\0",
        "a/",
        "nul",
        "a/CON.wav",
        "ä",
    ],
)
def test_a_key_cannot_leave_the_folder(store: FileBlobStore, key: str) -> None:
    with pytest.raises(StorageError) as caught:
        store.put(key, b"x")
    assert caught.value.code == "bad_key"


def test_delete_takes_what_was_derived_and_nothing_else(store: FileBlobStore) -> None:
    for key in ("a/t1", "a/t1.peaks.json", "a/t1.html", "a/t10", "b/t1"):
        store.put(key, b"content")
    store.delete("a/t1")
    assert store.keys() == ["a/t10", "b/t1"]
    store.delete("a/t1")
    store.delete("b/t1")
    assert not store.path("b/t1").parent.exists()


def test_put_and_get(store: FileBlobStore) -> None:
    store.put("a/t", b"one")
    store.put("a/t", b"two")
    assert store.get("a/t") == b"two"
    with pytest.raises(StorageError) as caught:
        store.get("a/none")
    assert caught.value.code == "recording_missing"


def test_an_imported_wav_with_more_chunks_is_read_right(store: FileBlobStore) -> None:
    store.put("a/t", wav.header(16000, 8) [:4] + (52).to_bytes(4, "little") + wav.header(16000, 4)[8:]
              + b"\x00\x40\x00\xc0" + b"LIST\x04\x00\x00\x00abcd")  # fmt: skip
    assert store.read("a/t").samples.tolist() == [0.5, -0.5]


def test_an_imported_float_wav_is_read(store: FileBlobStore, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "f.wav", noise(1000), 22050, subtype="FLOAT")
    store.put("a/t", (tmp_path / "f.wav").read_bytes())
    assert np.allclose(store.read("a/t").samples, noise(1000))


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EROFS, "data_read_only"), (errno.EACCES, "data_read_only"), (errno.EIO, "data_write_failed")],
)
def test_a_folder_that_refuses(
    store: FileBlobStore, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError) as caught:
        store.writer("a/t", rate_hz=16000)
    assert caught.value.code == code
    assert caught.value.remedy


FILL = """
import resource, sys
from pathlib import Path
import numpy as np
from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.errors import StorageError
resource.setrlimit(resource.RLIMIT_FSIZE, (50_001, 50_001))
writer = FileBlobStore(Path(sys.argv[1])).writer("a/t", rate_hz=16000)
try:
    while True:
        writer.write(np.full(1600, 0.25, np.float32))
except StorageError as error:
    print(error.code)
writer.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_full_disk_keeps_what_was_written(tmp_path: Path) -> None:
    """The kernel itself refuses to let the file grow."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", FILL, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=60, check=True)
    assert done.stdout.strip() == "disk_full"
    with wave.open(str(tmp_path / "a" / "t.wav")) as file:
        assert file.getnframes() == (50_000 - 44) // 2
    assert set(FileBlobStore(tmp_path).read("a/t").samples.tolist()) == {0.25}


def test_samples_that_are_no_numbers_become_silence(store: FileBlobStore) -> None:
    writer = store.writer("a/t", rate_hz=16000)
    writer.write(np.array([np.nan, np.inf, -np.inf, 2.0, -2.0], np.float32))
    writer.close()
    top = 32767 / 32768
    assert store.read("a/t").samples.tolist() == pytest.approx([0.0, top, -1.0, top, -1.0])
