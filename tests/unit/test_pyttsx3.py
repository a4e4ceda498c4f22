"""The customer's voice when the speaking process misbehaves: broken workers stand in for it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer, implausible, speakable
from voice_trainer.adapters.pyttsx3_process import WorkerFailure, WorkerProcess
from voice_trainer.adapters.pyttsx3_worker import rank_voices
from voice_trainer.adapters.voice_cache import VoiceCache
from voice_trainer.domain.scenario import Gender
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, ExitStatus
from voice_trainer.ports import VoiceSettings

LINE = "I ordered a coffee machine three weeks ago."

# Speaks a tone of the right length; counts its starts and its lines in a file.
WORKER = """
import json, math, os, struct, sys, time, wave
def count(what):
    with open(sys.argv[1], "a") as file:
        file.write(what + "\\n")
def starts():
    return open(sys.argv[1]).read().count("start")
def speak(request, seconds=None, level=8000):
    seconds = seconds or 60 * len(request["text"].split()) / request["rate_wpm"]
    with wave.open(request["path"], "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)
        tone = (int(level * math.sin(n / 20)) for n in range(int(22050 * seconds)))
        file.writeframes(b"".join(struct.pack("<h", s) for s in tone))
def say(**answer):
    print(json.dumps(answer), flush=True)
count("start")
for text in sys.stdin:
    request = json.loads(text)
    count("line")
    BEHAVIOUR
"""
GOOD = "speak(request); say(id=request['id'], voice='x')"


class Stage:
    """A worker with a behaviour, and what it counted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "count.txt"

    def command(self, behaviour: str) -> tuple[str, ...]:
        script = self.folder / "worker.py"
        script.write_text(WORKER.replace("BEHAVIOUR", textwrap.indent(behaviour, "    ").lstrip()))
        return (sys.executable, str(script), str(self.log))

    def synthesizer(self, behaviour: str, *, timeout_s: float = 20.0) -> Pyttsx3Synthesizer:
        return Pyttsx3Synthesizer(
            cache_dir=self.folder / "cache", timeout_s=timeout_s, command=self.command(behaviour)
        )

    def count(self, what: str) -> int:
        return self.log.read_text().split().count(what)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def spoken(synthesizer: Pyttsx3Synthesizer, text: str = LINE, **voice: Any) -> Waveform:
    try:
        return synthesizer.synthesize(text, voice=VoiceSettings(**voice))
    finally:
        synthesizer.close()


def test_one_process_speaks_many_lines(stage: Stage) -> None:
    synthesizer = stage.synthesizer(GOOD)
    for line in (LINE, LINE + " Really.", LINE + " Truly."):
        assert synthesizer.synthesize(line, voice=VoiceSettings()).duration_s > 1
    assert (stage.count("start"), stage.count("line")) == (1, 3)
    synthesizer.close()


def test_a_line_is_spoken_once_and_kept(stage: Stage) -> None:
    first, second = spoken(stage.synthesizer(GOOD)), spoken(stage.synthesizer(GOOD))
    assert stage.count("line") == 1
    np.testing.assert_array_equal(first.samples, second.samples)


@pytest.mark.parametrize(
    "other", [{"gender": Gender.MALE}, {"emotion": "angry"}, {"language": "en-US"}, {"persona": "Jo"}]
)
def test_another_voice_is_another_line(stage: Stage, other: dict[str, Any]) -> None:
    spoken(stage.synthesizer(GOOD))
    spoken(stage.synthesizer(GOOD), **other)
    assert stage.count("line") == 2


@pytest.mark.parametrize("damage", [b"", b"no sound at all", None])
def test_a_damaged_entry_is_made_again(stage: Stage, damage: bytes | None) -> None:
    whole = spoken(stage.synthesizer(GOOD))
    (entry,) = (stage.folder / "cache").iterdir()
    content = entry.read_bytes()
    entry.write_bytes(content[: len(content) // 8] if damage is None else damage)
    again = spoken(stage.synthesizer(GOOD))
    assert again.duration_s == whole.duration_s
    assert stage.count("line") == 2
    assert entry.read_bytes() == content


def test_a_folder_that_cannot_be_written_costs_only_the_cache(stage: Stage) -> None:
    (stage.folder / "cache").write_text("a file where the folder should be")
    assert spoken(stage.synthesizer(GOOD)).duration_s > 1


def test_no_half_entry_is_left(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    VoiceCache(stage.folder / "cache").put({"text": "x"}, Waveform(np.zeros(100, np.float32), 16000))
    assert list((stage.folder / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("say(id=request['id'], voice='x')", "wrote no file"),
        ("speak(request, 0.1); say(id=request['id'])", "0.1 s for 8 words"),
        ("speak(request, level=0); say(id=request['id'])", "silence"),
        ("sys.exit(7)", "status 7"),
        ("open(request['path'], 'wb').write(b'RIFF'); say(id=request['id'])", "broken"),
        ("say(id=request['id'], error='failed', message='boom')", "boom"),
    ],
)
def test_a_failing_engine_is_tried_twice_and_named(stage: Stage, behaviour: str, told: str) -> None:
    with pytest.raises(AudioDeviceError) as caught:
        spoken(stage.synthesizer(behaviour))
    assert caught.value.code == "voice_failed"
    assert caught.value.exit_status is ExitStatus.AUDIO_DEVICE
    assert told in caught.value.message
    assert "captions" in caught.value.remedy
    assert (stage.count("start"), stage.count("line")) == (2, 2)
    assert list((stage.folder).glob("cache/*")) == []


def test_a_process_that_dies_once_is_forgiven(stage: Stage) -> None:
    assert spoken(stage.synthesizer(f"if starts() < 2: os._exit(9)\n{GOOD}")).duration_s > 1
    assert stage.count("start") == 2


def test_a_process_that_died_between_lines_is_replaced(stage: Stage) -> None:
    synthesizer = stage.synthesizer(GOOD + "\nif starts() < 2: os._exit(0)")
    for line in (LINE, LINE + " Really."):
        assert synthesizer.synthesize(line, voice=VoiceSettings()).duration_s > 1
    synthesizer.close()


def test_a_hanging_process_is_killed_and_replaced(stage: Stage) -> None:
    behaviour = f"if starts() < 2: time.sleep(600)\n{GOOD}"
    assert spoken(stage.synthesizer(behaviour, timeout_s=3.0), "One two").duration_s > 0.3
    assert stage.count("start") == 2


def test_a_process_that_always_hangs_is_given_up(stage: Stage) -> None:
    began_s = time.monotonic()
    with pytest.raises(AudioDeviceError, match="did not answer within") as caught:
        spoken(stage.synthesizer("time.sleep(600)", timeout_s=0.2), "One two")
    assert caught.value.code == "voice_failed"
    assert time.monotonic() - began_s < 20


def test_chatter_and_late_answers_are_passed_over(stage: Stage) -> None:
    assert spoken(stage.synthesizer(f"print('Audio saved'); say(id=0); print('[1]'); {GOOD}")).duration_s > 1


def test_no_engine_is_said_at_once(stage: Stage) -> None:
    with pytest.raises(AudioDeviceError) as caught:
        spoken(stage.synthesizer("say(id=request['id'], error='no_voice', message='no eSpeak')"))
    assert caught.value.code == "no_voice"
    assert "no eSpeak" in caught.value.message
    assert caught.value.remedy
    assert stage.count("line") == 1


def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    synthesizer = Pyttsx3Synthesizer(cache_dir=tmp_path, command=(str(tmp_path / "nothing"),))
    with pytest.raises(AudioDeviceError) as caught:
        spoken(synthesizer)
    assert caught.value.code == "voice_failed"


@pytest.mark.parametrize("text", ["", "   ", "\x00\x1b", "...", "<break/>"])
def test_nothing_to_say_is_refused_before_any_process(stage: Stage, text: str) -> None:
    with pytest.raises(AudioDeviceError, match="nothing to say"):
        spoken(stage.synthesizer(GOOD), text)
    assert not stage.log.exists()


def test_ctrl_c_ends_the_process_so_that_no_answer_is_left_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = WorkerProcess(stage.command(GOOD))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "_answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        worker.ask({"text": LINE, "rate_wpm": 170, "path": str(stage.folder / "x.wav")}, timeout_s=5)
    assert worker.pid is None


def test_the_process_ends_with_the_program(stage: Stage) -> None:
    program = f"""
import sys
from voice_trainer.adapters.pyttsx3_process import WorkerProcess
worker = WorkerProcess({stage.command("say(id=request['id'])")!r})
worker.ask({{}}, timeout_s=20)
print(worker.pid)
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": root},
    )
    if sys.platform != "win32":
        with pytest.raises(ProcessLookupError):
            os.kill(int(done.stdout), 0)


def test_failure_leaves_no_process_behind(stage: Stage) -> None:
    worker = WorkerProcess(stage.command("sys.exit(3)"))
    with pytest.raises(WorkerFailure, match="status 3"):
        worker.ask({}, timeout_s=20)
    assert worker.pid is None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Hello <break time='1s'/> there", "Hello there"),
        ("I said <b>no</b>", "I said no"),
        ("wait [[slnc 5000]] please", "wait please"),
        ("a\x00b\x07c\ud800d", "a b c d"),
        ("3 < 4 > 2", "3 4 2"),
        ("soft\u00adhyphen \u200bzero", "soft hyphen zero"),
        ("cafe\u0301 costs £5 & more\n\nnow", "café costs £5 & more now"),
    ],
)
def test_text_is_made_safe(text: str, safe: str) -> None:
    assert speakable(text) == safe


def test_what_is_plausible() -> None:
    def sound(seconds: float, level: float = 0.1) -> Waveform:
        return Waveform(np.full(round(16000 * seconds), level, np.float32), 16000)

    assert implausible(sound(3.0), words=8, rate_wpm=160) is None
    assert "0.5 s for 8 words" in str(implausible(sound(0.5), words=8, rate_wpm=160))
    assert "only 8 words" in str(implausible(sound(60), words=8, rate_wpm=160))
    assert "silence" in str(implausible(sound(3.0, 1e-4), words=8, rate_wpm=160))
    assert "not numbers" in str(implausible(sound(3.0, np.nan), words=8, rate_wpm=160))


def voice(name: str, language: str, gender: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(id=name.lower(), name=name, languages=[language], gender=gender)


MAC = [
    voice("Albert", "en_US", "VoiceGenderMale"),
    voice("Alex", "en_US", "VoiceGenderMale"),
    voice("Anna", "de_DE", "VoiceGenderFemale"),
    voice("Daniel", "en_GB", "VoiceGenderMale"),
    voice("Kate", "en_GB", "VoiceGenderFemale"),
    voice("Serena", "en_GB", "VoiceGenderFemale"),
]


@pytest.mark.parametrize(
    ("language", "gender", "choice", "best"),
    [
        ("en-GB", "female", 0, "kate"),
        ("en-GB", "female", 1, "serena"),
        ("en-GB", "male", 1, "daniel"),
        ("en-US", "male", 0, "alex"),
        ("en-US", "female", 0, "alex"),  # the language counts more than the gender
        ("de-AT", "female", 0, "anna"),
        ("fr-FR", "female", 0, "kate"),
    ],
)
def test_voices_are_chosen_by_language_then_gender(
    language: str, gender: str, choice: int, best: str
) -> None:
    assert rank_voices(MAC, language=language, gender=gender, choice=choice)[0] == best


def test_no_voices() -> None:
    assert rank_voices([], language="en-GB", gender="male", choice=3) == []
