"""What can be done with attempts that exist: re-score, correct, delete, hand over."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.attempt import Attempt, Consent, TakeState
from voice_trainer.domain.review import Remark, Review
from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, BlobStore, ReviewStore
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.events import Emit, ignore
from voice_trainer.practice.judgement import judge_take


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
    attempt: Attempt,
    recordings: dict[str, bytes],
    *,
    store: AttemptStore,
    blobs: BlobStore,
    reviews: ReviewStore | None = None,
    review: Review | None = None,
    consent: Consent | None = None,
) -> int:
    """Take over an attempt from another machine, recordings first, all or nothing.

    Returns how many remarks were new here. Where the attempt is here already, nothing of it is overwritten:
    the coach's remarks are added, so that a bundle can travel back. Raises `UsageError` ``attempt_exists``
    where it brings nothing new. `consent` is kept where the person gave none here.
    """
    remarks = review.remarks if review else ()
    if _is_here(store, attempt.id):
        added = _add_remarks(store.get(attempt.id), attempt, remarks, reviews)
        if added:
            _keep_consent(store, consent)
            return added
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
    if reviews is not None:
        for remark in remarks:
            reviews.add(attempt.id, remark)
    _keep_consent(store, consent)
    return len(remarks) if reviews is not None else 0


def _keep_consent(store: AttemptStore, consent: Consent | None) -> None:
    if consent is not None and store.consent(consent.person) is None:
        store.save_consent(consent)


def _add_remarks(
    here: Attempt, there: Attempt, remarks: Sequence[Remark], reviews: ReviewStore | None
) -> int:
    """Remarks that are new, on takes that are here; none where the two only share an id."""
    if reviews is None or (here.person, here.created_at) != (there.person, there.created_at):
        return 0
    known = {remark.id for remark in reviews.review(here.id).remarks}
    takes = {take.id for take in here.takes}
    new = [remark for remark in remarks if remark.id not in known and remark.take_id in takes]
    for remark in new:
        reviews.add(here.id, remark)
    return len(new)


def _is_here(store: AttemptStore, attempt_id: str) -> bool:
    try:
        return store.get(attempt_id).id == attempt_id
    except UsageError:
        return False
