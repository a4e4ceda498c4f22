"""Many agents speaking at once to one web process, while a worker judges: what is lost, how long pages take.

::

    python -m benchmarks.agents                200 agents, 20 s of speech each, under 90 s in all
    python -m benchmarks.agents --agents 50

Every agent replays a recorded reply at the pace of a microphone, in pieces as the page sends them. They
begin one after the other over the length of a reply, as where everybody goes on practising, and at one
moment all of them speak: more than 200 people in training do. Meanwhile pages are asked for, some each
second. In the end every stored recording is compared, sample by sample, with what was sent. The web process
and one worker are the real commands on a PostgreSQL of the benchmark's own; agents, server, worker and
database share this machine's cores, and whatever else runs on it is told as its load.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import httpx
import numpy as np

from benchmarks.jobs import ask, house
from tests.agents import Spoken, allowed_in, digest, pcm, pieces, speak
from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.domain.judging import JobState
from voice_trainer.wiring import House, fixtures_folder

CALL = "late-coffee-machine"
PAGES = ("/", "/me", f"/calls/{CALL}", f"/api/calls/{CALL}", "/api/attempts")
RATE_HZ = 48_000  # what most browsers record at
PAGES_PER_S = 8.0
WAITING = 40  # judgements that keep the worker busy from the start


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A web process and a worker; the server's address and the web process's id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voice_trainer"]
    web = [*command, "serve", "--team", "--no-browser", "--port", str(port)]
    running = [
        subprocess.Popen(web, env={**environment, "VOICE_TRAINER_WORKERS": "0"}, stdout=subprocess.DEVNULL),
        subprocess.Popen([*command, "worker"], env=environment, stdout=subprocess.DEVNULL),
    ]
    address = f"127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urlopen(f"http://{address}/healthz"):
                    break
            except URLError:
                time.sleep(0.1)
        yield address, running[0].pid
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


async def look(
    address: str, cookies: list[str], took_ms: list[float], wrong: list[int], stop: asyncio.Event
) -> None:
    """Ask for pages as people do, each by another agent."""
    chance = random.Random(1)
    asking: set[asyncio.Task[None]] = set()
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=60, limits=limits) as client:

        async def one() -> None:
            headers = {"cookie": chance.choice(cookies), "accept": "text/html"}
            began_s = time.monotonic()
            answer = await client.get(chance.choice(PAGES), headers=headers)
            took_ms.append(1000 * (time.monotonic() - began_s))
            if answer.status_code != 200:
                wrong.append(answer.status_code)

        while not stop.is_set():
            asking.add(asyncio.create_task(one()))
            await asyncio.sleep(chance.expovariate(PAGES_PER_S))
        await asyncio.gather(*asking)


async def practise(
    address: str, cookies: list[str], messages: list[bytes], *, ramp_s: float
) -> tuple[list[Spoken], list[float], list[int]]:
    """Everybody speaks; pages are asked for meanwhile."""
    stop, took_ms, wrong = asyncio.Event(), list[float](), list[int]()
    looking = asyncio.create_task(look(address, cookies, took_ms, wrong, stop))

    async def one(number: int, cookie: str) -> Spoken:
        await asyncio.sleep(ramp_s * number / len(cookies))
        return await speak(address, cookie, messages, call=CALL, rate_hz=RATE_HZ)

    seen = await asyncio.gather(*(one(number, cookie) for number, cookie in enumerate(cookies)))
    stop.set()
    await looking
    return list(seen), took_ms, wrong


def hired(home: House, count: int) -> list[str]:
    """Accounts of agents, signed in."""
    home.accounts.save_team(Team("team", "Team"))
    now = datetime.now(UTC)
    for n in range(count):
        account = Account(f"p{n}", f"p{n}", f"Agent {n}", frozenset({Role.AGENT}), now, "team")
        home.accounts.add_account(account, password_hash=None)
    return [allowed_in(home, f"p{n}") for n in range(count)]


def reply(home: House, seconds: float) -> bytes:
    """A recorded reply as a browser at 48 kHz would send it (each sample three times will do for storing)."""
    sound = home.loader()(fixtures_folder() / "coffee-good-rms.flac")
    samples = np.repeat(sound.samples, RATE_HZ // sound.rate_hz)
    return pcm(np.resize(samples, round(seconds * RATE_HZ)))


def whole(home: House, seen: Spoken, sent: str) -> bool:
    """Whether the stored recording is what was sent, to the sample."""
    outcome = seen.outcome
    if outcome.get("type") != "recorded":
        return False
    attempt = home.store.get(outcome["attempt"])
    key = next(take.audio_key for take in attempt.takes if take.id == outcome["take"])
    return key is not None and digest(pcm(home.blobs.read(key).samples)) == sent


def processor_s(pid: int) -> float:
    """Processor time a process has used, from /proc: it does not depend on what else runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def p95(values: list[float]) -> float:
    """The value that 95 in 100 stay under; not a number without any."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else float("nan")


def main() -> None:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    with house() as (home, environment):
        cookies = hired(home, asked.agents)
        sound = reply(home, asked.seconds)
        messages, sent = pieces(sound), digest(sound)
        for n in range(WAITING):
            ask(home, f"waiting{n}", typed=False)
        with served(environment) as (address, pid):
            load, cpu_s = os.getloadavg()[0], processor_s(pid)
            began_s = time.monotonic()
            seen, took_ms, wrong = asyncio.run(practise(address, cookies, messages, ramp_s=asked.seconds))
            took_s = time.monotonic() - began_s
            cpu_s = processor_s(pid) - cpu_s
            judged = home.queue.health().counts[JobState.DONE]
        outcomes = [one.outcome.get("type", "cut off") for one in seen]
        stored = sum(whole(home, one, sent) for one in seen)
    told = outcomes.count("recorded")
    print(f"{os.cpu_count()} cores, load {load:.1f} before it began; {took_s:.0f} s")
    print(f"{asked.agents} agents, {asked.seconds:g} s each in {len(messages)} pieces at {RATE_HZ} Hz")
    print(
        f"told recorded {told}, stored to the sample {stored}; others: {sorted(set(outcomes) - {'recorded'})}"
    )
    print(f"word that a piece is on disk, p95 {1000 * p95([s for one in seen for s in one.ack_s]):.0f} ms")
    print(f"sending fell behind the microphone by {max(one.behind_s for one in seen):.2f} s at worst")
    print(
        f"{len(took_ms)} pages: median {statistics.median(took_ms):.0f} ms, p95 {p95(took_ms):.0f} ms;"
        f" not answered well: {len(wrong)}"
    )
    speech_s = asked.agents * asked.seconds
    print(
        f"web process: {cpu_s:.0f} s of processor time, {1000 * cpu_s / speech_s:.1f} ms a second of speech"
    )
    print(f"connections lost and made anew: {sum(one.cut_off for one in seen)}")
    print(f"judged meanwhile by one worker: {judged}")


if __name__ == "__main__":
    main()
