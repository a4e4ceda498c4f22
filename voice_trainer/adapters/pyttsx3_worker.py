"""The process in which pyttsx3 speaks. Run as a script: requests come as JSON lines, answers go back so.

It stands alone and imports nothing of voice_trainer: eSpeak NG is GPL-3 and keeps a process of its own;
it is not thread-safe, hangs after a fork, and may crash without taking the call with it. It must be
started with ``-P``, since the folder of this file holds another module called pyttsx3.

Request ``{"id", "text", "path", "gender", "language", "variant", "choice", "rate_wpm", "pitch",
"pitch_range", "volume"}``, answer ``{"id", "voice"}`` or ``{"id", "error": "no_voice" | "failed",
"message"}``. The process ends when its input is closed, even while the engine hangs.
"""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

Request = dict[str, Any]

# macOS lists joke voices as men and women; no customer sounds like them.
NOVELTY = re.compile(
    "albert|bad ?news|bahh|bells|boing|bubbles|cellos|fred|good ?news|jester|junior|kathy|organ|ralph"
    "|superstar|trinoids|whisper|wobble|zarvox",
    re.IGNORECASE,
)


class NoVoiceError(Exception):
    """No engine, or none of its voices can be used."""


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started us
    answers = _take_stdout()
    requests: queue.Queue[Request] = queue.Queue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, requests), daemon=True).start()
    engine: Any = None
    while True:
        request = requests.get()
        answer: Request = {"id": request.get("id")}
        try:
            engine = engine or _start_engine()
            answer["voice"] = _speak(engine, request)
        except NoVoiceError as error:
            answer |= {"error": "no_voice", "message": str(error)}
        except Exception as error:  # whatever a driver throws becomes an answer
            answer |= {"error": "failed", "message": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _take_stdout() -> BinaryIO:
    """Keep the real output for answers: pyttsx3 and its libraries print to it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _read(stream: BinaryIO, requests: queue.Queue[Request]) -> None:
    for line in stream:
        requests.put(json.loads(line))
    os._exit(0)  # the engine may hang in native code, so there is no politer way


def _start_engine() -> Any:
    if sys.platform.startswith("linux"):
        _load_espeak()
    try:
        import pyttsx3

        engine = pyttsx3.init()
    except Exception as error:  # ImportError, OSError, RuntimeError, COM errors: all mean the same here
        raise NoVoiceError(f"{type(error).__name__}: {error}") from error
    if _is_espeak(engine):
        engine.runAndWait()  # the first run of a process returns at once and writes nothing
    return engine


def _load_espeak() -> None:
    """Make the wheel's library the one that pyttsx3 finds by its soname; else the system's is used."""
    import ctypes

    try:
        import espeakng_loader

        library = Path(espeakng_loader.get_library_path()).with_name("libespeak-ng.so.1")
        data = Path(espeakng_loader.get_data_path())
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
    except (ImportError, OSError, RuntimeError):
        return
    # A relative path, since eSpeak ends the process when the data's path is longer than about 150 bytes.
    os.chdir(data.parent)
    os.environ["ESPEAK_DATA_PATH"] = "."


def _is_espeak(engine: Any) -> bool:
    return "espeak" in str(engine)


def _speak(engine: Any, request: Request) -> str:
    """Write the line to its file; the voice that spoke."""
    voice = _set_voice(engine, request)
    engine.setProperty("volume", float(request["volume"]))
    if _is_espeak(engine):
        _set_espeak(request)
    else:
        engine.setProperty("rate", int(request["rate_wpm"]))
    engine.save_to_file(request["text"], request["path"])
    engine.runAndWait()
    return voice


def _set_espeak(request: Request) -> None:
    """Rate, pitch and range; pyttsx3 has no name for the range and does not wait.

    eSpeak takes settings in a thread of its own; a line begun too early is spoken with the old ones.
    """
    from pyttsx3.drivers import _espeak

    for parameter, name in (("RATE", "rate_wpm"), ("PITCH", "pitch"), ("RANGE", "pitch_range")):
        _espeak.Synchronize()
        _espeak.SetParameter(getattr(_espeak, parameter), int(request[name]), 0)
    _espeak.Synchronize()


def _set_voice(engine: Any, request: Request) -> str:
    """Choose by language and gender; checked, since an unknown voice is ignored without a word."""
    ranked = rank_voices(
        engine.getProperty("voices") or [],
        language=request["language"],
        gender="" if _is_espeak(engine) else request["gender"],
        choice=int(request["choice"]),
    )
    if not ranked:
        raise NoVoiceError("the speech engine has no voice")
    wanted = ranked[0]
    tries = [f"{wanted}+{request['variant']}", wanted] if _is_espeak(engine) else ranked[:3]
    for voice in tries:
        try:
            engine.setProperty("voice", voice)
            current = str(engine.getProperty("voice"))
        except Exception:  # a voice that cannot be loaded: the next one may do
            continue
        if current.lower() == voice.lower():
            return current
    raise NoVoiceError(f"none of the voices {', '.join(tries)} can be loaded")


def rank_voices(voices: Sequence[Any], *, language: str, gender: str, choice: int) -> list[str]:
    """Ids of voices, best first: right language before right gender, English before any other."""
    wanted = language.lower().replace("_", "-")
    primary = wanted.split("-")[0]
    plain = {primary, f"{primary}-{primary}", "en-gb", "en-us"}  # before regional accents

    def score(voice: Any) -> tuple[int, ...]:
        spoken = [str(tag).lower().replace("_", "-").strip("\x00") for tag in voice.languages or [] if tag]
        first = [tag.split("-")[0] for tag in spoken]
        sounds = str(voice.gender or "").lower().removeprefix("voicegender")
        return (
            wanted in spoken,
            primary in first,
            "en" in first,
            not plain.isdisjoint(spoken),
            not NOVELTY.fullmatch(str(voice.name or "")),
            bool(gender) and sounds == gender.lower(),
        )

    if not voices:
        return []
    ordered = sorted(voices, key=score, reverse=True)  # stable: the engine's own order decides ties
    best = [v for v in ordered if score(v) == score(ordered[0])]
    # A persona picks among equal voices, where the engine tells men from women; else the first is safest.
    turn = choice % len(best) if gender and score(best[0])[-1] else 0
    return [str(v.id) for v in [*best[turn:], *best[:turn], *ordered[len(best) :]]]


if __name__ == "__main__":
    main()
