"""Recordings that come from elsewhere: WAV, FLAC, OGG/Opus, MP3; checked, folded to mono, resampled."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from voice_trainer.adapters.resampling import resample
from voice_trainer.domain.waveform import FloatArray, Waveform
from voice_trainer.errors import AudioFileError

RATE_HZ = 16000
MAX_DURATION_S = 600.0
RATE_MIN_HZ, RATE_MAX_HZ = 4000, 384_000  # a header may claim anything, and resampling would believe it
_SILENT_DBFS = -60.0  # a side this quiet holds nobody
_QUIETER_DB = 40.0  # a side this far below the other holds its crosstalk only
_SAME_VOICE_CORRELATION = 0.98  # lossy coding leaves dual mono at .99 and more, two people stay under .3
_CONVERT = "Convert it to WAV or FLAC and try again."

AgentChannel = Literal["left", "right"]


def load_audio(
    path: Path,
    *,
    agent_channel: AgentChannel | None = None,
    max_duration_s: float = MAX_DURATION_S,
    rate_hz: int = RATE_HZ,
) -> Waveform:
    """The agent's voice in a recording, mono at `rate_hz`.

    Parameters
    ----------
    agent_channel
        The side of a two-party recording on which the agent is. None: both sides must hold the same
        voice, or one of them nothing.
    max_duration_s
        A longer recording is refused before it fills the memory.

    Raises
    ------
    AudioFileError
        ``audio_missing``, ``audio_is_folder``, ``audio_unreadable``, ``audio_empty``, ``audio_truncated``,
        ``audio_too_long``, ``not_finite``, ``rate_unusable``, ``too_many_channels``,
        ``two_channels`` or ``mixed_mono``.
    """
    _check_path(path)
    sound, native_hz = _read(path, str(path), max_duration_s)
    if not np.isfinite(sound).all():
        bad = int(np.count_nonzero(~np.isfinite(sound)))
        raise AudioFileError(
            "not_finite",
            f"{path} holds {bad} samples that are not numbers (NaN or infinite).",
            remedy=_CONVERT,
        )
    return resample(Waveform(_one_voice(sound, agent_channel, path), native_hz), rate_hz)


def encode(waveform: Waveform, format: str = "FLAC") -> bytes:  # noqa: A002
    """A whole file in memory, 16 bits (OGG is Opus), as small as needed for embedding into a page."""
    import soundfile

    subtype = {"FLAC": "PCM_16", "WAV": "PCM_16", "OGG": "OPUS"}.get(format)
    buffer = io.BytesIO()
    samples = np.clip(waveform.samples, -1.0, 1.0)
    soundfile.write(buffer, samples, waveform.rate_hz, format=format, subtype=subtype)
    return buffer.getvalue()


def decode(content: bytes) -> Waveform:
    """Any file that `encode` or `load_audio` knows, from memory; the sides of stereo are averaged."""
    sound, rate_hz = _read(io.BytesIO(content), "the recording", None)
    return Waveform(np.ascontiguousarray(sound.mean(axis=1, dtype=np.float32)), rate_hz)


def _check_path(path: Path) -> None:
    if path.is_dir():
        raise AudioFileError(
            "audio_is_folder",
            f"{path} is a folder.",
            remedy="Name the recordings in it, for instance with *.wav.",
        )
    if not path.exists():
        raise AudioFileError(
            "audio_missing", f"There is no file {path}.", remedy="Check its name and folder."
        )
    if not os.access(path, os.R_OK):
        raise AudioFileError(
            "audio_unreadable", f"{path} may not be read.", remedy="Allow reading it (file permissions)."
        )
    if path.stat().st_size == 0:
        raise AudioFileError(
            "audio_empty", f"{path} is empty (0 bytes).", remedy="Record or export it again."
        )


def _read(
    source: Path | io.BytesIO, name: str, max_duration_s: float | None
) -> tuple[NDArray[np.float32], int]:
    """All samples, shape (frames, channels), and the rate."""
    import soundfile

    try:
        with soundfile.SoundFile(source) as file:
            return _read_open(file, source, name, max_duration_s), int(file.samplerate)
    except (soundfile.SoundFileError, TypeError, ValueError, OSError) as error:
        if isinstance(source, Path) and _looks_like_text(source):
            message = f"{name} holds text, not sound."
        else:
            message = f"{name} is broken or no recording in a known format ({_first_line(error)})."
        raise AudioFileError(
            "audio_unreadable", message, remedy="WAV, FLAC, OGG, Opus and MP3 can be read."
        ) from error


def _read_open(
    file: Any, source: Path | io.BytesIO, name: str, max_duration_s: float | None
) -> NDArray[np.float32]:
    rate_hz, channels = int(file.samplerate), int(file.channels)
    if channels > 2:
        raise AudioFileError(
            "too_many_channels",
            f"{name} has {channels} channels.",
            remedy="Export it as mono, or as stereo with --agent-channel.",
        )
    if not RATE_MIN_HZ <= rate_hz <= RATE_MAX_HZ:
        raise AudioFileError("rate_unusable", f"{name} claims {rate_hz} samples a second.", remedy=_CONVERT)
    if max_duration_s is not None and file.frames > max_duration_s * rate_hz:
        raise _too_long(name, file.frames / rate_hz, max_duration_s)
    blocks, frames = [], 0
    # Some formats declare no length, or a wrong one: count while reading.
    # Not file.blocks(): where a file ends early it hands out memory that was never written.
    while len(block := file.read(rate_hz * 10, dtype="float32", always_2d=True)) > 0:
        blocks.append(block)
        frames += len(block)
        if max_duration_s is not None and frames > max_duration_s * rate_hz:
            raise _too_long(name, frames / rate_hz, max_duration_s)
    if frames == 0:
        raise AudioFileError("audio_empty", f"{name} holds no sound (0 samples).", remedy="Record it again.")
    declared = _declared_frames(file, source)
    if frames < declared:
        raise AudioFileError(
            "audio_truncated",
            f"{name} is cut short: {frames / rate_hz:.1f} s of {declared / rate_hz:.1f} s are there.",
            remedy="Copy or export it again.",
        )
    return np.concatenate(blocks)


def _declared_frames(file: Any, source: Path | io.BytesIO) -> int:
    """How many frames the file says it has; for WAV libsndfile silently takes what is there."""
    if file.format not in ("WAV", "WAVEX") or not isinstance(source, Path):
        # MP3 counts are estimates; a lost end of less than a tenth of a second is none.
        return int(file.frames - file.samplerate // 10)
    with source.open("rb") as raw:
        head = raw.read(65536)
    at = head.find(b"data", 12)
    size = int.from_bytes(head[at + 4 : at + 8], "little") if at > 0 else 0
    # Programs that write to a pipe leave "unknown" there.
    unknown = size >= 0x7FFFFF00
    bytes_a_frame = max(1, int.from_bytes(head[32:34], "little"))
    return 0 if unknown else size // bytes_a_frame


def _one_voice(sound: NDArray[np.float32], agent_channel: AgentChannel | None, path: Path) -> FloatArray:
    """The agent's side, or the one voice there is."""
    if sound.shape[1] == 1:
        if agent_channel is not None:
            raise AudioFileError(
                "mixed_mono",
                f"{path} is mono, so the agent has no side of their own.",
                remedy="Leave --agent-channel out if only the agent speaks; a mixed call cannot be scored.",
            )
        return np.ascontiguousarray(sound[:, 0])
    left, right = np.ascontiguousarray(sound[:, 0]), np.ascontiguousarray(sound[:, 1])
    if agent_channel is not None:
        return left if agent_channel == "left" else right
    left_dbfs, right_dbfs = _level_dbfs(left), _level_dbfs(right)
    quiet_dbfs = max(_SILENT_DBFS, max(left_dbfs, right_dbfs) - _QUIETER_DB)
    if right_dbfs < quiet_dbfs:
        return left
    if left_dbfs < quiet_dbfs:
        return right
    if _correlation(left, right) >= _SAME_VOICE_CORRELATION:
        return np.asarray((left + right) / 2, dtype=np.float32)
    raise AudioFileError(
        "two_channels",
        f"{path} holds two different voices, left and right.",
        remedy="Say on which side the agent is: --agent-channel left or --agent-channel right.",
    )


def _level_dbfs(samples: FloatArray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64))) + 1e-10))


def _correlation(left: FloatArray, right: FloatArray) -> float:
    a, b = left.astype(np.float64), right.astype(np.float64)
    return float(np.dot(a, b) / (np.sqrt(np.dot(a, a) * np.dot(b, b)) + 1e-20))


def _too_long(name: str, duration_s: float, max_duration_s: float) -> AudioFileError:
    return AudioFileError(
        "audio_too_long",
        f"{name} is {duration_s / 60:.1f} minutes long; at most {max_duration_s / 60:.0f} are scored.",
        remedy="Cut out the reply, or raise the limit.",
    )


def _looks_like_text(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(512)
    return all(byte >= 32 or byte in b"\t\n\r" for byte in head) and b"\0" not in head


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
