"""Everything that is held on a person: erased, with a receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from voice_trainer.domain.attempt import Attempt
from voice_trainer.job_ports import JobQueue
from voice_trainer.ports import AttemptStore, BlobStore, Clock, GrowthStore, PersonRecords
from voice_trainer.practice.attempts import delete_attempt

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Holdings:
    """Where things of a person are kept."""

    store: AttemptStore
    growth: GrowthStore
    blobs: BlobStore
    queue: JobQueue
    records: PersonRecords


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, without what it was.

    `person_sha256` lets those who know the name find the receipt; `sha256` is of all the rest.
    """

    person_sha256: str
    erased_at: datetime
    attempts: int
    takes: int
    recordings: int
    judgements: int
    baselines: int
    consents: int
    check_ins: int
    accounts: int
    sign_ins: int
    assignments: int
    blind_scores: int
    audit_entries: int
    sha256: str


def attempts_of(person: str, store: AttemptStore) -> Iterator[Attempt]:
    """All attempts of a person, newest first."""
    offset = 0
    while page := store.summaries(person=person, limit=_PAGE, offset=offset):
        for line in page:
            yield store.get(line.id)
        offset += len(page)


def erase_person(person: str, held: Holdings, *, clock: Clock, known_as: str | None = None) -> Receipt:
    """Delete everything of a person: sound first, then rows, here and in copies, and what waits in the queue.

    `known_as` is the name that finds the receipt later (the sign-in name of an account); by default `person`.

    Asked again after a fault in between it goes on where it stopped. What a person wrote about others stays:
    it is theirs. The account goes last, so that asking again still finds the person by their sign-in name.
    """
    held.records.shut_out(person)
    counts = dict.fromkeys(("attempts", "takes", "recordings", "judgements"), 0)
    while page := held.store.summaries(person=person, limit=_PAGE):
        for line in page:
            attempt = held.store.get(line.id)
            counts["judgements"] += held.queue.forget(attempt.id)
            counts["recordings"] += delete_attempt(attempt, store=held.store, blobs=held.blobs)
            counts["attempts"] += 1
            counts["takes"] += len(attempt.takes)
    baselines = held.store.baselines(person)
    for baseline in baselines:
        if baseline.audio_key is not None:
            held.blobs.delete(baseline.audio_key)
            counts["recordings"] += 1
        held.store.delete_baseline(baseline.id)
    counts["baselines"] = len(baselines)
    counts["check_ins"] = held.growth.forget_check_ins(person)
    held.growth.forget(person)
    counts["consents"] = held.store.delete_consents(person)
    counts |= held.records.forget(person)
    name = hashlib.sha256((known_as or person).encode()).hexdigest()
    now = clock.now()
    whole = json.dumps({"person_sha256": name, "erased_at": now.isoformat(), **counts}, sort_keys=True)
    return Receipt(name, now, **counts, sha256=hashlib.sha256(whole.encode()).hexdigest())
