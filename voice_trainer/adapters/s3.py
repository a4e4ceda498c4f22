"""Recordings in an S3-compatible store, by obstore; spoken to disk first, then carried there.

While a take is recorded it lies under ``recording/`` of a spool on this machine, written as it is spoken.
When it is finished it moves to ``ready/`` and is uploaded; if the store is away it stays there and `upload`
carries it later. Nothing is deleted here before the store has it, so a crash at any moment loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from voice_trainer.adapters.files import FileBlobStore, WavWriter
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import StorageError

_ANSWER_S = 20  # for one request
_GIVE_UP_S = 15  # on trying it again


class S3BlobStore:
    """Port `BlobStore`. Keys as `FileBlobStore` has them, under the prefix of `url` (``s3://bucket/prefix``).

    The access keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY). `endpoint` is the
    store's address where it is not Amazon's.
    """

    def __init__(self, url: str, *, spool: Path, endpoint: str | None, region: str) -> None:
        from datetime import timedelta

        from obstore.store import S3Store

        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._url = url
        self._recording = FileBlobStore(spool / "recording")
        self._ready = FileBlobStore(spool / "ready")
        config: dict[str, Any] = {"region": region, "virtual_hosted_style_request": endpoint is None}
        if endpoint is not None:
            config["endpoint"] = endpoint
        self._store = S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            client_options={"timeout": timedelta(seconds=_ANSWER_S), "allow_http": True},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=_GIVE_UP_S)},
            **config,
        )

    def writer(self, key: str, *, rate_hz: int) -> SpoolingWriter:
        """Begin a recording under `key`; an existing one is never overwritten."""
        if key in self._waiting() or self._exists(key):
            raise StorageError(
                "recording_exists", f"There is a recording {key} already.", remedy="No take is overwritten."
            )
        return SpoolingWriter(self._recording.writer(key, rate_hz=rate_hz), self, key)

    def read(self, key: str) -> Waveform:
        """The recording, from wherever it is; an unfinished one is read as far as it goes."""
        for spool in (self._recording, self._ready):
            if spool.path(key).is_file():
                return spool.read(key)
        from voice_trainer.adapters import wav
        from voice_trainer.adapters.soundfile import decode

        content = self.get(key)
        found = wav.layout(content[:65536], len(content))
        if found is None:
            return decode(content)
        return Waveform(wav.from_pcm16(content[found.start : found.end]), found.rate_hz)

    def recover(self, key: str) -> float:
        """Finish a recording that was cut short and carry it; its seconds."""
        if self._recording.path(key).is_file():
            duration_s = self._recording.recover(key)
            self.settle(key)
            return duration_s
        return self.read(key).duration_s

    def settle(self, key: str) -> None:
        """A recording is finished: carry it, or keep it until it can be carried."""
        target = self._ready.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._recording.path(key).replace(target)
        self._carry(key)

    def upload(self) -> int:
        """Carry what could not be carried before; returns how many. Raises `StorageError` as it fails."""
        keys = self._ready.keys()
        for key in keys:
            self._carry(key)
        return len(keys)

    def put(self, key: str, content: bytes) -> None:
        """Store a whole file."""
        import obstore

        with self._faults(key):
            obstore.put(self._store, self._name(key), content)

    def get(self, key: str) -> bytes:
        """The whole file."""
        import obstore

        for spool in (self._ready, self._recording):
            if spool.path(key).is_file():
                return spool.get(key)
        with self._faults(key):
            return bytes(obstore.get(self._store, self._name(key)).bytes())

    def delete(self, key: str) -> None:
        """Remove the recording and everything derived from it, here and there; missing is fine."""
        import obstore

        self._recording.delete(key)
        self._ready.delete(key)
        folder, _, name = key.rpartition("/")
        with self._faults(key):
            # A listing takes whole folders; the dot keeps a/t10 when a/t1 goes.
            names = [one for one in self._listed(folder) if one == key or one.startswith(f"{key}.")]
            if "." in name:
                names = [key] if key in names else []
            for one in names:
                obstore.delete(self._store, one)

    def keys(self) -> list[str]:
        """All keys, sorted; a recording's without its suffix."""
        with self._faults(""):
            stored = {name.removesuffix(".wav") for name in self._listed("")}
        return sorted(stored | self._waiting())

    def _carry(self, key: str) -> None:
        self.put(key, self._ready.get(key))
        self._ready.path(key).unlink(missing_ok=True)

    def _waiting(self) -> set[str]:
        return {*self._recording.keys(), *self._ready.keys()}

    def _listed(self, folder: str) -> list[str]:
        import obstore

        pages = obstore.list(self._store, prefix=folder or None)
        return [str(item["path"]) for page in pages for item in page]

    def _exists(self, key: str) -> bool:
        import obstore

        try:
            with self._faults(key):
                obstore.head(self._store, self._name(key))
        except StorageError as error:
            if error.code in ("recording_missing", "store_unreachable"):
                return False  # a store that is away must keep nobody from speaking
            raise
        return True

    def _name(self, key: str) -> str:
        self._recording.path(key)  # refuses what is no key
        return key if "." in key.rpartition("/")[2] else f"{key}.wav"

    @contextmanager
    def _faults(self, key: str) -> Iterator[None]:
        """What the store says, in our words; the bucket is named, never the keys to it."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, FileNotFoundError, PermissionError) as error:
            raise _fault(error, key, self._url) from error


class SpoolingWriter:
    """Port `BlobWriter`: to disk as it is spoken, to the store at the end."""

    def __init__(self, file: WavWriter, store: S3BlobStore, key: str) -> None:
        self._file = file
        self._store = store
        self._key = key
        self._closed = False

    def write(self, samples: FloatArray) -> FloatArray:
        """Append and return the samples as they will be read back."""
        return self._file.write(samples)

    def close(self) -> None:
        """Finish and carry it; `StorageError` where the store is away: it is kept and carried later."""
        if self._closed:
            return
        self._closed = True
        self._file.close()
        self._store.settle(self._key)


def _fault(error: Exception, key: str, url: str) -> StorageError:
    text, name = str(error), type(error).__name__
    if "NoSuchBucket" in text:
        return StorageError(
            "bucket_missing", f"There is no store at {url}.", remedy="Make the bucket, or mend `blob_url`."
        )
    if name in ("NotFoundError", "FileNotFoundError"):
        return StorageError(
            "recording_missing", f"The recording {key} is not in {url}.", remedy="It may have been deleted."
        )
    if name in ("PermissionDeniedError", "UnauthenticatedError", "PermissionError") or "403" in text:
        return StorageError(
            "data_read_only",
            f"The store at {url} refused ({name}).",
            remedy="Give its keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) the right to read, write, list "
            "and delete; recordings wait on this machine until then.",
        )
    return StorageError(
        "store_unreachable",
        f"The store at {url} cannot be reached ({name}).",
        remedy="Check its address and that it runs; recordings wait on this machine until then.",
    )
