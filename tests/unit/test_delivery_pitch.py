"""The pitch tracker, on voices whose pitch is known."""

import numpy as np
import pytest

from tests.voices import RATE_HZ, room, talk, vowel
from voice_trainer.delivery.activity import below_local_peak_db
from voice_trainer.delivery.frames import HOP_S, analyse_frames
from voice_trainer.delivery.pitch import pitch_path
from voice_trainer.domain.waveform import FloatArray, Waveform


def track(samples: FloatArray, rate_hz: int = RATE_HZ) -> np.ndarray:
    features = analyse_frames(Waveform(samples, rate_hz))
    below = below_local_peak_db(features.level_db, hop_s=HOP_S)
    return pitch_path(features.periods_s, features.strengths, below_peak_db=below)


@pytest.mark.parametrize("f0_hz", [75.0, 98.0, 131.0, 196.0, 262.0, 392.0, 523.0])
def test_pitch_is_found_from_low_male_to_high_female_voices(f0_hz: float) -> None:
    f0 = track(vowel(1.5, f0_hz=f0_hz))
    inside = f0[10:-10]
    assert np.mean(~np.isnan(inside)) > 0.97
    error = 12 * np.log2(np.nanmedian(inside) / f0_hz)
    assert abs(error) < 0.15
    octaves_off = np.abs(12 * np.log2(inside / f0_hz)) > 2
    assert octaves_off.mean() < 0.02


def test_pitch_survives_a_telephone_line_without_its_fundamental() -> None:
    from scipy.signal import butter, sosfilt

    line = butter(6, [300, 3400], "band", fs=RATE_HZ, output="sos")
    f0 = track(np.asarray(sosfilt(line, vowel(1.5, f0_hz=110.0)), dtype=np.float32)[::2], RATE_HZ // 2)
    assert abs(12 * np.log2(np.nanmedian(f0) / 110.0)) < 0.2


def test_pitch_and_voicing_survive_noise_at_10_db() -> None:
    sound = np.concatenate([vowel(1.5, f0_hz=180.0), np.zeros(RATE_HZ, dtype=np.float32)])
    f0 = track(sound + room(2.5, level=0.1 * 10 ** (-10 / 20)))
    assert np.mean(~np.isnan(f0[10:140])) > 0.9
    assert np.mean(np.isnan(f0[165:240])) > 0.9
    assert abs(12 * np.log2(np.nanmedian(f0[10:140]) / 180.0)) < 0.2


def test_noise_has_no_pitch() -> None:
    assert np.mean(np.isnan(track(room(2.0, level=0.1)))) > 0.9


def test_silence_and_nothing_have_no_pitch() -> None:
    assert np.isnan(track(np.zeros(RATE_HZ, dtype=np.float32))).all()
    assert np.isnan(track(np.zeros(0, dtype=np.float32))).all()


def test_a_quiet_voice_beside_a_loud_one_keeps_its_pitch() -> None:
    loud, quiet = vowel(1.0, f0_hz=200.0), vowel(2.5, f0_hz=120.0, level=0.002)
    f0 = track(np.concatenate([loud, quiet]))
    assert np.mean(~np.isnan(f0[230:340])) > 0.9
    assert abs(12 * np.log2(np.nanmedian(f0[230:340]) / 120.0)) < 0.2


def test_frames_are_centred_on_their_times() -> None:
    waveform, _ = talk([("silence", 1.0), ("voice", 1.0), ("silence", 1.0)])
    level = analyse_frames(waveform).level_db
    loud = np.flatnonzero(level > level.max() - 20)
    assert loud[0] * HOP_S == pytest.approx(1.0, abs=0.03)
    assert loud[-1] * HOP_S == pytest.approx(2.0, abs=0.03)
