"""Attempts that exist: re-score, delete, take over, recover, sweep."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.desk import GOOD, POOR, FakeDesk
from tests.findings import TURN
from voice_trainer.domain.attempt import Attempt, TakeState
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.practice.attempts import delete_attempt, import_attempt, rescore
from voice_trainer.practice.recovery import recover
from voice_trainer.practice.retention import sweep
from voice_trainer.testing.audio import FakeRecorder, tone
from voice_trainer.testing.stores import MemoryAttemptStore, MemoryBlobStore


def practised(desk: FakeDesk, *, takes: int = 1) -> Attempt:
    session = desk.session()
    for _ in range(takes):
        session.judge(session.play_turn(TURN))
    return session.attempt


def interrupted(desk: FakeDesk, after_s: float) -> Attempt:
    """A session killed while recording."""

    def die(elapsed_s: float) -> None:
        if elapsed_s >= after_s:
            raise SystemExit

    desk.recorder = FakeRecorder(tone(10.0), on_block=die)
    session = desk.session()
    with pytest.raises(SystemExit):
        session.play_turn(TURN)
    desk.store.crash()
    return session.attempt


def test_rescoring_judges_by_the_words_heard_before() -> None:
    desk = FakeDesk(script=[GOOD, POOR])
    attempt = practised(desk)
    again = rescore(attempt, engines=desk.engines, store=desk.store, blobs=desk.blobs)
    assert len(desk.transcriber.heard) == 1
    assert again.takes[0].score == attempt.takes[0].score


def test_another_recogniser_hears_again() -> None:
    desk = FakeDesk(script=[GOOD, POOR])
    attempt = practised(desk)
    desk.transcriber.model = "2"
    again = rescore(attempt, engines=desk.engines, store=desk.store, blobs=desk.blobs)
    assert again.takes[0].transcript is not None
    assert again.takes[0].transcript.text == POOR
    assert again.takes[0].engines is not None
    assert again.takes[0].engines.recogniser_model == "2"
    assert desk.store.get(attempt.id) == again


def test_a_persons_correction_outlives_another_recogniser() -> None:
    desk = FakeDesk(script=[POOR])
    attempt = practised(desk)
    take_id = attempt.takes[0].id
    corrected = rescore(
        attempt, engines=desk.engines, store=desk.store, blobs=desk.blobs, said={take_id: GOOD}
    )
    desk.transcriber.model = "2"
    again = rescore(corrected, engines=desk.engines, store=desk.store, blobs=desk.blobs)
    assert again.takes[0].transcript is not None
    assert again.takes[0].transcript.text == GOOD
    assert again.takes[0].machine_transcript is not None
    assert again.takes[0].machine_transcript.text == POOR


def test_takes_without_sound_are_left_as_they_are() -> None:
    desk = FakeDesk()
    session = desk.session()
    gone = session.discard(session.play_turn(TURN))
    again = rescore(session.attempt, engines=desk.engines, store=desk.store, blobs=desk.blobs)
    assert again.takes == (gone,)


def test_deleting_removes_rows_sound_and_what_is_derived() -> None:
    desk = FakeDesk()
    attempt = practised(desk, takes=2)
    desk.blobs.put(f"{attempt.takes[0].audio_key}.peaks.json", b"[]")
    assert delete_attempt(attempt, store=desk.store, blobs=desk.blobs) == 2
    assert desk.blobs.keys() == []
    assert desk.store.summaries() == []


def test_an_attempt_travels_once() -> None:
    desk = FakeDesk()
    attempt = practised(desk)
    key = attempt.takes[0].audio_key
    assert key is not None
    recordings = {key: desk.blobs.get(key)}
    store, blobs = MemoryAttemptStore(), MemoryBlobStore()
    import_attempt(attempt, recordings, store=store, blobs=blobs)
    assert store.get(attempt.id) == attempt
    assert blobs.get(key) == recordings[key]
    with pytest.raises(UsageError) as caught:
        import_attempt(attempt, recordings, store=store, blobs=blobs)
    assert caught.value.code == "attempt_exists"
    assert blobs.get(key) == recordings[key]


@pytest.mark.parametrize("fault", [StorageError("disk_full", "Full."), KeyboardInterrupt()])
def test_a_take_over_is_all_or_nothing(fault: BaseException) -> None:
    class Failing(MemoryAttemptStore):
        def save(self, attempt: Attempt) -> None:
            del attempt
            raise fault

    attempt = practised(FakeDesk())
    blobs = MemoryBlobStore()
    with pytest.raises(type(fault)):
        import_attempt(attempt, {"a/b": b"x"}, store=Failing(), blobs=blobs)
    assert blobs.keys() == []


def test_a_killed_take_is_found_once_and_can_be_judged() -> None:
    desk = FakeDesk()
    attempt = interrupted(desk, 3.0)
    [found] = recover(desk.store, desk.blobs)
    assert (found.attempt_id, found.person, found.title) == (attempt.id, "ann", attempt.scenario.title)
    assert found.duration_s == pytest.approx(3.0)
    [take] = desk.store.get(attempt.id).takes
    assert take.state is TakeState.RECORDED
    assert take.recovered
    assert recover(desk.store, desk.blobs) == []
    judged = rescore(desk.store.get(attempt.id), engines=desk.engines, store=desk.store, blobs=desk.blobs)
    assert judged.takes[0].score is not None


def test_a_take_killed_before_the_first_sample_is_put_aside() -> None:
    desk = FakeDesk()
    attempt = interrupted(desk, 3.0)
    desk.blobs.delete(attempt.takes[0].audio_key or "")
    [found] = recover(desk.store, desk.blobs)
    assert found.duration_s == 0
    [take] = desk.store.get(attempt.id).takes
    assert (take.state, take.audio_key) == (TakeState.DISCARDED, None)


def test_takes_of_a_program_that_still_runs_are_left_alone() -> None:
    desk = FakeDesk()
    interrupted(desk, 3.0)
    desk.store = MemoryAttemptStore()
    session = desk.session()
    with pytest.raises(SystemExit):
        session.play_turn(TURN)
    assert recover(desk.store, desk.blobs) == []


def test_sound_goes_after_its_time_and_words_and_scores_stay() -> None:
    desk = FakeDesk()
    old = practised(desk)
    desk.clock.advance(timedelta(days=20).total_seconds())
    young = practised(desk)
    desk.clock.advance(timedelta(days=11).total_seconds())
    assert sweep(desk.store, desk.blobs, clock=desk.clock, retention_days=30) == 1
    [take] = desk.store.get(old.id).takes
    assert take == replace(old.takes[0], audio_key=None)
    assert desk.blobs.keys() == [young.takes[0].audio_key]
    assert sweep(desk.store, desk.blobs, clock=desk.clock, retention_days=30) == 0


def test_baselines_sound_goes_after_its_time_too() -> None:
    """Also one that a killed program left behind and that nothing names any more."""
    desk = FakeDesk()
    day = desk.clock.now()
    for age_days in (0, 29, 31):
        desk.blobs.put(f"baselines/{day - timedelta(days=age_days):%Y%m%d}-aa", b"sound")
    assert sweep(desk.store, desk.blobs, clock=desk.clock, retention_days=30) == 1
    assert len(desk.blobs.keys()) == 2
