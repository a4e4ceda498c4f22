"""Kill worker, recorder, database and object store at random, and count what was lost or judged twice.

::

    python -m benchmarks.faults --rounds 50

A process records short replies and asks for their judgement as the server does: saved means that the
transaction that saves take and job has committed. Every round ends one of the four in mid-work: the worker or
the recorder by kill -9, PostgreSQL by kill -9 of every process of it, the object store by closing its port
(moto holds its objects in memory: killed for good it would have lost them itself). In the end every take that
was told saved must be there, with its sound, judged exactly once.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests import postgres
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.errors import StorageError
from voice_trainer.practice.recovery import recover
from voice_trainer.settings import load_settings
from voice_trainer.wiring import House, fixtures_folder

SOUND_S = 1.0
SETTLE_S = 180.0
# Each change of a judgement to "done" leaves a line, so that one judged twice is seen.
WATCH = """
CREATE TABLE made (attempt_id text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO made VALUES (NEW.attempt_id); RETURN NEW; END $$;
CREATE TRIGGER note AFTER UPDATE ON judgings FOR EACH ROW
WHEN (NEW.state = 'done' AND OLD.state <> 'done') EXECUTE FUNCTION note()
"""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    rounds: dict[str, int]
    told_saved: int
    lost: int
    without_sound: int
    not_judged: int
    judged_twice: int

    @property
    def good(self) -> bool:
        """Nothing lost, nothing judged twice, and something happened at all."""
        return self.told_saved > 0 and not (
            self.lost or self.without_sound or self.not_judged or self.judged_twice
        )


def record() -> None:
    """The recorder's process: recovers, then records one reply after another until it is killed."""
    house = House(load_settings())
    call = house.library.get("late-coffee-machine")
    sound = house.loader()(fixtures_folder() / "coffee-good-rms.flac")
    samples = sound.samples[: round(SOUND_S * sound.rate_hz)]
    recovered = _insist(lambda: recover(house.store, house.blobs))
    for one in recovered:
        take = house.store.get(one.attempt_id).takes[0]
        if take.state is TakeState.RECORDED:
            _insist(lambda one=one, take=take: house.queue.submit(one.attempt_id, take, rubric="1"))
    while True:
        with suppress(StorageError):
            house.blobs.upload()
        identity, now = secrets.token_hex(8), datetime.now(UTC)
        take = Take("t1", call.opening.id, 1, now, TakeState.RECORDING, audio_key=f"{identity}/t1")
        attempt = Attempt(identity, "ann", now, call, "ab" * 32, (take,))
        _insist(lambda attempt=attempt: house.store.save(attempt))
        writer = house.blobs.writer(f"{identity}/t1", rate_hz=sound.rate_hz)
        for start in range(0, len(samples), len(samples) // 4):
            writer.write(samples[start : start + len(samples) // 4])
            time.sleep(0.05)
        with suppress(StorageError):  # the store is away: it is kept, and carried by `upload`
            writer.close()
        done = replace(take, state=TakeState.RECORDED, duration_s=SOUND_S)
        _insist(lambda i=identity, done=done: house.queue.submit(i, done, rubric="1"))
        print(identity, flush=True)
        time.sleep(0.5)


def _insist(action: Any) -> Any:
    while True:
        try:
            return action()
        except StorageError:
            time.sleep(0.3)


@dataclass
class Stage:
    """The four that are killed."""

    server: postgres.Server
    folder: Path
    environment: dict[str, str]
    database: str
    store_port: int
    store: Any = None
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, who: str) -> None:
        """Start one of them."""
        if who == "postgres":
            self.server.start()
        elif who == "store":
            from moto.server import ThreadedMotoServer

            logging.getLogger("werkzeug").setLevel(logging.ERROR)
            self.store = ThreadedMotoServer(ip_address="127.0.0.1", port=self.store_port, verbose=False)
            self.store.start()
        else:
            module = (
                ["voice_trainer", "worker", "--json-logs"]
                if who == "worker"
                else ["benchmarks.faults", "--record"]
            )
            told = (self.folder / f"{who}.out").open("ab")
            log = (self.folder / f"{who}.log").open("ab")
            self.processes[who] = subprocess.Popen(
                [sys.executable, "-m", *module], env=self.environment, stdout=told, stderr=log
            )

    def kill(self, who: str) -> None:
        """End one of them without a word."""
        if who == "postgres":
            self.server.kill()
        elif who == "store":
            self.store.stop()
        else:
            self.processes[who].kill()
            self.processes[who].wait()

    def see_that_all_run(self) -> None:
        """Start again what ended by itself, as a service manager does: without a database a worker ends."""
        for who, process in list(self.processes.items()):
            if process.poll() is not None:
                self.start(who)

    def told_saved(self) -> set[str]:
        """Attempts whose recorder said that they are saved."""
        lines = (self.folder / "recorder.out").read_text().split("\n")
        return {line for line in lines[:-1] if len(line) == 16}

    def query(self, sql: str) -> list[str]:
        """First columns."""
        return self.server.run(sql, database=self.database).splitlines()


@contextmanager
def stage() -> Iterator[Stage]:
    """A database, a bucket, a worker and a recorder."""
    import socket

    import boto3

    folder = Path(tempfile.mkdtemp(prefix="vtfaults"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    endpoint = f"http://127.0.0.1:{port}"
    with postgres.running() as server:
        url = server.url()
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
        settings = {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "data"),
            "BLOB_URL": "s3://voices",
            "BLOB_ENDPOINT": endpoint,
            "ENGINE": "pocketsphinx",
            "JOB_STALLED_S": "3",
            "JOB_RETRY_S": "0.5",
            "JOB_TRIES": "20",
        }
        environment = {**os.environ, **{f"VOICE_TRAINER_{name}": value for name, value in settings.items()}}
        made = Stage(server, folder, environment, url.split("/")[3].partition("?")[0], port)
        made.start("store")
        boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="voices")
        house = House(load_settings({name.lower(): value for name, value in settings.items()}))
        house.database.close()
        server.run(WATCH, database=made.database)
        try:
            for who in ("worker", "recorder"):
                made.start(who)
            yield made
        finally:
            for process in made.processes.values():
                process.kill()
                process.wait()
            made.store.stop()
            shutil.rmtree(folder, ignore_errors=True)


def run(rounds: int, *, seed: int = 1) -> Outcome:
    """Kill at random `rounds` times, let everything settle, and count."""
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    everybody = ["worker", "recorder", "postgres", "store"]
    with stage() as made:
        _wait(lambda: len(made.told_saved()) >= 2)
        order = [everybody[n % 4] for n in range(rounds)]
        chance.shuffle(order)
        for who in order:
            time.sleep(chance.uniform(0.5, 4.0))
            made.kill(who)
            killed[who] += 1
            time.sleep(chance.uniform(0.1, 1.5))
            made.start(who)
        time.sleep(2.0)
        saved = made.told_saved()
        done = "SELECT attempt_id FROM judgings WHERE state = 'done'"

        def settled() -> bool:
            made.see_that_all_run()
            return saved <= set(made.query(done))

        with suppress(TimeoutError):
            _wait(settled, seconds=SETTLE_S)
        made.kill("recorder")
        return _counted(made, saved, killed)


def _counted(made: Stage, saved: set[str], killed: Counter[str]) -> Outcome:
    there = set(made.query("SELECT attempt_id FROM takes WHERE audio_key IS NOT NULL"))
    scored = set(made.query("SELECT attempt_id FROM takes WHERE score IS NOT NULL"))
    times = Counter(made.query("SELECT attempt_id FROM made"))
    prefix = "VOICE_TRAINER_"
    options = {n[len(prefix) :].lower(): v for n, v in made.environment.items() if n.startswith(prefix)}
    keys = set(House(load_settings(options)).blobs.keys())
    return Outcome(
        rounds=dict(killed),
        told_saved=len(saved),
        lost=len(saved - there),
        without_sound=sum(f"{one}/t1" not in keys for one in saved),
        not_judged=len(saved - scored),
        judged_twice=sum(count > 1 for count in times.values()),
    )


def _wait(found: Any, *, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not found():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.3)


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.record:
        record()
    began_s = time.monotonic()
    outcome = run(given.rounds, seed=given.seed)
    print(outcome)
    print(f"{time.monotonic() - began_s:.0f} s; {'nothing was lost' if outcome.good else 'FAILED'}")
    return 0 if outcome.good else 1


if __name__ == "__main__":
    raise SystemExit(main())
