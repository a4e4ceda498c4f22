"""Recordings as files beside the database: on disk as they are spoken, readable after a crash."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voice_trainer.adapters import wav
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import StorageError

_SYNC_EVERY_S = 1.0
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_PART}(/{_PART})*")
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_UNFINISHED = ".part"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def _storage_faults(path: Path) -> Iterator[None]:
    """Turn the system's word on a failed write into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(
                "disk_full",
                f"There is no room left to write {path}.",
                remedy="Free some space; what was recorded so far is kept.",
            ) from error
        if error.errno in _READ_ONLY:
            raise StorageError(
                "data_read_only",
                f"{path} cannot be written ({error.strerror}).",
                remedy="Allow writing to that folder, or choose another data folder.",
            ) from error
        raise StorageError(
            "data_write_failed", f"{path} cannot be written ({error}).", remedy="Check the disk."
        ) from error


class WavWriter:
    """Port `BlobWriter`: every block goes straight to the system, header and disk follow each second.

    A killed process loses nothing that it wrote; a machine that loses power loses about a second.
    """

    def __init__(self, path: Path, *, rate_hz: int) -> None:
        self._path = path
        self._rate_hz = rate_hz
        self._data_bytes = 0
        self._synced_s = time.monotonic()
        with _storage_faults(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._file = path.open("xb", buffering=0)
            except FileExistsError as error:
                raise StorageError(
                    "recording_exists", f"{path} holds a recording already.", remedy="No take is overwritten."
                ) from error
            try:
                self._append(wav.header(rate_hz, 0))
            except OSError:
                self._file.close()
                path.unlink()
                raise

    @property
    def duration_s(self) -> float:
        """Seconds written so far."""
        return self._data_bytes / 2 / self._rate_hz

    def write(self, samples: FloatArray) -> FloatArray:
        """Append and return the samples as they will be read back.

        Raises `StorageError` when the disk is full, keeping what was written.
        """
        content = wav.to_pcm16(samples)
        try:
            with _storage_faults(self._path):
                self._data_bytes += self._append(content)
        except StorageError:
            self._keep_what_is_there()
            raise
        if time.monotonic() - self._synced_s >= _SYNC_EVERY_S:
            with _storage_faults(self._path):
                self._sync()
        return wav.from_pcm16(content)

    def close(self) -> None:
        """Finish the file; a second time is harmless."""
        if self._file.closed:
            return
        try:
            with _storage_faults(self._path):
                self._sync()
        finally:
            self._file.close()

    def _append(self, data: bytes) -> int:
        # An unbuffered write may take only a part, the last one before a full disk for instance.
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        return len(data)

    def _sync(self) -> None:
        self._file.seek(0)
        self._file.write(wav.header(self._rate_hz, self._data_bytes))
        self._file.seek(0, os.SEEK_END)
        os.fsync(self._file.fileno())
        self._synced_s = time.monotonic()

    def _keep_what_is_there(self) -> None:
        """After a failed write: cut to whole samples, make the header true."""
        with suppress(OSError):
            self._data_bytes = (self._file.seek(0, os.SEEK_END) - wav.HEADER_BYTES) // 2 * 2
            self._file.truncate(wav.HEADER_BYTES + self._data_bytes)
            self._sync()


class FileBlobStore:
    """Port `BlobStore`: ``a/take`` is ``root/a/take.wav``, and ``a/take.peaks.json`` belongs to it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, key: str) -> Path:
        """The file of a key (existing or not); a key without a suffix names a recording."""
        if not _KEY.fullmatch(key) or any(_WINDOWS_DEVICES.fullmatch(part) for part in key.split("/")):
            raise StorageError(
                "bad_key",
                f"{key!r} is no key of a recording.",
                remedy="Use letters, digits, dots, - and _; parts joined by /.",
            )
        folder, _, name = key.rpartition("/")
        return self._root / folder / (name if "." in name else f"{name}.wav")

    def writer(self, key: str, *, rate_hz: int) -> WavWriter:
        """Begin a recording under `key`; an existing one is never overwritten."""
        return WavWriter(self.path(key), rate_hz=rate_hz)

    def read(self, key: str) -> Waveform:
        """The recording; an unfinished one is read as far as it goes."""
        content = self.get(key)
        found = wav.layout(content[:65536], len(content))
        if found is not None:
            return Waveform(wav.from_pcm16(content[found.start : found.end]), found.rate_hz)
        if len(content) < wav.HEADER_BYTES:
            raise StorageError(
                "recording_empty", f"The recording {key} holds no sound.", remedy="Record it again."
            )
        from voice_trainer.adapters import soundfile

        return soundfile.decode(content)

    def recover(self, key: str) -> float:
        """Mend the header of a recording cut short, so that any program plays it; its seconds."""
        path = self.path(key)
        content_bytes = self._size(key)
        with _storage_faults(path), path.open("r+b") as file:
            found = wav.layout(file.read(65536), content_bytes)
            if found is None:
                return 0.0
            data_bytes = (found.end - found.start) // 2 * 2
            if not found.finished and found.start == wav.HEADER_BYTES:
                file.truncate(found.start + data_bytes)
                file.seek(0)
                file.write(wav.header(found.rate_hz, data_bytes))
                file.flush()
                os.fsync(file.fileno())
        return data_bytes / 2 / found.rate_hz

    def upload(self) -> int:
        """Nothing is ever elsewhere."""
        return 0

    def put(self, key: str, content: bytes) -> None:
        """Store a whole file, in one step: another process sees all of it or none."""
        path = self.path(key)
        half_written = path.with_name(path.name + _UNFINISHED)
        with _storage_faults(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with half_written.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                half_written.replace(path)
            except OSError:
                half_written.unlink(missing_ok=True)
                raise

    def get(self, key: str) -> bytes:
        """The whole file."""
        path = self.path(key)
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise _missing(key, path) from error
        except OSError as error:
            raise StorageError(
                "data_unreadable",
                f"{path} cannot be read ({error}).",
                remedy="Check the disk and permissions.",
            ) from error

    def delete(self, key: str) -> None:
        """Remove the recording and everything derived from it; missing is fine."""
        path = self.path(key)
        with _storage_faults(path):
            path.unlink(missing_ok=True)
            if path.suffix == ".wav" and path.parent.is_dir():
                for derived in path.parent.glob(f"{path.stem}.*"):
                    derived.unlink(missing_ok=True)
            self._remove_empty_folders(path.parent)

    def keys(self) -> list[str]:
        """All keys, sorted; a recording's without its suffix."""
        if not self._root.is_dir():
            return []
        paths = (p for p in self._root.rglob("*") if p.is_file() and p.suffix != _UNFINISHED)
        return sorted(p.relative_to(self._root).as_posix().removesuffix(".wav") for p in paths)

    def _size(self, key: str) -> int:
        try:
            return self.path(key).stat().st_size
        except OSError as error:
            raise _missing(key, self.path(key)) from error

    def _remove_empty_folders(self, folder: Path) -> None:
        while folder != self._root and folder.is_relative_to(self._root):
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def _missing(key: str, path: Path) -> StorageError:
    return StorageError(
        "recording_missing", f"The recording {key} is not there ({path}).", remedy="It may have been deleted."
    )
