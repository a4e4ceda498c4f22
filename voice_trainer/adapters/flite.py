"""Speaks with flite, whose voices pocketsphinx understands: for measuring, never for the customer."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import UsageError

VOICES = ("slt", "rms", "awb", "kal16")
TIMEOUT_S = 60.0


def speak(text: str, *, voice: str) -> Waveform:
    """The text spoken at the voice's own pace.

    Raises
    ------
    UsageError
        ``flite_missing``, ``voice_unknown``, ``flite_failed``.
    """
    if voice not in VOICES:
        raise UsageError("voice_unknown", f"There is no voice {voice!r}.", remedy=f"Use {', '.join(VOICES)}.")
    program = shutil.which("flite")
    if program is None:
        raise UsageError(
            "flite_missing", "flite is not installed.", remedy="Install it: `apt install flite`."
        )
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "reply.wav"
        words = Path(folder) / "reply.txt"
        words.write_text(text, encoding="utf-8")
        command = [program, "-voice", voice, "-f", str(words), "-o", str(spoken)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        if done.returncode or not spoken.is_file():
            raise UsageError(
                "flite_failed",
                f"flite could not speak: {done.stderr.strip()[:200]}",
                remedy="Try another voice.",
            )
        return load_audio(spoken)
