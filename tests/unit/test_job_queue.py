"""What the queue of judgements must do, on every database; `tests/integration` runs the same on a server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.unit.test_store_contract import attempt, take
from voice_trainer.adapters.sql.chores import SqlChores
from voice_trainer.adapters.sql.jobs import SqlJobQueue
from voice_trainer.adapters.sql.one_machine import OneMachine
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.judging import Cost, Fault, JobState, JudgingKey, Stage
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.job_ports import Dispatcher

FAULT = Fault("recording_missing", "It is not there.", "Look.")
KEY = JudgingKey("one", "t1", "1", 1)


@dataclass
class Office:
    """A queue, and who hands out what waits in it."""

    store: SqlAttemptStore
    queue: SqlJobQueue
    dispatcher: Dispatcher


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Callable[[], Office]]:
    opened: list[SqlAttemptStore] = []

    def one() -> Office:
        store = SqlAttemptStore(tmp_path / "store.db")
        opened.append(store)
        dispatcher = OneMachine(store.database, leases=store.leases)
        return Office(store, SqlJobQueue(store, post=dispatcher), dispatcher)

    yield one
    for store in opened:
        store.close()


@pytest.fixture
def office(open_office: Callable[[], Office]) -> Office:
    made = open_office()
    made.store.save(attempt("one"))
    return made


def run_until(office: Office, work: Callable[[JudgingKey], None], done: Callable[[], bool]) -> None:
    """Let the dispatcher work until `done()`; fails after a minute."""
    stop = threading.Event()
    runs = {"concurrency": 2, "stop": stop}
    thread = threading.Thread(target=office.dispatcher.run, args=(work,), kwargs=runs)
    thread.start()
    try:
        pause = threading.Event()
        for _ in range(600):
            if done():
                return
            pause.wait(0.1)
        pytest.fail("the work was not done in a minute")
    finally:
        stop.set()
        thread.join(10)


def judged(number: int = 1) -> object:
    return replace(take("t1", points=(70 + number, 80)), audio_key="one/t1")


def spoken(take_id: str = "t1", *, attempt_id: str = "one") -> object:
    return replace(take(take_id), audio_key=f"{attempt_id}/{take_id}")


def test_the_take_and_the_asking_are_saved_together(office: Office) -> None:
    asked = office.queue.submit("one", spoken(), rubric="1")
    assert (asked.key, asked.state, asked.tries) == (KEY, JobState.WAITING, 0)
    assert office.store.get("one").takes == (spoken(),)
    assert office.queue.latest("one", "t1") == asked
    with pytest.raises(UsageError):
        office.queue.submit("none", spoken(), rubric="1")
    assert office.queue.latest("none", "t1") is None


def test_asked_twice_is_asked_once_and_new_words_or_a_new_rubric_are_asked_anew(office: Office) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    again = office.queue.submit("one", spoken(), rubric="1")
    corrected = office.queue.ask_again("one", "t1", rubric="1", said="So it is late.")
    same = office.queue.ask_again("one", "t1", rubric="1", said="So it is late.")
    rubric = office.queue.ask_again("one", "t1", rubric="2")
    back = office.queue.ask_again("one", "t1", rubric="2", said="It is late.")
    assert [one.key.revision for one in (again, corrected, same, rubric, back)] == [1, 2, 2, 2, 3]
    assert rubric.said == "So it is late."
    assert len(office.queue.listed()) == 4
    with pytest.raises(UsageError) as caught:
        office.queue.ask_again("one", "t9", rubric="1")
    assert caught.value.code == "take_unknown"


def test_of_two_workers_the_first_result_is_kept(office: Office) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    assert office.queue.begin(KEY)
    assert office.queue.begin(KEY)  # a second worker was handed it: the first one seemed dead
    cost = Cost({Stage.HEARING: 2.0}, 0.9)
    assert office.queue.finish(KEY, judged(1), cost=cost)
    assert not office.queue.finish(KEY, judged(2), cost=cost)
    assert office.store.get("one").takes == (judged(1),)
    assert office.queue.begin(KEY) is None
    office.queue.put_off(KEY, FAULT, delay_s=0)  # too late to complain
    latest = office.queue.latest("one", "t1")
    assert latest
    assert (latest.state, latest.fault, latest.settled) == (JobState.DONE, None, True)


@pytest.mark.parametrize("fate", ["discarded", "deleted", "swept"])
def test_what_became_of_the_take_meanwhile_stands(office: Office, fate: str) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    office.queue.begin(KEY)
    if fate == "deleted":
        office.store.delete("one")
    else:
        state = TakeState.DISCARDED if fate == "discarded" else TakeState.RECORDED
        office.store.save_take("one", replace(spoken(), state=state, audio_key=None))
    assert not office.queue.finish(KEY, judged(), cost=Cost())
    if fate == "deleted":
        assert office.queue.listed() == []
        assert office.queue.begin(KEY) is None
    else:
        assert office.store.get("one").takes[0].score is None


def test_a_failure_waits_its_time_and_is_parked_in_the_end(office: Office) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    office.queue.begin(KEY)
    office.queue.at_stage(KEY, Stage.HEARING)
    latest = office.queue.latest("one", "t1")
    assert latest
    assert (latest.state, latest.stage, latest.tries) == (JobState.WORKING, Stage.HEARING, 1)
    office.queue.put_off(KEY, FAULT, delay_s=3600)
    assert office.queue.begin(KEY) is None  # its time has not come
    office.queue.put_off(KEY, FAULT, delay_s=None)
    (parked,) = office.queue.listed(JobState.PARKED)
    assert (parked.fault, parked.settled) == (FAULT, True)
    office.queue.retry(KEY)
    (waiting,) = office.queue.listed(JobState.WAITING)
    assert waiting.tries == 0
    with pytest.raises(UsageError) as caught:
        office.queue.retry(KEY)
    assert caught.value.code == "job_not_parked"


def test_the_dispatcher_hands_out_all_and_keeps_the_turns_of_a_call_in_order(office: Office) -> None:
    names = [f"a{n}" for n in range(4)]
    for name in names:
        office.store.save(attempt(name))
        for turn in ("t1", "t2", "t3"):
            office.queue.submit(name, spoken(turn, attempt_id=name), rubric="1")
    lock = threading.Lock()
    seen: list[tuple[str, str]] = []
    now: set[str] = set()
    together: list[int] = []

    def work(key: JudgingKey) -> None:
        with lock:
            assert key.attempt_id not in now
            now.add(key.attempt_id)
            together.append(len(now))
        assert office.queue.begin(key)
        judged = replace(spoken(key.take_id, attempt_id=key.attempt_id), state=TakeState.SCORED)
        assert office.queue.finish(key, judged, cost=Cost())
        with lock:
            now.discard(key.attempt_id)
            seen.append((key.attempt_id, key.take_id))

    run_until(office, work, lambda: len(seen) == 12)
    for name in names:
        assert [turn for who, turn in seen if who == name] == ["t1", "t2", "t3"]
    assert max(together) <= 2


def test_what_a_dead_worker_held_is_judged_by_another(open_office: Callable[[], Office]) -> None:
    first, second = open_office(), open_office()
    first.store.save(attempt("one"))
    first.queue.submit("one", spoken(), rubric="1")
    held = threading.Event()
    stop = threading.Event()

    def dies(key: JudgingKey) -> None:
        first.queue.begin(key)
        held.set()
        stop.wait(30)

    runs = {"concurrency": 1, "stop": stop}
    thread = threading.Thread(target=first.dispatcher.run, args=(dies,), kwargs=runs)
    thread.start()
    try:
        assert held.wait(10)
        assert second.queue.rescue() == 0  # it lives
        first.store.leases.close()  # as the system does for a dead process
        assert second.queue.rescue() == 1
        seen: list[JudgingKey] = []
        run_until(second, seen.append, lambda: bool(seen))
        assert seen == [KEY]
    finally:
        stop.set()
        thread.join(10)


def test_what_could_not_even_be_noted_is_tried_again(office: Office) -> None:
    office.queue.submit("one", spoken(), rubric="1")
    calls: list[JudgingKey] = []

    def work(key: JudgingKey) -> None:
        calls.append(key)
        if len(calls) == 1:
            raise StorageError("job_failed", "no database")
        office.queue.begin(key)
        office.queue.finish(key, judged(), cost=Cost())

    run_until(office, work, lambda: len(calls) == 2)
    assert office.store.get("one").takes == (judged(),)


def test_health_counts_ages_and_means(office: Office) -> None:
    empty = office.queue.health()
    assert (empty.oldest_waiting_s, empty.mean_seconds, empty.mean_reliability) == (0.0, {}, None)
    assert set(empty.counts.values()) == {0}
    for n, reliability in enumerate((0.5, None, 1.0)):
        office.queue.submit("one", spoken(f"t{n}"), rubric="1")
        key = JudgingKey("one", f"t{n}", "1", 1)
        office.queue.begin(key)
        office.queue.finish(key, spoken(f"t{n}"), cost=Cost({Stage.HEARING: float(n)}, reliability))
    office.queue.submit("one", spoken("t9"), rubric="1")
    health = office.queue.health()
    assert health.counts[JobState.DONE] == 3
    assert health.counts[JobState.WAITING] == 1
    assert health.mean_seconds == {Stage.HEARING: 1.0}
    assert (health.mean_reliability, health.judged_last_hour) == (0.75, 3)
    assert 0 <= health.oldest_waiting_s < 20


def test_a_chore_is_done_by_one_and_then_rests(office: Office) -> None:
    chores = SqlChores(office.store.database)
    assert [chores.due("rescue", every_s=60) for _ in range(3)] == [True, False, False]
    assert chores.due("other", every_s=60)
    assert chores.due("rescue", every_s=0)
