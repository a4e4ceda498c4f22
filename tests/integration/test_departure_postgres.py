"""Erasure of somebody with an account, on a real PostgreSQL."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.postgres import Server
from tests.unit.test_departure import LOGIN, check, staffed, traces
from tests.unit.test_person import furnished


def test_erasure_reaches_accounts_training_and_the_queue(postgres: Server, tmp_path: Path) -> None:
    url = postgres.url()
    house = furnished(tmp_path, database_url=url)
    staffed(house)
    check(house)
    house.database.close()
    name = url.partition("@/")[2].partition("?")[0]
    command = [postgres.bin / "pg_dump", "-h", postgres.folder, "-U", "postgres", "--inserts", name]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert traces(dump) == []
    assert LOGIN["ann"] not in dump
    assert "bob1" in dump
