"""The object store against moto's server: the contract of every blob store, and what distance adds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import numpy as np
import pytest
from moto.server import ThreadedMotoServer

from tests.unit import test_store_contract as contract
from voice_trainer.adapters.s3 import S3BlobStore
from voice_trainer.errors import StorageError

SOUND = np.linspace(-0.5, 0.5, 1600, dtype=np.float32)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    s3 = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1")
    made = s3.create_bucket(Bucket="voices")
    yield "voices"
    made.objects.all().delete()
    made.delete()


def opened(endpoint: str, folder: Path, *, bucket: str = "voices") -> S3BlobStore:
    url = f"s3://{bucket}/training"
    return S3BlobStore(url, spool=folder / "spool", endpoint=endpoint, region="us-east-1")


@pytest.fixture
def blobs(endpoint: str, bucket: str, tmp_path: Path) -> S3BlobStore:
    return opened(endpoint, tmp_path)


for _name, _test in vars(contract).items():
    if _name.startswith("test_") and "blobs" in _test.__code__.co_varnames:
        globals()[_name] = _test


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_finished_recording_leaves_this_machine_and_is_read_on_another(
    blobs: S3BlobStore, endpoint: str, tmp_path: Path
) -> None:
    writer = blobs.writer("a/t1", rate_hz=16000)
    writer.write(SOUND)
    assert files(tmp_path / "spool")
    writer.close()
    assert files(tmp_path / "spool") == []
    assert opened(endpoint, tmp_path / "elsewhere").read("a/t1").samples.shape == SOUND.shape


def test_what_a_killed_program_spoke_is_recovered_and_carried(
    blobs: S3BlobStore, endpoint: str, tmp_path: Path
) -> None:
    blobs.writer("a/t1", rate_hz=16000).write(SOUND)  # never closed
    again = opened(endpoint, tmp_path)
    assert again.upload() == 0  # it may still be recorded by another program
    assert again.recover("a/t1") == pytest.approx(0.1)
    assert opened(endpoint, tmp_path / "elsewhere").read("a/t1").duration_s == pytest.approx(0.1)


def test_a_store_that_is_away_is_told_and_the_recording_waits(
    endpoint: str, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_trainer.adapters.s3._GIVE_UP_S", 1)
    away = opened("http://127.0.0.1:9", tmp_path)
    writer = away.writer("a/t1", rate_hz=16000)
    writer.write(SOUND)
    for action in (writer.close, away.upload):
        with pytest.raises(StorageError) as caught:
            action()
        assert caught.value.code == "store_unreachable"
    assert away.read("a/t1").duration_s == pytest.approx(0.1)
    back = opened(endpoint, tmp_path)
    assert [back.upload(), back.upload()] == [1, 0]
    assert back.keys() == ["a/t1"]
    assert files(tmp_path / "spool") == []


def test_a_bucket_that_is_not_there_is_named(endpoint: str, bucket: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        opened(endpoint, tmp_path, bucket="nowhere").put("a/t1", b"x")
    assert caught.value.code == "bucket_missing"
    assert "nowhere" in caught.value.message


def test_keys_without_the_right_to_write_are_told(
    blobs: S3BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import obstore
    from obstore.exceptions import PermissionDeniedError

    def refuse(*_: object) -> None:
        raise PermissionDeniedError("403 Forbidden")

    monkeypatch.setattr(obstore, "put", refuse)
    writer = blobs.writer("a/t1", rate_hz=16000)
    writer.write(SOUND)
    with pytest.raises(StorageError) as caught:
        writer.close()
    assert caught.value.code == "data_read_only"
    monkeypatch.undo()
    assert blobs.read("a/t1").duration_s == pytest.approx(0.1)


def test_no_key_reaches_out_of_the_prefix(blobs: S3BlobStore) -> None:
    for key in ("../x", "/etc/x", "a//b"):
        with pytest.raises(StorageError) as caught:
            blobs.put(key, b"x")
        assert caught.value.code == "bad_key"
