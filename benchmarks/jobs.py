"""What the queue costs, and what a second worker gives, on a PostgreSQL of its own.

::

    python -m benchmarks.jobs workers   200 recordings: one worker, then two, one thread each
    python -m benchmarks.jobs ceiling   what two processes could give at most: judging alone, without a queue
    python -m benchmarks.jobs queue     10,000 typed replies: queue and storage beside what judging costs
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from tests import postgres
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.judging import Cost, JobState, JudgingKey
from voice_trainer.practice.session import judge_take
from voice_trainer.settings import load_settings
from voice_trainer.wiring import House, fixtures_folder

RECORDINGS = 200
SOUND_S = 3.0
TYPED = 10_000
REPLY = "So your coffee machine is three weeks late and nobody tells you the same thing. That is maddening."
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@contextmanager
def house() -> Iterator[tuple[House, dict[str, str]]]:
    """A house on an empty database, and the environment in which a worker finds it."""
    with postgres.running() as server, tempfile.TemporaryDirectory() as folder:
        settings = {"DATABASE_URL": server.url(), "DATA_DIR": folder, "ENGINE": "pocketsphinx"}
        named = {f"VOICE_TRAINER_{name}": value for name, value in settings.items()}
        made = House(load_settings({name.lower(): value for name, value in settings.items()}))
        yield made, {**os.environ, **named, **ONE_THREAD}
        made.database.close()


def ask(home: House, name: str, *, typed: bool) -> None:
    """One reply, saved and asked to be judged."""
    call, now = home.library.get("late-coffee-machine"), datetime.now(UTC)
    home.store.save(Attempt(name, "ann", now, call, "ab" * 32))
    take = Take("t1", call.opening.id, 1, now, TakeState.RECORDED)
    if typed:
        home.queue.submit(name, take, rubric="1", said=REPLY)
        return
    sound = home.loader()(fixtures_folder() / "coffee-good-rms.flac")
    writer = home.blobs.writer(f"{name}/t1", rate_hz=sound.rate_hz)
    writer.write(sound.samples[: round(SOUND_S * sound.rate_hz)])
    writer.close()
    home.queue.submit(name, replace(take, audio_key=f"{name}/t1"), rubric="1")


def seconds_with(workers: int) -> tuple[float, float]:
    """Wall seconds for the recordings once all workers are warm, and mean seconds of judging one."""
    with house() as (home, environment):
        command = [sys.executable, "-m", "voice_trainer", "worker"]
        quiet = subprocess.DEVNULL
        running = [subprocess.Popen(command, env=environment, stdout=quiet) for _ in range(workers)]
        try:
            for n in range(4 * workers):  # until every model is loaded
                ask(home, f"warm{n}", typed=False)
            _wait(home, 4 * workers)
            time.sleep(3)
            began_s = time.monotonic()
            for n in range(RECORDINGS):
                ask(home, f"r{n}", typed=False)
            _wait(home, RECORDINGS + 4 * workers)
            took_s = time.monotonic() - began_s
            return took_s, sum(home.queue.health().mean_seconds.values())
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


def _wait(home: House, count: int) -> None:
    while home.queue.health().counts[JobState.DONE] < count:
        time.sleep(0.2)


def workers() -> None:
    """One worker against two."""
    one_s, judging_s = seconds_with(1)
    two_s, _ = seconds_with(2)
    print(
        f"{os.cpu_count()} cores; {RECORDINGS} recordings of {SOUND_S:g} s; {judging_s:.2f} s of judging each"
    )
    print(f"one worker {one_s:.1f} s, two {two_s:.1f} s: {one_s / two_s:.2f} times as fast")


def judge_alone(count: int) -> float:
    """Mean wall seconds of judging the recording again and again in this process, once it is warm."""
    with tempfile.TemporaryDirectory() as folder:
        home = House(load_settings({"data_dir": folder, "engine": "pocketsphinx"}))
        ask(home, "one", typed=False)
        attempt, engines = home.store.get("one"), home.engines_for("1")
        for _ in range(3):
            judge_take(attempt, attempt.takes[0], engines=engines, blobs=home.blobs)
        began_s = time.monotonic()
        for _ in range(count):
            judge_take(attempt, attempt.takes[0], engines=engines, blobs=home.blobs)
        return (time.monotonic() - began_s) / count


def ceiling() -> None:
    """One process, then two at once."""
    os.environ.update(ONE_THREAD)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        one_s = pool.submit(judge_alone, 25).result()
        both_s = list(pool.map(judge_alone, [25, 25]))
    print(f"one process {one_s:.2f} s a judgement, two at once {both_s[0]:.2f} and {both_s[1]:.2f} s")


def queue() -> None:
    """Saving, asking, handing out, and saving the result, with the judging itself left out."""
    with house() as (home, _):
        ask(home, "recording", typed=False)
        attempt = home.store.get("recording")
        engines = home.engines_for("1")
        for _ in range(3):
            began_s = time.process_time()
            judge_take(attempt, attempt.takes[0], engines=engines, blobs=home.blobs)
            judging_s = time.process_time() - began_s
        ask(home, "typed", typed=True)
        attempt = home.store.get("typed")
        judged = judge_take(attempt, attempt.takes[0], engines=engines, blobs=home.blobs, said=REPLY)
        began_s = time.monotonic()
        for n in range(TYPED):
            ask(home, f"t{n}", typed=True)
        asking_s = time.monotonic() - began_s
        done, stop = [0], threading.Event()

        def work(key: JudgingKey) -> None:
            home.queue.begin(key)
            if key.attempt_id not in ("typed", "recording"):
                home.queue.finish(key, judged, cost=Cost())
            done[0] += 1
            if done[0] == TYPED + 2:
                stop.set()

        began_s = time.monotonic()
        home.dispatcher.run(work, concurrency=1, stop=stop)
        handing_out_s = time.monotonic() - began_s
    each_ms = (asking_s + handing_out_s) / TYPED * 1000
    print(f"{TYPED} typed replies: asked in {asking_s:.1f} s, handed out and saved in {handing_out_s:.1f} s")
    print(
        f"queue and storage {each_ms:.2f} ms a reply; judging {SOUND_S:g} s of sound {judging_s:.2f} s of CPU"
    )
    print(f"share of what judging {TYPED} recordings would take: {each_ms / 10 / judging_s:.2f}%")


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("workers", "ceiling", "queue"))
    {"workers": workers, "ceiling": ceiling, "queue": queue}[parser.parse_args().what]()


if __name__ == "__main__":
    main()
