"""Sends xAPI statements to a learning record store over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import httpx

from voice_trainer.errors import StorageError

VERSION = "1.0.3"
BATCH = 50
TRIES = 3
TIMEOUT_S = 20.0
_CONFLICT = 409  # the store has a statement of this id already, worded otherwise: what is there stays


class LearningRecordStore:
    """One store, by its endpoint (the address before ``/statements``) and its key.

    Statements carry their own ids, so a batch that was sent twice is stored once.
    """

    def __init__(self, endpoint: str, *, key: str, secret: str) -> None:
        self._address = f"{endpoint.rstrip('/')}/statements"
        self._client = httpx.Client(
            auth=(key, secret),
            headers={"X-Experience-API-Version": VERSION},
            timeout=TIMEOUT_S,
            transport=httpx.HTTPTransport(retries=TRIES),
        )

    def send(self, statements: Iterable[dict[str, Any]]) -> int:
        """Send all in batches; returns how many. Raises `StorageError` ``record_store_refused``."""
        sent = 0
        for batch in _batches(iter(statements)):
            self._post(batch)
            sent += len(batch)
        return sent

    def _post(self, batch: list[dict[str, Any]]) -> None:
        try:
            answer = self._client.post(self._address, json=batch)
        except httpx.HTTPError as error:
            raise self._refused(f"{type(error).__name__}: {error}") from error
        if answer.status_code == _CONFLICT and len(batch) > 1:
            for one in batch:  # the store refuses a whole batch for one statement in it
                self._post([one])
        elif not answer.is_success and answer.status_code != _CONFLICT:
            raise self._refused(f"status {answer.status_code}")

    def _refused(self, why: str) -> StorageError:
        return StorageError(
            "record_store_refused",
            f"The learning record store at {self._address} took nothing ({why}).",
            remedy="Check its address, key and secret; send again: nothing is stored twice.",
        )


def _batches(statements: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(statements, BATCH)):
        yield batch
