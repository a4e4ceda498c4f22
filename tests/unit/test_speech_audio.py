import numpy as np
import pytest

from voice_trainer.adapters.speech_audio import at_16khz, stretches
from voice_trainer.domain.waveform import SpeechFrames, Waveform

HOP_S = 0.032


def frames(*parts: tuple[float, float]) -> SpeechFrames:
    """Speech frames from (seconds, probability)."""
    return SpeechFrames(
        np.concatenate([np.full(round(length / HOP_S), p, np.float32) for length, p in parts]), HOP_S
    )


def test_nobody_spoke() -> None:
    assert stretches(frames((5, 0.1)), duration_s=5) == ()
    assert stretches(SpeechFrames(np.zeros(0, np.float32), HOP_S), duration_s=0) == ()


def test_a_stretch_is_padded_within_the_recording() -> None:
    (span,) = stretches(frames((0.1, 0.9), (2.0, 0.9), (3.0, 0.0)), duration_s=5.1, pad_s=0.3)
    assert span.start_s == 0
    assert span.end_s == pytest.approx(2.4, abs=HOP_S)


def test_short_pauses_stay_inside_and_long_ones_part() -> None:
    speech = frames((2, 0.9), (0.8, 0.0), (2, 0.9), (4, 0.0), (2, 0.9))
    spans = stretches(speech, duration_s=10.8, gap_s=1.0, pad_s=0.3)
    assert [(round(s.start_s, 1), round(s.end_s, 1)) for s in spans] == [(0, 5.1), (8.5, 10.8)]


def test_long_speech_is_cut_where_it_is_quietest() -> None:
    speech = frames((22, 0.9), (0.1, 0.6), (20, 0.9))
    spans = stretches(speech, duration_s=42.1, longest_s=30)
    assert len(spans) == 2
    assert spans[0].end_s == spans[1].start_s == pytest.approx(22, abs=0.2)
    assert spans[-1].end_s == pytest.approx(42.1, abs=HOP_S)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_any_rate_becomes_16_khz_with_its_length_and_pitch(rate_hz: int) -> None:
    time = np.arange(rate_hz) / rate_hz
    samples = at_16khz(Waveform(np.sin(2 * np.pi * 440 * time).astype(np.float32) * 0.5, rate_hz))
    assert samples.dtype == np.float32
    assert len(samples) == 16_000
    assert np.argmax(np.abs(np.fft.rfft(samples))) == 440


def test_nan_and_overload_are_tamed() -> None:
    samples = at_16khz(Waveform(np.array([np.nan, 3.0, -3.0, 0.5], np.float32), 16_000))
    assert samples.tolist() == [0.0, 1.0, -1.0, 0.5]
