"""The WAV container, 16-bit mono: written so that a half-written file is a good file, read with patience."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from voice_trainer.domain.waveform import FloatArray

HEADER_BYTES = 44
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_MOST = 0xFFFFFFFF


def header(rate_hz: int, data_bytes: int) -> bytes:
    """The header of a file that holds `data_bytes` of 16-bit mono sound so far."""
    return _HEADER.pack(
        b"RIFF", min(data_bytes + HEADER_BYTES - 8, _MOST), b"WAVE",
        b"fmt ", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16,
        b"data", min(data_bytes, _MOST),
    )  # fmt: skip


def to_pcm16(samples: FloatArray) -> bytes:
    """Samples as 16-bit integers; what is beyond full scale is clipped, what is no number is silence."""
    scaled = np.rint(samples * np.float32(32768.0))  # exact: a power of two
    scaled[np.isnan(scaled)] = 0.0
    pcm: bytes = np.clip(scaled, -32768, 32767).astype("<i2").tobytes()
    return pcm


def from_pcm16(data: bytes) -> FloatArray:
    """The samples back; an odd last byte (a write cut in half) is dropped."""
    whole = data[: len(data) // 2 * 2]
    return np.frombuffer(whole, dtype="<i2").astype(np.float32) / np.float32(32768.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the sound lies in a 16-bit mono file, and whether its header tells the truth."""

    rate_hz: int
    start: int
    end: int
    finished: bool


def layout(head: bytes, file_bytes: int) -> Layout | None:
    """Read the header at the start of a file; None where it is not 16-bit mono WAV.

    A recording cut short has a header of its last flush: everything after the header is sound then.
    A finished file may carry further chunks behind its sound: there the header is to be trusted.
    """
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    riff_end = struct.unpack_from("<I", head, 4)[0] + 8
    rate_hz, at = 0, 12
    while at + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, at)
        at += 8
        if name == b"fmt " and at + 16 <= len(head):
            kind, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", head, at)
            if (kind, channels, bits) != (1, 1, 16) or rate_hz == 0:
                return None
        elif name == b"data":
            if rate_hz == 0:
                return None
            finished = riff_end >= file_bytes and size > 0
            return Layout(rate_hz, at, min(at + size, file_bytes) if finished else file_bytes, finished)
        at += size + size % 2
    return None
