"""One download that can be interrupted: kept in parts, resumed, checked, and only then put in place."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import IO

from voice_trainer.errors import ModelError, StorageError

_BLOCK_BYTES = 1 << 16
_TIMEOUT_S = 30.0
Progress = Callable[[int, int | None], None]


def download(url: str, target: Path, *, sha256: str, progress: Progress) -> None:
    """Fetch `url` to `target`; what came so far stays in ``target.part`` if the connection breaks.

    Raises
    ------
    ModelError
        ``network`` where the server cannot be reached or stops; ``model_checksum`` where the content
        is not what `sha256` promises (the part is then removed, as resuming it would never help).
    StorageError
        ``models_dir_unwritable`` where the folder cannot be written or the disk is full.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            _receive(url, file, progress)
        digest = _digest(part)
        if digest == sha256:
            part.replace(target)
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise _network_error(target, part, error) from error
    except OSError as error:
        raise StorageError(
            "models_dir_unwritable",
            f"The weights cannot be written to {target.parent}: {error.strerror or error}.",
            remedy="Free some space or choose another models directory, then run the command again.",
        ) from error
    if digest != sha256:
        part.unlink(missing_ok=True)
        raise ModelError(
            "model_checksum",
            f"What was downloaded for {target.name} is not the published file: "
            f"SHA-256 {digest[:12]}…, expected {sha256[:12]}….",
            remedy="Run the command again; if it stays so, something between here and the server alters it.",
        )


def _receive(url: str, file: IO[bytes], progress: Progress) -> None:
    """Append to `file` what it does not hold yet."""
    done = file.tell()
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is here already; the checksum decides
        raise
    with response:
        if done and response.status != HTTPStatus.PARTIAL_CONTENT:
            file.truncate(done := 0)  # the server cannot resume: it sends everything again
        length = response.headers.get("Content-Length")
        total = done + int(length) if length else None
        while block := response.read(_BLOCK_BYTES):
            file.write(block)
            done += len(block)
            progress(done, total)
    if total is not None and done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _network_error(target: Path, part: Path, error: Exception) -> ModelError:
    if isinstance(error, urllib.error.HTTPError):
        why = f"the server answered {error.code} {error.reason}"
    elif isinstance(error, http.client.IncompleteRead):
        why = "the connection ended early"
    else:
        why = str(getattr(error, "reason", error)) or type(error).__name__
    kept = part.stat().st_size if part.is_file() else 0
    return ModelError(
        "network",
        f"{target.name} could not be downloaded: {why}.",
        remedy=(
            f"{kept:,} bytes are kept; run the command again and it goes on from there"
            if kept
            else "Check the connection and run the command again"
        )
        + f", or copy the file from another machine to {target.parent}.",
    )
