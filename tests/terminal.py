"""The command line inside the test's own process: arguments in, exit status and both outputs out."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from voice_trainer.cli import console
from voice_trainer.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Stdout as JSON Lines; fails where anything else is there."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """Runs commands with a data folder, home and settings of the test's own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, folder: Path) -> None:
        self._capsys = capsys
        self._patch = patch
        self.data = folder / "data"
        patch.setenv("VOICE_TRAINER_DATA_DIR", str(self.data))
        patch.setenv("VOICE_TRAINER_PERSON", "ann")
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        for name in ("VOICE_TRAINER_SETTINGS", "VOICE_TRAINER_DEBUG", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        console.console.cache_clear()
        console.errors.cache_clear()

    def run(self, *arguments: str | Path, typed: str | bytes = "") -> Ran:
        """Run one command; `typed` is what stdin holds."""
        content = typed.encode() if isinstance(typed, str) else typed
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        self._capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Ran(int(status), captured.out, captured.err)
