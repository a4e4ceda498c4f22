"""Sound at another rate, whole or as it streams in."""

from __future__ import annotations

import numpy as np

from voice_trainer.domain.waveform import FloatArray, Waveform


def resample(waveform: Waveform, rate_hz: int) -> Waveform:
    """The same sound at `rate_hz`, with the same length in seconds."""
    if waveform.rate_hz == rate_hz or len(waveform.samples) == 0:
        return Waveform(waveform.samples, rate_hz)
    import librosa

    samples = librosa.resample(
        waveform.samples, orig_sr=waveform.rate_hz, target_sr=rate_hz, res_type="soxr_hq"
    )
    return Waveform(np.asarray(samples, dtype=np.float32), rate_hz)


class StreamResampler:
    """Resamples live blocks; holds back the few samples its filter needs, and nothing else."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = None
        if from_hz != to_hz:
            # librosa resamples whole signals only; soxr is the library it does that with.
            import soxr

            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")

    def feed(self, samples: FloatArray) -> FloatArray:
        """What is ready at the new rate; may be empty."""
        if self._stream is None:
            return samples
        return np.asarray(self._stream.resample_chunk(samples), dtype=np.float32)
