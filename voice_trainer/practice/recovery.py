"""Takes that a crash or a kill interrupted: their sound is on disk and is not given up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_trainer.domain.attempt import TakeState
from voice_trainer.errors import StorageError
from voice_trainer.ports import AttemptStore, BlobStore


@dataclass(frozen=True, slots=True)
class Recovered:
    """A take that was found; `duration_s` is 0 where nothing had been recorded."""

    attempt_id: str
    take_id: str
    title: str
    person: str
    duration_s: float


def recover(store: AttemptStore, blobs: BlobStore) -> list[Recovered]:
    """Mark interrupted takes as recorded, so that they can be heard, judged or deleted."""
    found = []
    for attempt, take in store.interrupted():
        try:
            duration_s = blobs.recover(take.audio_key) if take.audio_key else 0.0
        except StorageError as error:
            if error.code != "recording_missing":
                continue  # it may be there and cannot be reached just now: the next start looks again
            duration_s = 0.0  # killed before the first sample reached the disk
        state = TakeState.RECORDED if duration_s > 0 else TakeState.DISCARDED
        kept = replace(take, state=state, duration_s=duration_s, recovered=True)
        if duration_s == 0:
            kept = replace(kept, audio_key=None)
        store.save_take(attempt.id, kept)
        found.append(Recovered(attempt.id, take.id, attempt.scenario.title, attempt.person, duration_s))
    return found
