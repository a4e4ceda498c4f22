"""Where somebody speaks."""

import numpy as np
import pytest

from tests.voices import talk
from voice_trainer.delivery.activity import below_local_peak_db, runs, speech_mask, speech_spans
from voice_trainer.delivery.frames import HOP_S, analyse_frames
from voice_trainer.domain.waveform import SpeechFrames


def flat(*parts: tuple[float, int]) -> SpeechFrames:
    """Probabilities as (value, frames of 10 ms)."""
    values = np.concatenate([np.full(count, value, dtype=np.float32) for value, count in parts])
    return SpeechFrames(values, 0.01)


def test_spans_lie_where_the_voice_is() -> None:
    waveform, speech = talk([("silence", 0.7), ("voice", 1.2), ("silence", 0.9), ("voice", 0.8)])
    mask = speech_mask(speech, analyse_frames(waveform).level_db, hop_s=HOP_S)
    spans = speech_spans(mask, hop_s=HOP_S)
    assert [(s.start_s, s.end_s) for s in spans] == [
        (pytest.approx(0.7, abs=0.05), pytest.approx(1.9, abs=0.05)),
        (pytest.approx(2.8, abs=0.05), pytest.approx(3.6, abs=0.05)),
    ]


def test_energy_ends_speech_that_the_detector_lets_run_on() -> None:
    level = np.concatenate([np.full(100, -20.0), np.full(100, -70.0)])
    spans = speech_spans(speech_mask(flat((1.0, 150), (0.0, 50)), level, hop_s=0.01), hop_s=0.01)
    assert len(spans) == 1
    assert spans[0].end_s == pytest.approx(1.0, abs=0.02)


def test_a_calm_part_beside_a_loud_one_is_kept() -> None:
    level = np.concatenate([np.full(300, -10.0), np.full(300, -50.0)])
    mask = speech_mask(flat((1.0, 600)), level, hop_s=0.01)
    assert mask[:300].all()
    assert mask[400:].all()


def test_a_noise_outside_speech_hides_no_quiet_words() -> None:
    level = np.concatenate([np.full(50, 0.0), np.full(100, -50.0)])
    assert speech_mask(flat((0.0, 50), (1.0, 100)), level, hop_s=0.01)[50:].all()


def test_speech_starts_at_the_high_threshold_and_lasts_to_the_low_one() -> None:
    level = np.full(200, -20.0)
    started = speech_mask(flat((0.4, 100), (0.6, 50), (0.4, 30), (0.1, 20)), level, hop_s=0.01)
    assert not started[:90].any()
    assert started[105:180].all()
    assert not speech_mask(flat((0.45, 200)), level, hop_s=0.01).any()


def test_gaps_of_a_stop_consonant_are_bridged_and_clicks_dropped() -> None:
    level = np.full(200, -20.0)
    speech = flat((1.0, 60), (0.0, 10), (1.0, 60), (0.0, 40), (1.0, 5), (0.0, 25))
    assert runs(speech_mask(speech, level, hop_s=0.01)) == [(0, 129)]


def test_empty_input_gives_no_speech() -> None:
    nothing = SpeechFrames(np.zeros(0, dtype=np.float32), 0.032)
    assert not speech_mask(nothing, np.full(10, -20.0), hop_s=0.01).any()
    assert len(speech_mask(nothing, np.zeros(0), hop_s=0.01)) == 0
    assert len(below_local_peak_db(np.zeros(0), hop_s=0.01)) == 0
