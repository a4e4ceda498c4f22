"""Brings sound to the analysis rate, at once or block by block."""

from __future__ import annotations

import numpy as np

from voice_trainer.domain.waveform import FloatArray, Waveform


class Resampler:
    """Resamples a stream; the blocks together equal the whole resampled at once."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = None
        if from_hz != to_hz:
            import soxr  # comes with librosa, whose resampling it does

            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")

    def feed(self, samples: FloatArray) -> FloatArray:
        """The output completed by `samples`."""
        if self._stream is None or len(samples) == 0:
            return samples
        return np.asarray(self._stream.resample_chunk(samples), dtype=np.float32)

    def finish(self) -> FloatArray:
        """What is left once no more will come."""
        empty = np.zeros(0, dtype=np.float32)
        if self._stream is None:
            return empty
        return np.asarray(self._stream.resample_chunk(empty, last=True), dtype=np.float32)


def resampled(waveform: Waveform, rate_hz: int) -> Waveform:
    """The same sound at `rate_hz`."""
    if waveform.rate_hz == rate_hz:
        return waveform
    import librosa

    samples = librosa.resample(
        waveform.samples, orig_sr=waveform.rate_hz, target_sr=rate_hz, res_type="soxr_hq"
    )
    return Waveform(np.asarray(samples, dtype=np.float32), rate_hz)
