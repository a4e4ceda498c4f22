"""What can be done with attempts that exist: re-score, correct, delete, hand over."""

from __future__ import annotations

from voice_trainer.domain.attempt import Attempt, TakeState
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, BlobStore
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.events import Emit, ignore
from voice_trainer.practice.session import judge_take


def rescore(
    attempt: Attempt,
    *,
    engines: Engines,
    store: AttemptStore,
    blobs: BlobStore,
    emit: Emit = ignore,
    said: dict[str, str] | None = None,
) -> Attempt:
    """Judge every kept take again with today's engines and rubric; corrections by a person stay.

    `said` gives corrected words by take id.
    """
    for take in attempt.takes:
        if take.audio_key is None or take.state in (TakeState.DISCARDED, TakeState.RECORDING):
            continue
        words = (said or {}).get(take.id)
        heard = take.machine_transcript
        same_ear = heard is not None and (heard.engine, heard.model) == (
            engines.transcriber.engine,
            engines.transcriber.model,
        )
        judged = judge_take(
            attempt, take, engines=engines, blobs=blobs, said=words, rehear=not same_ear, emit=emit
        )
        store.save_take(attempt.id, judged)
        attempt = attempt.with_take(judged)
    return attempt


def delete_attempt(attempt: Attempt, *, store: AttemptStore, blobs: BlobStore) -> int:
    """Remove rows, recordings and derived files; returns how many recordings there were.

    The recordings go first: were the rows gone first, a fault in between would leave a voice on disk that
    nobody could name any more.
    """
    keys = [take.audio_key for take in attempt.takes if take.audio_key is not None]
    for key in keys:
        blobs.delete(key)
    store.delete(attempt.id)
    return len(keys)


def import_attempt(
    attempt: Attempt, recordings: dict[str, bytes], *, store: AttemptStore, blobs: BlobStore
) -> None:
    """Take over an attempt from another machine, recordings first, all or nothing.

    Raises `UsageError` ``attempt_exists`` where it is here already: nothing is overwritten.
    """
    if _is_here(store, attempt.id):
        raise UsageError(
            "attempt_exists",
            f"The attempt {attempt.id} is here already.",
            remedy=f"See `voice-trainer attempts show {attempt.id}`; delete it first to take it over again.",
        )
    stored: list[str] = []
    try:
        for key, content in recordings.items():
            blobs.put(key, content)
            stored.append(key)
        store.save(attempt)
    except BaseException:  # Ctrl-C too: recordings without their attempt would be nobody's
        for key in stored:
            blobs.delete(key)
        raise


def _is_here(store: AttemptStore, attempt_id: str) -> bool:
    try:
        return store.get(attempt_id).id == attempt_id
    except UsageError:
        return False
