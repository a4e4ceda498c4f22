"""Judging in processes of its own: warm, replaced when it dies, taken over when its parent does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.postgres import Server
from voice_trainer import workers
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.judging import JobState, Judging
from voice_trainer.practice.judging import judge
from voice_trainer.settings import Settings
from voice_trainer.wiring import House, fixtures_folder

NOW = datetime.now(UTC)  # an old recording would be swept away


def house_at(data: Path, *, database_url: str | None = None) -> House:
    patient = {"job_stalled_s": 2.0, "job_retry_s": 0.2}
    return House(Settings(data_dir=data, engine="pocketsphinx", database_url=database_url, **patient))


def spoken(house: House, attempt_id: str) -> Take:
    """Two seconds of a reply, recorded and saved but not yet asked to be judged."""
    call = house.library.get("late-coffee-machine")
    house.store.save(Attempt(attempt_id, "ann", NOW, call, "ab" * 32))
    sound = house.loader()(fixtures_folder() / "coffee-good-rms.flac")
    writer = house.blobs.writer(f"{attempt_id}/t1", rate_hz=sound.rate_hz)
    writer.write(sound.samples[: 2 * sound.rate_hz])
    writer.close()
    return Take("t1", call.opening.id, 1, NOW, TakeState.RECORDED, audio_key=f"{attempt_id}/t1")


def wait_for(found: Callable[[], bool], *, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until
        time.sleep(0.1)


def latest(house: House, attempt_id: str) -> Judging:
    found = house.queue.latest(attempt_id, "t1")
    assert found is not None
    return found


def children() -> list[int]:
    command = ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line]


def test_beside_a_face_replies_are_judged_and_a_dead_child_is_replaced(tmp_path: Path) -> None:
    house = house_at(tmp_path)
    typed = replace(spoken(house, "typed"), audio_key=None)
    with workers.embedded(house):
        house.queue.submit("typed", typed, rubric="1", said="So the machine is three weeks late. I am sorry.")
        wait_for(lambda: latest(house, "typed").settled)
        for child in children():
            os.kill(child, signal.SIGKILL)
        house.queue.submit("heard", spoken(house, "heard"), rubric="1")
        wait_for(lambda: latest(house, "heard").settled)
    for name in ("typed", "heard"):
        assert latest(house, name).state is JobState.DONE, latest(house, name).fault
        assert house.store.get(name).takes[0].score is not None
    assert house.store.get("typed").takes[0].delivery is None
    assert house.queue.health().mean_seconds


def test_a_recording_that_is_gone_is_parked_with_the_reason_and_retried(tmp_path: Path) -> None:
    house = house_at(tmp_path)
    house = House(house.settings.model_copy(update={"job_tries": 2}))
    lost = spoken(house, "lost")
    kept = house.blobs.get("lost/t1")
    house.blobs.delete("lost/t1")
    with workers.embedded(house):
        house.queue.submit("lost", lost, rubric="1")
        wait_for(lambda: latest(house, "lost").settled)
        parked = latest(house, "lost")
        assert (parked.state, parked.tries) == (JobState.PARKED, 2)
        assert parked.fault
        assert parked.fault.code == "recording_missing"
        house.blobs.put("lost/t1", kept)
        house.queue.retry(parked.key)
        wait_for(lambda: latest(house, "lost").state is JobState.DONE)


def test_what_has_neither_sound_nor_words_is_parked_with_that_reason(tmp_path: Path) -> None:
    house = house_at(tmp_path)
    take = replace(spoken(house, "bare"), audio_key=None)
    asked = house.queue.submit("bare", take, rubric="1")
    judge(asked.key, house.judging_desk)
    found = latest(house, "bare")
    assert found.fault
    assert (found.state, found.fault.code) == (JobState.PARKED, "nothing_to_judge")


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_on_a_server_another_worker_takes_over_from_a_killed_one(postgres: Server, tmp_path: Path) -> None:
    url = postgres.url()
    house = house_at(tmp_path, database_url=url)
    names = ("VOICE_TRAINER_DATABASE_URL", "VOICE_TRAINER_DATA_DIR", "VOICE_TRAINER_JOB_STALLED_S")
    environment = {**os.environ, **dict(zip(names, (url, str(tmp_path), "2"), strict=True))}
    command = [sys.executable, "-m", "voice_trainer", "worker", "--engine", "pocketsphinx"]

    def started() -> subprocess.Popen[bytes]:
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)

    house.queue.submit("one", spoken(house, "one"), rubric="1")
    first = started()
    wait_for(lambda: latest(house, "one").state is JobState.WORKING)
    first.kill()
    first.wait()
    second = started()
    try:
        wait_for(lambda: latest(house, "one").state is JobState.DONE)
        assert house.store.get("one").takes[0].score is not None
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    finally:
        second.kill()
        second.wait()
