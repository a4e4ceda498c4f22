"""A PostgreSQL of the tests' own: in a temporary folder, on a socket there; quick, since the disk may lag."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

# Commits reach the kernel before they are told (synchronous_commit stays on), so a killed server keeps them;
# only a machine that loses power would not.
_QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB")


def programs() -> Path | None:
    """The folder of initdb and postgres; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def _as_nobody(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: Debian's user of that name does it."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        if os.getuid() == 0
        else command
    )


@dataclass
class Server:
    """A running server; `url()` makes an empty database."""

    folder: Path
    bin: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = [
            f"-c{one}" for one in (*_QUICK, "listen_addresses=", f"unix_socket_directories={self.folder}")
        ]
        command = _as_nobody([str(self.bin / "postgres"), "-D", str(self.folder / "data"), *settings])
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        for _ in range(300):
            if (
                subprocess.run([self.bin / "pg_isready", "-q", "-h", self.folder], check=False).returncode
                == 0
            ):
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """As by kill -9: the postmaster and every process it started."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        # Those that serve a connection lead sessions of their own; they end when they see it is gone.
        time.sleep(0.2)

    def stop(self) -> None:
        """End at once, open connections included."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(20)

    def run(self, sql: str, *, database: str = "postgres") -> str:
        """What psql says, without decoration."""
        command = [self.bin / "psql", "-qXAt", "-h", self.folder, "-U", "postgres", "-d", database, "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def url(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name}")
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """The URL of a database that exists."""
        return f"postgresql://postgres@/{name}?host={self.folder}"


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as the block runs; skips where PostgreSQL is missing, fails under CI."""
    found = programs()
    if found is None:
        lacking = "PostgreSQL is not installed (Debian: postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(lacking)
        pytest.skip(lacking)
    folder = Path(tempfile.mkdtemp(prefix="vtpg"))
    folder.chmod(0o777)
    initdb = [str(found / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N"]
    subprocess.run(_as_nobody([*initdb, "--locale=C.UTF-8", "-E", "UTF8"]), check=True, capture_output=True)
    server = Server(folder, found)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
