"""`practice` at a terminal with a virtual headset: a customer is heard, a reply is spoken, all is kept."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.virtual_audio import VirtualAudio, best_match, match_by_the_second
from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.adapters.sql.store import SqlAttemptStore
from voice_trainer.domain.attempt import Attempt, Consent, TakeState
from voice_trainer.domain.waveform import Waveform
from voice_trainer.practice.consent import CONSENT_VERSION

pexpect = pytest.importorskip("pexpect", reason="a pseudo-terminal needs pexpect and a Unix system")

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"
CALL = "late-coffee-machine"
MENU = r"\(q\)uit\? \[a\] "
STEP_S = 120  # a shared machine may be slow; nothing here waits that long when all is well


class Agent:
    """Somebody at a keyboard with a headset on."""

    def __init__(self, audio: VirtualAudio, data: Path, *arguments: str, **environ: str) -> None:
        self.audio = audio
        self.data = data
        self.process = pexpect.spawn(
            sys.executable,
            ["-m", "voice_trainer", "practice", *arguments],
            env={**_environment(data), **environ},
            encoding="utf-8",
            codec_errors="replace",  # Ctrl-C makes a terminal drop what is under way, letters halved
            timeout=STEP_S,
            dimensions=(40, 80),
        )

    def sees(self, *patterns: str) -> int:
        """Wait for one of the patterns; its number."""
        return int(self.process.expect(list(patterns)))

    def types(self, line: str) -> None:
        self.process.sendline(line)

    def presses(self, key: str) -> None:
        self.process.send(key)

    def speaks(self, sound: Waveform) -> None:
        self.audio.speak_into_microphone(sound)

    def goes_on_to_the_microphone(self) -> None:
        """With consent given: past the offer of a baseline, up to "speak now"."""
        self.sees("Record it now")
        self.types("n")
        self.sees("headset is on")
        self.types("")
        self.sees("says:")
        self.presses(" ")  # the customer has been heard often enough
        self.sees("Speak now")

    def leaves(self) -> int:
        """Wait for the end; the exit status (128 + signal if killed)."""
        self.process.expect(pexpect.EOF)
        self.process.close()
        status = self.process.exitstatus
        return int(status) if status is not None else 128 + int(self.process.signalstatus)


def _environment(data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "VOICE_TRAINER_DATA_DIR": str(data),
        "VOICE_TRAINER_PERSON": "ann",
        "VOICE_TRAINER_SETTINGS": "",
        "XDG_CACHE_HOME": str(data / "cache-home"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def consented(data: Path) -> Path:
    """A data folder in which ann has agreed to be recorded and wants no other recogniser."""
    with opened(data) as store:
        store.save_consent(Consent("ann", CONSENT_VERSION, datetime.now(UTC)))
    (data / "asked-for-whisper").touch()
    return data


@contextlib.contextmanager
def opened(data: Path) -> Iterator[SqlAttemptStore]:
    with SqlAttemptStore(data / "attempts.sqlite3") as store:
        yield store


@contextlib.contextmanager
def at_work(audio: VirtualAudio, data: Path, *arguments: str, **environ: str) -> Iterator[Agent]:
    """An agent whose program is ended with the block, whatever happens."""
    agent = Agent(audio, data, *arguments, **environ)
    try:
        yield agent
    finally:
        agent.process.close(force=True)


def the_attempt(data: Path) -> Attempt:
    with opened(data) as store:
        [summary] = store.summaries()
        return store.get(summary.id)


def sound_of(data: Path, key: str | None) -> Waveform:
    assert key is not None
    return FileBlobStore(data / "recordings").read(key)


def run(data: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice_trainer", *arguments],
        env=_environment(data),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=STEP_S,
    )


def plain(text: Any) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", str(text))


def test_a_call_from_greeting_to_saved_attempt(virtual_audio: VirtualAudio, data: Path) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac")
    with at_work(virtual_audio, data, CALL) as agent:
        agent.sees("agree to be recorded")
        agent.types("maybe")
        agent.sees("Please answer y or n")
        agent.types("y")
        agent.sees("go on without")
        agent.types("")

        agent.sees("Microphone check")
        agent.speaks(reply.between(0.0, 4.0))
        agent.sees("microphone is fine")

        agent.sees("Record it now")
        agent.types("y")
        agent.sees("then read")
        agent.types("")
        agent.sees("Speak now")
        agent.speaks(load_audio(FIXTURES / "baseline-rms.flac"))
        agent.sees("you fell silent")
        agent.sees("baseline is set")

        agent.sees("headset is on")
        with virtual_audio.hear_headset() as heard:
            agent.types("")
            agent.sees("says:")
            agent.sees("Speak now")
        # The lines that may follow are spoken ahead and lie there too: the one that was heard is the opening.
        lines = [load_audio(line) for line in (data / "cache" / "voice").iterdir()]
        match, at = max((best_match(heard.waveform, line)[0], n) for n, line in enumerate(lines))
        assert match >= 0.95
        assert lines[at].duration_s > 8

        agent.speaks(reply)
        agent.sees("you fell silent")
        agent.sees("Try saying")
        agent.sees(MENU)
        page = plain(agent.process.before)
        for words in ("Listening", "Delivery", "Steadiness", "What came back", "Your words"):
            assert words in page
        assert "not scored" not in page
        first = the_attempt(data).takes[0]
        assert first.state is TakeState.SCORED
        assert first.baseline is not None
        match, _ = best_match(sound_of(data, first.audio_key), reply)
        assert match >= 0.95
        assert first.score is not None
        assert (first.score.listening_points or 0) >= 60
        assert (first.score.delivery_points or 0) >= 80

        agent.types("c")
        agent.sees("what you really said")
        agent.types("You sound fed up. Your coffee machine was ordered three weeks ago. Is that right?")
        agent.sees("corrected by you")
        agent.sees(MENU)

        agent.types("a")
        agent.sees("says:")
        agent.presses(" ")
        agent.sees("Speak now")
        agent.speaks(reply.between(0.0, 4.0))
        agent.presses("\r")
        agent.sees("you stopped|you fell silent")
        agent.sees(MENU)
        agent.types("d")
        agent.sees("sound is deleted")
        agent.types("y")
        agent.sees("says:")
        agent.presses(" ")
        agent.sees("Speak now")
        agent.speaks(reply.between(0.0, 6.0))
        agent.sees("you fell silent")
        agent.sees(MENU)
        agent.types("n")
        assert agent.sees("says:", "The call is over") == 0
        agent.presses(" ")
        agent.sees("Speak now")
        agent.presses(" ")
        agent.sees("you stopped")
        agent.sees(MENU)
        agent.types("q")
        agent.sees("Well done")
        assert agent.leaves() == 0

    attempt = the_attempt(data)
    assert [take.state for take in attempt.takes if take.turn_id == "opening"] == [
        TakeState.SCORED,
        TakeState.DISCARDED,
        TakeState.SCORED,
    ]
    corrected = attempt.takes[0]
    assert corrected.transcript is not None
    assert corrected.machine_transcript is not None
    assert corrected.transcript.text != corrected.machine_transcript.text
    kept = sorted(str(take.audio_key) for take in attempt.takes if take.audio_key)
    stored = FileBlobStore(data / "recordings").keys()
    assert [key for key in stored if key.startswith(attempt.id)] == kept
    listed = json.loads(run(data, "attempts", "list", "--json").stdout)
    assert (listed["id"], listed["takes"]) == (attempt.id, len(kept))


def test_ctrl_c_while_recording_leaves_nothing_broken_and_nothing_lost(
    virtual_audio: VirtualAudio, consented: Path
) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac").between(0.0, 4.0)
    with at_work(virtual_audio, consented, CALL, "--no-check") as agent:
        agent.goes_on_to_the_microphone()
        agent.speaks(reply)
        agent.process.sendintr()
        agent.sees("Stopped. Nothing was lost")
        modes = termios.tcgetattr(agent.process.child_fd)[3]
        assert agent.leaves() == 130
        assert modes & termios.ICANON
        assert modes & termios.ECHO
        assert "Traceback" not in plain(agent.process.before)
    with at_work(virtual_audio, consented, CALL, "--no-check") as agent:
        agent.sees(r"recovered \(\d+ s\)")
        agent.process.sendintr()
        assert agent.leaves() == 130
    [take] = the_attempt(consented).takes
    assert take.state is TakeState.RECORDED
    assert take.recovered
    # What was under way from the microphone when the key was pressed was not heard yet.
    match, _ = best_match(sound_of(consented, take.audio_key), reply.between(0.0, 3.5))
    assert match >= 0.95


def test_a_killed_program_loses_less_than_a_second(virtual_audio: VirtualAudio, consented: Path) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac")
    with at_work(virtual_audio, consented, CALL, "--no-check") as agent:
        agent.goes_on_to_the_microphone()
        speaking = virtual_audio.speak_into_microphone(reply, wait=False)
        time.sleep(5.0)
        agent.process.kill(signal.SIGKILL)
        assert agent.leaves() == 128 + signal.SIGKILL
        speaking.terminate()
        speaking.wait(10)
    listed = run(consented, "attempts", "list", "--json")
    attempt_id = json.loads(listed.stdout)["id"]
    [take] = the_attempt(consented).takes
    assert take.recovered
    kept = sound_of(consented, take.audio_key)
    assert kept.duration_s > 3.5
    match, _ = best_match(kept, reply.between(0.0, 2.5))
    assert match >= 0.95
    rescored = run(consented, "attempts", "rescore", attempt_id, "--json")
    assert rescored.returncode == 0
    assert json.loads(rescored.stdout)["transcript"]["words"]


def test_two_at_once_do_not_disturb_each_other(virtual_audio: VirtualAudio, consented: Path) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac").between(0.0, 4.0)
    with (
        at_work(virtual_audio, consented, CALL, "--no-check") as one,
        at_work(virtual_audio, consented, CALL, "--no-check", VOICE_TRAINER_TRAILING_SILENCE_S="3") as two,
    ):
        one.goes_on_to_the_microphone()
        two.goes_on_to_the_microphone()
        assert "recovered" not in plain(two.process.before)
        one.speaks(reply)
        for agent in (one, two):
            agent.sees("you fell silent")
            agent.sees(MENU)
            agent.types("q")
            assert agent.leaves() == 0
    with opened(consented) as store:
        attempts = [store.get(summary.id) for summary in store.summaries()]
    assert [len(attempt.takes) for attempt in attempts] == [1, 1]
    for attempt in attempts:
        assert attempt.takes[0].state is TakeState.SCORED
        assert match_by_the_second(sound_of(consented, attempt.takes[0].audio_key), reply) >= 0.95


def test_a_microphone_that_goes_away_keeps_what_was_said(
    virtual_audio: VirtualAudio, consented: Path
) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac").between(0.0, 5.0)
    with at_work(virtual_audio, consented, CALL, "--no-check") as agent:
        agent.goes_on_to_the_microphone()
        agent.speaks(reply)
        virtual_audio.kill()
        agent.sees("the recording was interrupted")
        agent.sees("s are kept")
        agent.sees(MENU)
        agent.types("q")
        assert agent.leaves() == 0
    [take] = the_attempt(consented).takes
    assert take.state is TakeState.SCORED
    assert match_by_the_second(sound_of(consented, take.audio_key), reply.between(0.0, 3.0)) >= 0.95


@pytest.mark.patient
@pytest.mark.parametrize("way", ["ctrl-c", "ctrl-d"])
def test_every_question_can_be_left(virtual_audio: VirtualAudio, data: Path, way: str) -> None:
    steps = [
        ("agree to be recorded", "y"),
        ("go on without", ""),
        ("Which call", CALL),
        ("o on anyway", "g"),
        ("Record it now", "n"),
        ("headset is on", ""),
    ]
    asked_once = {"agree to be recorded", "go on without"}
    done: set[str] = set()
    for leave_at, _ in steps:
        with at_work(virtual_audio, data) as agent:
            for question, answer in steps:
                if question in done & asked_once:
                    continue
                if question == "o on anyway":
                    agent.sees("say a sentence")
                    agent.presses(" ")
                agent.sees(question)
                if question == leave_at:
                    break
                agent.types(answer)
                done.add(question)
            agent.process.sendintr() if way == "ctrl-c" else agent.process.sendeof()
            status = agent.leaves()
            seen = plain(agent.process.before)
            assert status == 130, (leave_at, seen)
            assert "Stopped" in seen
            assert "Traceback" not in seen
    with opened(data) as store:
        assert store.summaries() == []


def test_without_a_terminal_it_is_plain_lines(virtual_audio: VirtualAudio, consented: Path) -> None:
    reply = load_audio(FIXTURES / "coffee-good-rms.flac").between(0.0, 5.0)
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_trainer", "practice", CALL, "--no-check"],
        env={**_environment(consented), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        process.stdin.write("n\n\nq\n")
        process.stdin.close()
        out = ""
        while "Speak now" not in out:
            line = process.stdout.readline()
            assert line, out + process.stderr.read()
            out += line
        virtual_audio.speak_into_microphone(reply)
        out += process.stdout.read()
        assert process.stderr.read() == ""
        assert process.wait(STEP_S) == 0
    assert "Try saying" in out
    assert "\x1b" not in out
    assert "\r" not in out


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"NO_COLOR": "1", "VOICE_TRAINER_PLAIN": "1"}])
def test_a_screen_reader_gets_no_moving_lines(
    virtual_audio: VirtualAudio, consented: Path, environ: dict[str, str]
) -> None:
    with at_work(virtual_audio, consented, CALL, "--no-check", **environ) as agent:
        agent.goes_on_to_the_microphone()
        time.sleep(0.5)
        agent.presses(" ")
        agent.sees("you stopped")
        seen = str(agent.process.before)
        agent.sees(MENU)
        seen += str(agent.process.before)
        agent.types("q")
        assert agent.leaves() == 0
    # Bold is no colour and no movement.
    assert not re.search(r"\x1b\[(?!0m|1m|2m)", seen)
    assert all(len(line) <= 80 for line in plain(seen).splitlines())
