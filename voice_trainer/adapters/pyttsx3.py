"""The customer's voice by pyttsx3, spoken in a process of its own (see `pyttsx3_worker`)."""

from __future__ import annotations

import re
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from voice_trainer.adapters.pyttsx3_process import WORKER_COMMAND, WorkerFailure, WorkerProcess
from voice_trainer.adapters.speaking_styles import personal_voice
from voice_trainer.adapters.voice_cache import VoiceCache
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError, AudioFileError
from voice_trainer.ports import VoiceSettings

ENGINE = "pyttsx3 2.99/1"  # part of every cached line's name: raise it when lines are spoken differently
TRIES = 2
SILENT_DBFS = -55.0
_MARKUP = re.compile(r"<[/!?a-zA-Z][^<>]{0,200}>|\[\[.*?\]\]", re.DOTALL)
_UNSPEAKABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_READ_ON = "The call goes on with captions: read what the customer says."


class Pyttsx3Synthesizer:
    """The port `Synthesizer`.

    Parameters
    ----------
    cache_dir
        Where spoken lines are kept; made when needed, and done without where it cannot be written.
    timeout_s
        How long the engine may take for a line, beside a tenth of a second for each character.
    command
        What starts the speaking process; tests put a broken one here.
    """

    def __init__(
        self, *, cache_dir: Path, timeout_s: float = 20.0, command: Sequence[str] = WORKER_COMMAND
    ) -> None:
        self._cache = VoiceCache(cache_dir)
        self._timeout_s = timeout_s
        self._worker = WorkerProcess(command)
        self._lock = threading.Lock()

    def synthesize(self, text: str, *, voice: VoiceSettings) -> Waveform:
        """Speak `text`; raises `AudioDeviceError`, ``no_voice`` or ``voice_failed``."""
        request = _request(text, voice)
        words = _words(str(request["text"]))
        if words == 0:
            raise _failed(f"there is nothing to say in {text[:40]!r}")
        kept = self._cache.get(request)
        if (
            kept is not None
            and implausible(kept, words=words, rate_wpm=int(str(request["rate_wpm"]))) is None
        ):
            return kept
        with self._lock:
            waveform = self._speak(request, words)
        self._cache.put(request, waveform)
        return waveform

    def close(self) -> None:
        """End the speaking process; also done when the program ends."""
        with self._lock:
            self._worker.close()

    def _speak(self, request: dict[str, object], words: int) -> Waveform:
        """One retry, in a new process: a second failure is the engine's, not chance."""
        reason = ""
        for _ in range(TRIES):
            try:
                waveform = self._speak_once(request)
            except (WorkerFailure, AudioFileError, OSError) as error:
                reason = str(error)
            else:
                found = implausible(waveform, words=words, rate_wpm=int(str(request["rate_wpm"])))
                if found is None:
                    return waveform
                reason = found
            self._worker.close()
        raise _failed(reason)

    def _speak_once(self, request: dict[str, object]) -> Waveform:
        from voice_trainer.adapters.soundfile import decode

        with tempfile.TemporaryDirectory(prefix="voice-trainer-", ignore_cleanup_errors=True) as folder:
            # macOS writes AIFF whatever the name says; it is told apart by its first bytes when read.
            path = Path(folder) / ("line.aiff" if sys.platform == "darwin" else "line.wav")
            timeout_s = self._timeout_s + 0.1 * len(str(request["text"]))
            answer = self._worker.ask({**request, "path": str(path)}, timeout_s=timeout_s)
            if answer.get("error") == "no_voice":
                raise _no_voice(str(answer.get("message", "")))
            if "error" in answer:
                raise WorkerFailure(str(answer.get("message", "")))
            if not path.exists():
                raise WorkerFailure("the speech engine wrote no file")
            return decode(path.read_bytes())


def speakable(text: str) -> str:
    """The text without what engines read aloud, obey or choke on.

    Markup (``<break/>``; macOS obeys ``[[slnc 500]]``), control and invisible characters, half
    surrogates and lone angle brackets become spaces.
    """
    plain = _MARKUP.sub(" ", unicodedata.normalize("NFC", text))
    kept = (" " if unicodedata.category(c) in _UNSPEAKABLE or c in "<>" else c for c in plain)
    return " ".join("".join(kept).split())


def implausible(waveform: Waveform, *, words: int, rate_wpm: int) -> str | None:
    """What is wrong with a spoken line (too short, too long, silent), None for speech that may be right.

    Bounds are wide: numbers and abbreviations are longer aloud than on paper, engines keep their own time.
    """
    expected_s = words * 60 / rate_wpm
    if waveform.duration_s < 0.3 * expected_s:
        return f"the speech engine gave {waveform.duration_s:.1f} s for {words} words"
    if waveform.duration_s > 6 * expected_s + 10:
        return f"the speech engine gave {waveform.duration_s:.0f} s for only {words} words"
    if not np.isfinite(waveform.samples).all():
        return "the speech engine gave samples that are not numbers"
    level_dbfs = 10 * float(np.log10(np.mean(waveform.samples.astype(np.float64) ** 2) + 1e-12))
    if level_dbfs < SILENT_DBFS:
        return f"the speech engine gave silence ({level_dbfs:.0f} dBFS)"
    return None


def _request(text: str, voice: VoiceSettings) -> dict[str, object]:
    own = personal_voice(
        emotion=voice.emotion, gender=voice.gender, persona=voice.persona, temperature=voice.temperature
    )
    return {
        "engine": f"{ENGINE} {sys.platform}",
        "text": speakable(text),
        "gender": voice.gender.value,
        "language": voice.language,
        "variant": own.variant,
        "choice": own.choice,
        "rate_wpm": own.style.rate_wpm,
        "pitch": own.style.pitch,
        "pitch_range": own.style.pitch_range,
        "volume": own.style.volume,
    }


def _words(text: str) -> int:
    return sum(any(c.isalnum() for c in word) for word in text.split())


def _failed(reason: str) -> AudioDeviceError:
    return AudioDeviceError(
        "voice_failed",
        f"The customer's line could not be spoken: {reason}.",
        remedy=f"{_READ_ON} `voice-trainer doctor` tests the voice.",
    )


def _no_voice(reason: str) -> AudioDeviceError:
    remedy = {
        "darwin": "Add a voice in System Settings, Accessibility, Spoken Content.",
        "win32": "Add a voice in Settings, Time & language, Speech.",
    }.get(sys.platform, "Install one: pip install espeakng-loader, or your system's package espeak-ng.")
    return AudioDeviceError(
        "no_voice",
        f"There is no speech engine for the customer's voice ({reason}).",
        remedy=f"{remedy} {_READ_ON}",
    )
