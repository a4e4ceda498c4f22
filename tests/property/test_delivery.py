"""What must hold for any reply: gain, time shifts and block sizes change nothing that counts."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voices import RATE_HZ, talk
from voice_trainer.delivery import FrameStream, measure_delivery, voice_profile
from voice_trainer.delivery.frames import FrameFeatures, analyse_frames
from voice_trainer.delivery.pace import measure_pace
from voice_trainer.domain.delivery import Delivery, SignalQuality
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.transcript import Word
from voice_trainer.domain.waveform import SpeechFrames, Waveform

WAVEFORM, SPEECH = talk(
    [("silence", 0.6), ("voice", 2.0), ("silence", 0.8), ("voice", 1.5), ("silence", 0.2), ("voice", 1.0)],
    f0_hz=150.0,
)
WORDS = tuple(
    Word("coffee", 0.6 + i * 0.4, 1.0 + i * 0.4) for i in (*range(5), *range(7, 13)) if 0.6 + i * 0.4 < 6.0
)
READING, READING_SPEECH = talk([("silence", 0.5), ("voice", 9.0)])
BASELINE = voice_profile(READING, speech=READING_SPEECH)


def deliver(
    samples: np.ndarray, speech: SpeechFrames, *, shift_s: float = 0.0, features: FrameFeatures | None = None
) -> Delivery:
    words = tuple(Word(w.text, (w.start_s or 0) + shift_s, (w.end_s or 0) + shift_s) for w in WORDS)
    return measure_delivery(
        Waveform(np.asarray(samples, dtype=np.float32), RATE_HZ),
        speech=speech,
        words=words,
        reliability=1.0,
        baseline=BASELINE,
        customer_end_s=shift_s,
        features=features,
    )


REFERENCE = deliver(WAVEFORM.samples, SPEECH)


def same(a: float | None, b: float | None, tolerance: float) -> bool:
    return (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= tolerance)


@settings(max_examples=15, deadline=None)
@given(gain_db=st.floats(-24, 12))
def test_gain_changes_neither_pace_nor_tone(gain_db: float) -> None:
    other = deliver(WAVEFORM.samples * 10 ** (gain_db / 20), SPEECH)
    assert other.pace == REFERENCE.pace
    for a, b in zip(other.tone.measurements(), REFERENCE.tone.measurements(), strict=True):
        assert same(a.value, b.value, 0.005)
    assert other.tone.raised_spans == REFERENCE.tone.raised_spans
    assert same(other.signal.snr_db, REFERENCE.signal.snr_db, 0.05)


@settings(max_examples=15, deadline=None)
@given(hops=st.integers(1, 60))
def test_silence_before_the_reply_shifts_times_and_nothing_else(hops: int) -> None:
    shift_s = hops * SPEECH.hop_s
    samples = np.concatenate([np.zeros(round(shift_s * RATE_HZ)), WAVEFORM.samples])
    probabilities = np.concatenate([np.zeros(hops, dtype=np.float32), SPEECH.probabilities])
    other = deliver(samples, SpeechFrames(probabilities, SPEECH.hop_s), shift_s=shift_s)
    for a, b in zip(other.pace.measurements(), REFERENCE.pace.measurements(), strict=True):
        tolerance = 0.021 if a.unit in {"s", "share"} else 0.02 * (b.value or 1.0)
        assert same(a.value, b.value, tolerance), (a, b)
    assert same(other.tone.raised.value, REFERENCE.tone.raised.value, 0.03)
    assert len(other.pace.pauses) == len(REFERENCE.pace.pauses)
    for p, q in zip(other.pace.pauses, REFERENCE.pace.pauses, strict=True):
        assert p.start_s - shift_s == pytest.approx(q.start_s, abs=0.021)


@settings(max_examples=12, deadline=None)
@given(
    cuts=st.lists(st.integers(0, len(WAVEFORM.samples)), max_size=12),
    rate_hz=st.sampled_from([16000, 48000, 8000]),
)
def test_live_blocks_give_what_the_whole_recording_gives(cuts: list[int], rate_hz: int) -> None:
    waveform = Waveform(WAVEFORM.samples, rate_hz)
    stream = FrameStream(rate_hz)
    edges = [0, *sorted(cuts), len(waveform.samples)]
    for start, stop in pairwise(edges):
        stream.feed(waveform.samples[start:stop])
    live, whole = stream.finish(), analyse_frames(waveform)
    assert len(live) == len(whole)
    np.testing.assert_allclose(live.bands, whole.bands, rtol=1e-4, atol=1e-12)
    if rate_hz == RATE_HZ:
        np.testing.assert_allclose(live.strengths, whole.strengths, atol=1e-5)
        by_blocks = deliver(waveform.samples, SPEECH, features=live)
        assert by_blocks.tone == REFERENCE.tone
        assert by_blocks.pace == REFERENCE.pace
        assert by_blocks.speech == REFERENCE.speech
        assert by_blocks.signal.problems == REFERENCE.signal.problems
        assert same(by_blocks.signal.snr_db, REFERENCE.signal.snr_db, 1e-3)
        assert by_blocks.pitch == REFERENCE.pitch


@given(
    lengths=st.lists(st.tuples(st.floats(0.2, 4), st.floats(0.16, 4)), min_size=1, max_size=8),
    count=st.integers(0, 80),
    reliability=st.none() | st.floats(0, 1),
)
def test_pace_is_always_within_its_ranges(
    lengths: list[tuple[float, float]], count: int, reliability: float | None
) -> None:
    spans, clock = [], 0.0
    for voice_s, gap_s in lengths:
        spans.append(Span(clock, clock + voice_s))
        clock += voice_s + gap_s
    words = [Word("word", i * clock / count, (i + 1) * clock / count) for i in range(count)]
    signal = SignalQuality(clock, clock, -20.0, -60.0, 40.0, 0.0, 8000.0, ())
    pace = measure_pace(tuple(spans), words=words, signal=signal, reliability=reliability)
    share = pace.pause_share.value
    assert share is not None
    assert 0.0 <= share < 1.0
    assert all(pause.duration_s > 0.5 for pause in pace.pauses)
    assert (pace.withheld is None) == (pace.speech_rate_wpm.value is not None)
    for measurement in pace.measurements():
        assert 0.0 <= measurement.confidence <= 1.0
    fast, slow = pace.fastest_3s_wpm.value, pace.slowest_3s_wpm.value
    if fast is not None and slow is not None:
        assert fast >= slow >= 0.0
