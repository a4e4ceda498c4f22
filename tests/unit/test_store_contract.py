"""What every attempt store and every blob store must do; the real ones and the fakes alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Baseline, Consent, Take, TakeState
from voice_trainer.domain.delivery import VoiceProfile
from voice_trainer.domain.scenario import CallKind, Reaction, Scenario, Turn
from voice_trainer.domain.score import Feedback, Score
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.ports import AttemptStore, BlobStore
from voice_trainer.testing.stores import MemoryAttemptStore, MemoryBlobStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CALL = Scenario(
    "late", 1, "Late again", "retail", "en-GB", CallKind.COMPLAINT, 2, (Turn("opening", "Hello?"),)
)
VOICE = VoiceProfile(90.0, 1.0, 2.0, -60.0, 30.0, 9.0, 8000.0)


@dataclass
class Place:
    """A store, and what happens to it when its program dies."""

    store: AttemptStore
    restart: Callable[[], AttemptStore]


@pytest.fixture(params=["memory", "sql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "memory":
        memory = MemoryAttemptStore()

        def die() -> AttemptStore:
            memory.crash()
            return memory

        yield Place(memory, die)
        return
    opened = [SqlAttemptStore(tmp_path / "store.db")]

    def reopen() -> AttemptStore:
        opened[-1].close()  # gives its lock back, as the system does for a dead program
        opened.append(SqlAttemptStore(tmp_path / "store.db"))
        return opened[-1]

    yield Place(opened[0], reopen)
    opened[-1].close()


@pytest.fixture
def store(place: Place) -> AttemptStore:
    return place.store


@pytest.fixture(params=["memory", "files"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return MemoryBlobStore() if request.param == "memory" else FileBlobStore(tmp_path / "audio")


def take(
    take_id: str, *, number: int = 1, turn: str = "opening", points: tuple[int, int] | None = None
) -> Take:
    score = points and Score("1", (), *points, Feedback("s", "c", "t"), Reaction.SAME)
    state = TakeState.SCORED if points else TakeState.RECORDED
    return Take(take_id, turn, number, NOON, state, audio_key=f"a/{take_id}", score=score or None)


def attempt(attempt_id: str, *takes: Take, person: str = "ann", minutes: int = 0) -> Attempt:
    return Attempt(attempt_id, person, NOON + timedelta(minutes=minutes), CALL, "ab" * 32, takes)


def test_what_was_saved_comes_back(store: AttemptStore) -> None:
    saved = attempt("one", take("t2"), take("t1", number=2, points=(70, 80)))
    store.save(saved)
    assert store.get("one") == saved


def test_saving_again_updates_and_never_drops_a_take(store: AttemptStore) -> None:
    store.save(attempt("one", take("t1"), take("t2")))
    store.save(attempt("one", take("t2", points=(1, 2)), person="eve"))
    assert store.get("one") == attempt("one", take("t2", points=(1, 2)), take("t1"), person="eve")


def test_a_take_is_added_behind_and_updated_in_its_place(store: AttemptStore) -> None:
    store.save(attempt("one", take("t9")))
    store.save_take("one", take("t1"))
    store.save_take("one", take("t5"))
    store.save_take("one", take("t1", points=(5, 6)))
    assert store.get("one").takes == (take("t9"), take("t1", points=(5, 6)), take("t5"))


def test_a_take_needs_its_attempt(store: AttemptStore) -> None:
    with pytest.raises(UsageError) as caught:
        store.save_take("none", take("t1"))
    assert caught.value.code == "attempt_unknown"


def test_takes_of_two_attempts_may_share_an_id(store: AttemptStore) -> None:
    store.save(attempt("one", take("t1")))
    store.save(attempt("two", take("t1", points=(1, 2))))
    assert store.get("one").takes == (take("t1"),)


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("ab", "attempt_ambiguous"),
        ("x", "attempt_unknown"),
        ("", "attempt_unknown"),
        ("A", "attempt_unknown"),
        ("%", "attempt_unknown"),
        ("ab_", "attempt_unknown"),
        ("abcd", "attempt_unknown"),
    ],
)
def test_a_prefix_must_name_one_attempt(store: AttemptStore, prefix: str, code: str) -> None:
    for name in ("abc", "abd", "b"):
        store.save(attempt(name))
    with pytest.raises(UsageError) as caught:
        store.get(prefix)
    assert caught.value.code == code


def test_an_unambiguous_prefix_will_do_and_a_whole_id_wins(store: AttemptStore) -> None:
    for name in ("abc", "abcd", "b7"):
        store.save(attempt(name))
    assert store.get("b").id == "b7"
    assert store.get("abc").id == "abc"


def test_summaries_are_newest_first_by_person_and_page(store: AttemptStore) -> None:
    for minutes, (name, person) in enumerate([("a", "ann"), ("b", "bob"), ("c", "ann"), ("d", "ann")]):
        store.save(attempt(name, person=person, minutes=minutes))
    assert [line.id for line in store.summaries()] == ["d", "c", "b", "a"]
    assert [line.id for line in store.summaries(person="ann")] == ["d", "c", "a"]
    assert [line.id for line in store.summaries(person="ann", limit=1, offset=1)] == ["c"]
    assert store.summaries(person="nobody") == []


def test_a_summary_counts_each_turn_once_by_its_newest_scored_take(store: AttemptStore) -> None:
    thrown = replace(take("t4", number=4, points=(0, 0)), state=TakeState.DISCARDED)
    store.save(
        attempt(
            "one",
            take("t2", number=2, points=(60, 40)),
            take("t1", number=1, points=(90, 90)),
            take("t3", number=3),  # not scored: the one before stands
            thrown,
            take("u1", turn="second", points=(81, 41)),
        )
    )
    (line,) = store.summaries()
    assert (line.takes, line.listening_points, line.delivery_points) == (4, 70, 40)
    assert (line.scenario_id, line.title, line.person) == ("late", "Late again", "ann")


def test_an_attempt_without_scores_has_no_points(store: AttemptStore) -> None:
    store.save(attempt("one", take("t1")))
    (line,) = store.summaries()
    assert (line.takes, line.listening_points, line.delivery_points) == (1, None, None)


def test_moments_keep_their_zone(store: AttemptStore) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    store.save(replace(attempt("one"), created_at=local))
    found = store.get("one").created_at
    assert found == NOON
    assert found.utcoffset() is not None
    assert store.summaries()[0].created_at == NOON


def test_delete_removes_the_attempt_only(store: AttemptStore) -> None:
    store.save(attempt("one", take("t1")))
    store.save(attempt("two", take("t1")))
    store.delete("one")
    store.delete("one")  # gone already is fine
    assert [line.id for line in store.summaries()] == ["two"]
    assert store.get("two").takes == (take("t1"),)
    store.save(attempt("one"))
    assert store.get("one").takes == ()


def test_a_take_being_recorded_is_not_interrupted(store: AttemptStore) -> None:
    store.save(attempt("one", replace(take("t1"), state=TakeState.RECORDING)))
    assert store.interrupted() == []


def test_a_take_left_by_a_dead_program_is_found_until_it_is_recovered(place: Place) -> None:
    recording = replace(take("t1"), state=TakeState.RECORDING)
    saved = attempt("one", recording, take("t2"))
    place.store.save(attempt("one", take("t2")))
    place.store.save_take("one", recording)
    place.store.save(saved)
    store = place.restart()
    assert store.interrupted() == [(saved, recording)]
    assert store.interrupted() == [(saved, recording)]
    store.save_take("one", replace(recording, state=TakeState.RECORDED, recovered=True))
    assert store.interrupted() == []


def test_an_interrupted_take_not_recovered_is_found_at_the_next_start(place: Place) -> None:
    place.store.save(attempt("one", replace(take("t1"), state=TakeState.RECORDING)))
    assert len(place.restart().interrupted()) == 1
    store = place.restart()
    assert len(store.interrupted()) == 1
    store.delete("one")
    assert store.interrupted() == []


def test_the_newest_baseline_by_person_and_device(store: AttemptStore) -> None:
    def baseline(name: str, person: str, device: str, minutes: int) -> Baseline:
        return Baseline(name, person, device, NOON + timedelta(minutes=minutes), VOICE, f"b/{name}")

    for one in (
        baseline("1", "ann", "headset", 3),
        baseline("2", "ann", "desk", 2),
        baseline("3", "ann", "headset", 1),
        baseline("4", "bob", "desk", 9),
    ):
        store.save_baseline(one)
    assert store.baseline("ann") == baseline("1", "ann", "headset", 3)
    assert store.baseline("ann", "desk") == baseline("2", "ann", "desk", 2)
    assert store.baseline("ann", "laptop") is None
    assert [one.id for one in store.baselines("ann")] == ["1", "2", "3"]
    store.save_baseline(baseline("3", "ann", "headset", 8))
    assert [one.id for one in store.baselines("ann")] == ["3", "1", "2"]
    store.delete_baseline("3")
    store.delete_baseline("3")
    assert [one.id for one in store.baselines("ann")] == ["1", "2"]
    assert len(store.baselines("bob")) == 1


def test_the_newest_consent_of_the_person(store: AttemptStore) -> None:
    assert store.consent("ann") is None
    store.save_consent(Consent("ann", "2", NOON + timedelta(days=1)))
    store.save_consent(Consent("ann", "1", NOON))
    store.save_consent(Consent("bob", "3", NOON + timedelta(days=2)))
    assert store.consent("ann") == Consent("ann", "2", NOON + timedelta(days=1))


def test_a_recording_is_read_while_and_after_it_is_written(blobs: BlobStore) -> None:
    ramp = np.linspace(-0.5, 0.5, 800, dtype=np.float32)
    writer = blobs.writer("a/t1", rate_hz=8000)
    writer.write(ramp[:500])
    assert len(blobs.read("a/t1").samples) == 500
    writer.write(ramp[500:])
    writer.close()
    found = blobs.read("a/t1")
    assert found.rate_hz == 8000
    np.testing.assert_allclose(found.samples, ramp, atol=1 / 32000)


def test_a_recording_is_never_overwritten_by_another(blobs: BlobStore) -> None:
    blobs.writer("a/t1", rate_hz=8000).close()
    with pytest.raises(StorageError) as caught:
        blobs.writer("a/t1", rate_hz=8000)
    assert caught.value.code == "recording_exists"


def test_a_whole_file_comes_back_as_it_was(blobs: BlobStore) -> None:
    blobs.put("a/t1.report.html", b"\x00\xff whole")
    assert blobs.get("a/t1.report.html") == b"\x00\xff whole"
    assert blobs.keys() == ["a/t1.report.html"]


def test_a_recording_goes_with_what_was_derived_from_it(blobs: BlobStore) -> None:
    blobs.writer("a/t1", rate_hz=8000).close()
    blobs.writer("a/t10", rate_hz=8000).close()
    blobs.put("a/t1.curve.json", b"{}")
    blobs.delete("a/t1")
    blobs.delete("a/t1")
    assert blobs.keys() == ["a/t10"]


def test_a_missing_recording_is_named(blobs: BlobStore) -> None:
    for read in (blobs.get, blobs.read):
        with pytest.raises(StorageError) as caught:
            read("a/none")
        assert caught.value.code == "recording_missing"
