"""The command line as a whole: commands, help, exit statuses, JSON alone, broken pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.terminal import Terminal
from voice_trainer import __version__
from voice_trainer.cli.main import COMMANDS, cli
from voice_trainer.errors import (
    AudioDeviceError,
    AudioFileError,
    ModelError,
    NothingScoredError,
    ScenarioError,
    StorageError,
    UsageError,
    VoiceTrainerError,
)

HEAVY = ("numpy", "torch", "librosa", "sqlalchemy", "fastapi", "scipy", "soundfile", "sounddevice", "whisper")
CALL = "late-coffee-machine"


def python(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], []])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom voice_trainer.cli.main import main\n"
        f"status = main({arguments!r})\n"
        f"print('IMPORTED', sorted(set({HEAVY!r}) & set(sys.modules)), 'status', int(status))"
    )
    done = python("-c", script)
    assert "IMPORTED [] status" in done.stdout, done.stderr


def test_help_of_the_module_lists_every_command() -> None:
    done = python("-m", "voice_trainer", "--help")
    assert done.returncode == 0
    for name, (_, line) in COMMANDS.items():
        assert name in done.stdout
        assert " ".join(line.split()[:4]) in " ".join(done.stdout.split())


def test_the_version_is_said(terminal: Terminal) -> None:
    assert __version__ in terminal.run("--version").out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_exists_and_says_the_same(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert (command.help or "").split("\n\n")[0] == COMMANDS[name][1]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(terminal: Terminal, name: str) -> None:
    ran = terminal.run(name, "--help")
    assert ran.status == 0
    assert ran.out.startswith(f"Usage: voice-trainer {name}")
    assert ran.err == ""


def test_no_arguments_show_the_help_plainly(terminal: Terminal) -> None:
    ran = terminal.run()
    assert ran.status == 2
    assert ran.err.startswith("Usage: voice-trainer")
    assert terminal.run("attempts").err.startswith("Usage: voice-trainer attempts")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["score", "--nonsense"],
        ["score"],
        ["score", "no-such-file.wav", "--scenario", CALL],
        ["score", "--reply", "hi"],
        ["score", "--scenario", CALL, "--turn", "nonsense", "--reply", "hi"],
        ["score", "--manifest", "no-such-file.jsonl"],
        ["score", "--scenarios", "no-such-folder", "--scenario", CALL, "--reply", "hi"],
        ["scenarios", "show", "nonsense"],
        ["attempts", "show", "nonsense"],
        ["attempts", "delete", "nonsense"],
        ["attempts", "list", "--limit", "0"],
        ["export", "nonsense"],
        ["import", "no-such-file"],
        ["baseline", "no-such-file.wav", "--device", "headset"],
        ["baseline", "a.wav", "--record"],
        ["practice", "late-cofee"],
    ],
)
def test_what_cannot_be_done_as_asked_has_status_2_and_a_remedy(
    terminal: Terminal, arguments: list[str]
) -> None:
    ran = terminal.run(*arguments)
    assert ran.status == 2
    assert "voice-trainer: " in ran.err
    assert "What to do:" in ran.err
    assert len([line for line in ran.err.splitlines() if line.startswith("  [")]) == 1


def test_an_unknown_call_is_told_with_the_nearest_names(terminal: Terminal) -> None:
    assert "Did you mean: late-coffee-machine" in terminal.run("practice", "late-cofee").err


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (VoiceTrainerError("x", "X."), 1),
        (RuntimeError("boom"), 1),
        (UsageError("x", "X."), 2),
        (ScenarioError("x", "X."), 2),
        (AudioFileError("x", "X."), 2),
        (AudioDeviceError("x", "X."), 3),
        (ModelError("x", "X."), 4),
        (NothingScoredError("x", "X."), 5),
        (StorageError("x", "X."), 6),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_every_class_of_fault_has_its_status(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, fault: BaseException, status: int
) -> None:
    @click.command("doctor")
    @click.option("--json", "as_json", is_flag=True)
    def failing(as_json: bool) -> None:
        raise fault

    monkeypatch.setattr("voice_trainer.cli.doctor.doctor_command", failing)
    assert terminal.run("doctor").status == status
    with_json = terminal.run("doctor", "--json")
    assert with_json.status == status
    if status in range(1, 10):
        [found] = with_json.objects
        assert set(found["error"]) == {"code", "message", "remedy"}
        assert found["error"]["code"] == getattr(fault, "code", "unexpected")


def test_a_fault_of_the_program_says_how_to_see_more(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_trainer.cli.doctor.doctor_command", _broken)
    ran = terminal.run("doctor")
    assert "RuntimeError: boom" in ran.err
    assert "VOICE_TRAINER_DEBUG=1" in ran.err


@click.command("doctor")
def _broken() -> None:
    raise RuntimeError("boom")


@pytest.mark.parametrize(
    "arguments",
    [
        ["scenarios", "list"],
        ["scenarios", "list", "--json"],
        ["scenarios", "show", CALL],
        ["models", "list"],
        ["--help"],
    ],
)
def test_a_reader_that_goes_away_is_no_fault(arguments: list[str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "voice_trainer", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VOICE_TRAINER_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(60) == 0
    process.stderr.close()


def test_json_is_utf8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voice_trainer", "score", "--scenario", CALL, "--reply", "“Fed” up", "--json"],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "VOICE_TRAINER_DATA_DIR": str(tmp_path)},
    )
    assert json.loads(done.stdout.decode("utf-8"))["transcript"]["text"] == "“Fed” up"


def test_a_terminal_of_few_letters_shows_what_it_can(tmp_path: Path) -> None:
    done = python(
        "-m", "voice_trainer", "scenarios", "show", CALL,
        PYTHONIOENCODING="ascii", VOICE_TRAINER_DATA_DIR=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0
    assert "coffee machine" in done.stdout


def test_a_data_folder_that_cannot_be_written_is_a_storage_fault(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    ran = terminal.run("attempts", "list", "--data-dir", tmp_path / "file" / "data")
    assert ran.status == 6
    assert "What to do:" in ran.err


def test_a_database_that_is_none_is_a_storage_fault(terminal: Terminal) -> None:
    terminal.data.mkdir(parents=True)
    (terminal.data / "attempts.sqlite3").write_bytes(b"this is no database" * 100)
    ran = terminal.run("attempts", "list", "--json")
    assert ran.status == 6
    [found] = ran.objects
    assert found["error"]["remedy"]


def test_wrong_settings_are_a_usage_fault(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_TRAINER_RETENTION_DAYS", "soon")
    ran = terminal.run("attempts", "list")
    assert ran.status == 2
    assert "retention_days = 'soon'" in ran.err
