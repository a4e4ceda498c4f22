"""Which running programs are still recording.

A take in state "recording" belongs either to a program that is writing it now or to one that died. A process
id cannot tell: ids are reused, within minutes on a busy machine and always after a restart, and the start
time that would tell them apart is read differently on every system. So each store holds an operating-system
lock on a file of its own for as long as it lives. The kernel drops the lock with the process, however it
ended, kill -9 and power loss included; nothing has to be cleaned up and no clock or heartbeat is involved.
Whoever can take the lock knows that its owner is gone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout


class Leases:
    """The lock files in one folder, and this store's own among them.

    `shared`: the database serves other machines as well, whose locks cannot be seen from here; then names
    begin with a mark of this folder's, and a lease of another folder never counts as ended.
    """

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        self._folder = folder
        self._shared = shared
        self._own: FileLock | None = None
        self._name = ""

    def own(self) -> str:
        """The name of this store's lease; taken at the first call, held until `close`.

        It is taken before the name is written to a row, so that no other program sees the name without
        the lock.
        """
        if self._own is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{self._mark()}{uuid.uuid4().hex}"
            # A lock shared by the threads of this process: a server saves from any of them.
            lock = FileLock(self._path(name), thread_local=False)
            lock.acquire(timeout=0)
            self._own, self._name = lock, name
        return self._name

    @contextmanager
    def ended(self, name: str) -> Iterator[bool]:
        """Whether the holder of that lease is gone.

        While the block runs no second program gets True for the same lease, so that a take is recovered once.
        """
        path = self._path(name)
        if name == self._name or not name.startswith(self._mark()):
            yield False
            return
        if not path.exists():  # the holder closed its store, or the file was cleared away
            yield True
            return
        lock = FileLock(path, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
            _remove(path)  # only once the block is through: names are never used again
        finally:
            lock.release()
            _remove(path)

    def close(self) -> None:
        """Give the own lease back."""
        if self._own is not None:
            _remove(self._path(self._name))
            self._own.release()
            _remove(self._path(self._name))  # Windows removes only what is not open
            self._own, self._name = None, ""

    def _mark(self) -> str:
        if not self._shared:
            return ""
        file = self._folder / "machine"
        self._folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), file.open("x") as made:
            made.write(uuid.uuid4().hex[:12] + "-")
        return file.read_text()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
