"""Keeps the speaking process alive between lines, and ends it when it hangs or is not needed any more."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

# -P: the folder of the script holds our own pyttsx3.py, which would hide the real one.
WORKER_COMMAND = (sys.executable, "-P", str(Path(__file__).with_name("pyttsx3_worker.py")))
END_S = 1.0


class WorkerFailure(Exception):  # noqa: N818 - an answer of this module, turned into an error by its user
    """The process died, hung, or answered nonsense. It has been ended; the next request starts another."""


class WorkerProcess:
    """One process that answers JSON lines, started when first asked and started again after a failure.

    Not thread-safe: its user holds a lock.
    """

    def __init__(self, command: Sequence[str] = WORKER_COMMAND) -> None:
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self._asked = 0
        self._finalizer: Any = None

    @property
    def pid(self) -> int | None:
        """Process id, None while there is none."""
        return self._process.pid if self._process else None

    def ask(self, request: Mapping[str, object], *, timeout_s: float) -> dict[str, Any]:
        """Send a request and wait for its answer; raises `WorkerFailure`."""
        process = self._running()
        self._asked += 1
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps({**request, "id": self._asked}).encode() + b"\n")
            process.stdin.flush()
            return self._answer(process, timeout_s)
        except OSError as error:
            self.close()
            raise WorkerFailure(f"the speaking process died ({error})") from error
        except BaseException:  # also Ctrl-C: a late answer must not meet the next question
            self.close()
            raise

    def close(self) -> None:
        """End the process, if there is one."""
        if self._finalizer is not None:
            self._finalizer()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise WorkerFailure(f"the speaking process does not start ({error})") from error
        self._process, self._lines = process, queue.Queue()
        threading.Thread(target=_forward, args=(process, self._lines), daemon=True).start()
        self._finalizer = weakref.finalize(self, _end, process)  # runs at exit, too
        return process

    def _answer(self, process: subprocess.Popen[bytes], timeout_s: float) -> dict[str, Any]:
        until_s = time.monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, until_s - time.monotonic()))
            except queue.Empty:
                raise WorkerFailure(f"the speech engine did not answer within {timeout_s:.0f} s") from None
            if line is None:
                status = process.wait(END_S)
                raise WorkerFailure(f"the speaking process ended with status {status}")
            with suppress(ValueError):
                answer = json.loads(line)
                if isinstance(answer, dict) and answer.get("id") == self._asked:
                    return answer


def _forward(process: subprocess.Popen[bytes], lines: queue.Queue[bytes | None]) -> None:
    assert process.stdout is not None
    with suppress(OSError, ValueError):
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its input, which ends it; kill it where that does not help."""
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
