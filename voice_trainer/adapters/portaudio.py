"""PortAudio's devices: loaded only when one is needed, listed, and chosen by name or number."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import Any

from voice_trainer.errors import AudioDeviceError

PROBED_RATES_HZ = (8000, 16000, 22050, 44100, 48000)
_HANDS_FREE_WORDS = ("hands-free", "handsfree", "hands free", "hfp", "hsp ", "headset-head-unit", "ag audio")
# On Linux these names stand for whatever the sound server has chosen.
_SERVER_NAMES = ("default", "pulse", "pipewire", "sysdefault")
_open_lock = threading.Lock()


class _OpenStreams:
    """How many streams live in this process; guarded by `_open_lock`."""

    count = 0


class Direction(StrEnum):
    """Which way the sound goes."""

    INPUT = "input"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class AudioDevice:
    """A microphone or an output.

    `bluetooth_hands_free` marks a Bluetooth headset in telephone mode: 8 or 16 kHz, muffled, so that
    tone measured on it must not be compared with another microphone. `rates_hz` holds the rates it
    accepts (only its own rate where they were not probed).
    """

    name: str
    index: int
    is_default: bool
    default_rate_hz: int
    rates_hz: tuple[int, ...]
    channels: int
    bluetooth_hands_free: bool
    latency_s: float


def load() -> ModuleType:
    """The sounddevice module; raises `AudioDeviceError` where PortAudio is missing."""
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        remedy = (
            "Install it: `apt install libportaudio2` (Debian, Ubuntu) or your system's PortAudio package."
        )
        if not sys.platform.startswith("linux"):
            remedy = "Reinstall voice-trainer: the sounddevice package brings PortAudio on this system."
        raise AudioDeviceError(
            "portaudio_missing", f"The sound library PortAudio cannot be loaded ({error}).", remedy=remedy
        ) from error
    _hush_alsa()
    module: ModuleType = sounddevice
    return module


@cache
def _hush_alsa() -> Any:
    """Keep ALSA's own remarks ("underrun occurred") off the agent's terminal; faults reach us as errors."""
    if not sys.platform.startswith("linux"):
        return None
    handler_type = ctypes.CFUNCTYPE(
        None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
    )
    handler = handler_type(lambda *_: None)
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(handler)
    except (OSError, AttributeError):
        return None
    return handler  # cached: ALSA calls it for as long as the process lives


def refresh(sd: Any) -> None:
    """Look for devices anew (PortAudio does so only at its start); skipped while a stream is open."""
    with _open_lock:
        if _OpenStreams.count == 0:
            sd._terminate()
            sd._initialize()


@contextmanager
def stream_open() -> Iterator[None]:
    """Hold off `refresh` while a stream lives: a restart of PortAudio would kill it."""
    with _open_lock:
        _OpenStreams.count += 1
    try:
        yield
    finally:
        with _open_lock:
            _OpenStreams.count -= 1


def list_devices(*, probe_rates: bool = True) -> tuple[tuple[AudioDevice, ...], tuple[AudioDevice, ...]]:
    """All microphones and all outputs, as they are plugged in now."""
    sd = load()
    try:
        refresh(sd)
        return _listed(sd, Direction.INPUT, probe_rates), _listed(sd, Direction.OUTPUT, probe_rates)
    except sd.PortAudioError as error:
        raise AudioDeviceError(
            "device_failed",
            f"The sound system does not answer: {error}.",
            remedy="Restart it, then try again.",
        ) from error


def choose(wanted: str | int | None, direction: Direction) -> AudioDevice:
    """The device named by index, by name or by part of its name; None takes the system's default."""
    sd = load()
    refresh(sd)
    devices = _listed(sd, direction, False)
    if not devices:
        raise _no_device(direction)
    if wanted is None or wanted == "":
        return next((d for d in devices if d.is_default), devices[0])
    found = _matching(devices, wanted)
    if found is None:
        names = "; ".join(f"{d.index} {d.name}" for d in devices)
        kind = "microphone" if direction is Direction.INPUT else "output"
        raise AudioDeviceError(
            "unknown_device", f"There is no {kind} called {wanted!r}.", remedy=f"There are: {names}."
        )
    return found


def _matching(devices: Sequence[AudioDevice], wanted: str | int) -> AudioDevice | None:
    if isinstance(wanted, int) or wanted.isdecimal():
        return next((d for d in devices if d.index == int(wanted)), None)
    name = wanted.casefold()
    exact = [d for d in devices if d.name.casefold() == name]
    # Windows lists one microphone under several drivers: the default's driver comes first.
    partly = sorted((d for d in devices if name in d.name.casefold()), key=lambda d: not d.is_default)
    return next(iter([*exact, *partly]), None)


def _no_device(direction: Direction) -> AudioDeviceError:
    if direction is Direction.INPUT:
        return AudioDeviceError(
            "no_microphone",
            "No microphone was found.",
            remedy="Plug one in and allow its use in the privacy settings, or use `voice-trainer demo`.",
        )
    return AudioDeviceError(
        "no_output",
        "No loudspeaker or headset was found.",
        remedy="Plug one in; the customer's words are shown as text meanwhile.",
    )


def _listed(sd: Any, direction: Direction, probe_rates: bool) -> tuple[AudioDevice, ...]:
    default = sd.default.device[0 if direction is Direction.INPUT else 1]
    behind = _behind_sound_server(direction)
    devices = []
    for index, entry in enumerate(sd.query_devices()):
        if entry[f"max_{direction}_channels"] <= 0:
            continue
        native_hz = round(entry["default_samplerate"])
        served = entry["name"] in _SERVER_NAMES and behind
        rates = _accepted_rates(sd, index, direction) if probe_rates else ()
        name = f"{entry['name']} ({behind})" if served else str(entry["name"])
        devices.append(
            AudioDevice(
                name=name,
                index=index,
                is_default=index == default,
                default_rate_hz=native_hz,
                rates_hz=rates or (native_hz,),
                channels=entry[f"max_{direction}_channels"],
                bluetooth_hands_free=is_hands_free(name, native_hz, rates, direction),
                latency_s=float(entry[f"default_high_{direction}_latency"]),
            )
        )
    return tuple(devices)


def is_hands_free(name: str, native_hz: int, rates_hz: Sequence[int], direction: Direction) -> bool:
    """Whether a device is a Bluetooth headset in telephone mode, by its name and its rates."""
    folded = name.casefold()
    if any(word in folded for word in _HANDS_FREE_WORDS):
        return True
    # Bluetooth carries a microphone in telephone mode only; BlueZ's names begin with bluez.
    if direction is Direction.INPUT and "bluez" in folded:
        return True
    return max([native_hz, *rates_hz]) <= 16000


def _accepted_rates(sd: Any, index: int, direction: Direction) -> tuple[int, ...]:
    check = getattr(sd, f"check_{direction}_settings")
    accepted = []
    for rate_hz in PROBED_RATES_HZ:
        try:
            check(device=index, channels=1, dtype="float32", samplerate=rate_hz)
        except sd.PortAudioError:
            continue
        accepted.append(rate_hz)
    return tuple(accepted)


def _behind_sound_server(direction: Direction) -> str:
    """The device that PulseAudio or PipeWire puts behind "default"; empty where nobody can tell."""
    pactl = shutil.which("pactl") if sys.platform.startswith("linux") else None
    if pactl is None:
        return ""
    kind = "source" if direction is Direction.INPUT else "sink"
    try:
        answer = subprocess.run(
            [pactl, f"get-default-{kind}"], capture_output=True, text=True, timeout=2, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
