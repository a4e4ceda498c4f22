"""Backup and restore as `docs/operations.md` says: everything is there again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from tests.postgres import Server
from tests.unit.test_store_contract import attempt, take
from voice_trainer.settings import Settings
from voice_trainer.wiring import House


def filled(house: House) -> House:
    for name in ("one", "two"):
        house.store.save(attempt(name, take(f"{name}-t1", points=(70, 80))))
        house.blobs.put(f"a/{name}-t1.wav", b"RIFF" + name.encode())
        house.queue.submit(name, take("waits"), rubric="1", said="typed")
    return house


def same(found: House, before: House) -> None:
    assert found.store.get("one") == before.store.get("one")
    assert found.store.summaries() == before.store.summaries()
    assert found.queue.listed() == before.queue.listed()
    assert {key: found.blobs.get(key) for key in found.blobs.keys()} == {  # noqa: SIM118
        key: before.blobs.get(key)
        for key in before.blobs.keys()  # noqa: SIM118
    }


def test_one_machine(tmp_path: Path) -> None:
    before = filled(House(Settings(data_dir=tmp_path / "data")))
    restored = tmp_path / "restored"
    restored.mkdir()
    with (
        closing(sqlite3.connect(tmp_path / "data" / "attempts.sqlite3")) as source,
        closing(sqlite3.connect(restored / "attempts.sqlite3")) as target,
    ):
        source.backup(target)
    shutil.copytree(tmp_path / "data" / "recordings", restored / "recordings")
    same(House(Settings(data_dir=restored)), before)


def test_a_server(postgres: Server, tmp_path: Path) -> None:
    url = postgres.url()
    before = filled(House(Settings(data_dir=tmp_path / "data", database_url=url)))
    name = url.split("/")[3].partition("?")[0]
    dump = tmp_path / "voices.dump"
    at = ["-h", str(postgres.folder), "-U", "postgres"]
    subprocess.run([postgres.bin / "pg_dump", *at, "-Fc", "-f", dump, name], check=True)
    restored = postgres.url()
    into = restored.split("/")[3].partition("?")[0]
    subprocess.run([postgres.bin / "pg_restore", *at, "-d", into, dump], check=True)
    shutil.copytree(tmp_path / "data" / "recordings", tmp_path / "restored" / "recordings")
    after = House(Settings(data_dir=tmp_path / "restored", database_url=restored))
    same(after, before)
    assert postgres.run("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'", database=into) == "2"
    after.database.close()
    before.database.close()
