"""Values survive the store and the bundle unchanged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import strategies as values
from voice_trainer import serialise
from voice_trainer.adapters.sql.database import Database
from voice_trainer.adapters.sql.review_store import SqlReviewStore
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Baseline, Consent
from voice_trainer.domain.review import Review
from voice_trainer.domain.scenario import CallKind, Scenario, Turn
from voice_trainer.errors import UsageError
from voice_trainer.exports.bundle import read_bundle, write_bundle
from voice_trainer.testing.stores import MemoryBlobStore

SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
        HealthCheck.large_base_example,
    ],
)


CALL = Scenario("late", 1, "Late", "retail", "en-GB", CallKind.COMPLAINT, 2, (Turn("opening", "Hello?"),))
BARE = Attempt("bare", "ann", datetime(2026, 1, 1, tzinfo=UTC), CALL, "ab" * 32)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database(tmp_path_factory.mktemp("data") / "store.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def store(database: Database) -> SqlAttemptStore:
    return SqlAttemptStore(database)


def filled(attempt: Attempt, audio: bytes) -> MemoryBlobStore:
    blobs = MemoryBlobStore()
    for take in attempt.takes:
        if take.audio_key is not None:
            blobs.put(take.audio_key, audio + take.audio_key.encode())
    return blobs


@SLOW
@given(values.attempts)
def test_json_and_back(attempt: Attempt) -> None:
    assert serialise.ATTEMPT.load(serialise.ATTEMPT.dump(attempt)) == attempt


@SLOW
@given(values.attempts)
def test_store_and_back(store: SqlAttemptStore, attempt: Attempt) -> None:
    store.delete(attempt.id)
    store.save(attempt)
    assert store.get(attempt.id) == attempt


@SLOW
@given(values.baselines)
def test_baseline_and_back(store: SqlAttemptStore, baseline: Baseline) -> None:
    store.save_baseline(baseline)
    assert baseline in store.baselines(baseline.person)


@SLOW
@given(values.reviews)
def test_review_and_back(database: Database, review: Review) -> None:
    reviews, store = SqlReviewStore(database), SqlAttemptStore(database)
    store.delete(BARE.id)
    store.save(BARE)
    for remark in review.remarks:
        reviews.add(BARE.id, remark)
    assert reviews.review(BARE.id) == review
    assert serialise.REVIEW.load(serialise.REVIEW.dump(review)) == review


def on_takes_of(attempt: Attempt, review: Review) -> Review:
    """The review, were it one of `attempt`."""
    ids = [take.id for take in attempt.takes]
    if not ids:
        return Review()
    return Review(tuple(replace(r, take_id=ids[i % len(ids)]) for i, r in enumerate(review.remarks)))


@SLOW
@given(values.attempts, st.none() | values.consents, values.reviews, st.binary(max_size=50))
def test_bundle_and_back(attempt: Attempt, consent: Consent | None, review: Review, audio: bytes) -> None:
    consent = consent and replace(consent, person=attempt.person)
    review = on_takes_of(attempt, review)
    blobs = filled(attempt, audio)
    bundle = read_bundle(write_bundle(attempt, blobs=blobs, consent=consent, review=review))
    assert bundle.attempt == attempt
    assert bundle.review == review
    assert bundle.consent == consent
    assert bundle.audio == {key: blobs.get(key) for key in blobs.keys()}  # noqa: SIM118


@SLOW
@given(attempt=values.attempts, data=st.data())
def test_a_damaged_bundle_is_refused_or_harmless(attempt: Attempt, data: st.DataObject) -> None:
    whole = write_bundle(attempt, blobs=filled(attempt, b"RIFF...."), consent=None)
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))])
    found, code = None, None
    try:
        found = read_bundle(cut)
    except UsageError as error:
        code = error.code
    if found is None:
        assert code in ("bundle_broken", "bundle_newer")
    else:
        # Bytes that mean nothing (a date in the zip's directory) may differ; what was said may not.
        assert found.attempt == attempt


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(content: bytes) -> None:
    with pytest.raises(UsageError):
        read_bundle(content)


@given(st.dictionaries(st.sampled_from(["manifest.json", "attempt.json", "x"]), st.binary(max_size=80)))
def test_no_zip_breaks_the_reader(members: dict[str, bytes]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(UsageError):
        read_bundle(file.getvalue())
