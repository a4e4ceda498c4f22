"""Everything that is held on a person as one zip: JSON and recordings, for them to take away.

::

    person.json              consents, baselines, check-ins, when each skill is due; on a server also the
                             account, sign-ins, assignments, blind scores and who has opened what
    attempts/ID.json         an attempt with words, measurements and scores
    attempts/ID.remarks.json what coaches and the person added to it
    audio/KEY.wav            the recordings, as stored
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from voice_trainer import serialise
from voice_trainer.domain.attempt import Attempt, Baseline
from voice_trainer.domain.checkin import CheckIn
from voice_trainer.domain.review import Remark
from voice_trainer.errors import StorageError
from voice_trainer.ports import AttemptStore, BlobStore, GrowthStore, PersonRecords, ReviewStore


def write_person(
    file: Path | IO[bytes],
    person: str,
    attempts: Iterable[Attempt],
    *,
    store: AttemptStore,
    growth: GrowthStore,
    reviews: ReviewStore,
    blobs: BlobStore,
    records: PersonRecords,
) -> int:
    """Write the zip, one recording in memory at a time; returns how many recordings it holds.

    `file` is a path where nothing is yet, or an open file.
    """
    stored = set(blobs.keys())
    recordings = 0
    baselines = store.baselines(person)
    with zipfile.ZipFile(file, "x" if isinstance(file, Path) else "w", zipfile.ZIP_DEFLATED) as archive:
        about = {
            "person": person,
            "consents": [json.loads(serialise.CONSENT.dump(one)) for one in store.consents(person)],
            "baselines": TypeAdapter(list[Baseline]).dump_python(baselines, mode="json"),
            "check_ins": TypeAdapter(list[CheckIn]).dump_python(growth.check_ins(person), mode="json"),
            "skills_due": {skill.value: json.loads(card) for skill, card in growth.cards(person).items()},
        }
        about |= records.held(person)
        archive.writestr("person.json", json.dumps(about, indent=1, ensure_ascii=False))
        keys = [one.audio_key for one in baselines]
        for attempt in attempts:
            archive.writestr(f"attempts/{attempt.id}.json", serialise.ATTEMPT.dump(attempt))
            remarks = reviews.review(attempt.id).remarks
            if remarks:
                content = TypeAdapter(tuple[Remark, ...]).dump_json(tuple(remarks), indent=1)
                archive.writestr(f"attempts/{attempt.id}.remarks.json", content)
            keys += [take.audio_key for take in attempt.takes]
        for key in dict.fromkeys(key for key in keys if key in stored):
            assert key is not None
            try:
                content = blobs.get(key)
            except StorageError as error:
                if error.code == "recording_missing":
                    continue  # swept meanwhile
                raise
            suffix = ".flac" if content[:4] == b"fLaC" else ".wav"
            archive.writestr(zipfile.ZipInfo(f"audio/{key}{suffix}"), content)
            recordings += 1
    return recordings
