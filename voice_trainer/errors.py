"""Every expected fault, with a stable code, what to do, and the exit status of the command line.

::

    VoiceTrainerError            1  unexpected
    ├── UsageError               2  what was asked for cannot be done as asked
    │   ├── ScenarioError           a scenario file is wrong, or no scenario has that name
    │   ├── NotFoundError           it does not exist, or not for the one who asks
    │   ├── AccessError             not signed in, a link that has run out, too many tries
    │   └── AudioFileError          a recording cannot be read
    ├── AudioDeviceError         3  microphone, loudspeaker, PortAudio
    ├── ModelError               4  weights missing, broken or not a model
    ├── NothingScoredError       5  every recording was beyond scoring
    └── StorageError             6  disk, database, permissions

A message says what happened and the value seen; a remedy says what to do. Codes never change meaning.
"""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit status of every command."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    AUDIO_DEVICE = 3
    MODEL = 4
    NOTHING_SCORED = 5
    STORAGE = 6
    INTERRUPTED = 130


class VoiceTrainerError(Exception):
    """A fault that was foreseen; shown without a traceback."""

    exit_status = ExitStatus.UNEXPECTED

    def __init__(self, code: str, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(VoiceTrainerError):
    """What was asked for cannot be done as asked."""

    exit_status = ExitStatus.USAGE


class ScenarioError(UsageError):
    """A scenario file is wrong (file, line, key), or no scenario has that name (nearest names)."""


class NotFoundError(UsageError):
    """It does not exist, or not for the one who asks: the answer is the same."""


class AccessError(UsageError):
    """Not signed in, a wrong password, a link that has run out, or too many tries."""


class AudioFileError(UsageError):
    """A recording is missing, empty, broken, too long or not audio."""


class AudioDeviceError(VoiceTrainerError):
    """No PortAudio, no device, or a device that vanished or stalled."""

    exit_status = ExitStatus.AUDIO_DEVICE


class ModelError(VoiceTrainerError):
    """Weights are missing, truncated, altered, or not a model."""

    exit_status = ExitStatus.MODEL


class NothingScoredError(VoiceTrainerError):
    """Every recording given was beyond scoring."""

    exit_status = ExitStatus.NOTHING_SCORED


class StorageError(VoiceTrainerError):
    """Disk full, folder read-only, database locked or from a newer version."""

    exit_status = ExitStatus.STORAGE
