"""Tone: the fixed rule, its curve, and every reason to say nothing."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.voices import RATE_HZ, frames_of, room, talk, vowel
from voice_trainer.delivery import measure_delivery, voice_profile
from voice_trainer.delivery.tone import CURVE_MARK, ToneFigures, curve_mark, raised_by
from voice_trainer.delivery.trials.treatments import over_telephone
from voice_trainer.domain.delivery import Tone, VoiceProfile
from voice_trainer.domain.waveform import Waveform

TALK = [("silence", 0.5), ("voice", 3.0), ("silence", 0.3), ("voice", 3.0), ("silence", 0.5), ("voice", 3.5)]


@pytest.fixture(scope="module")
def baseline() -> VoiceProfile:
    waveform, speech = talk(TALK)
    return voice_profile(waveform, speech=speech)


def tone(
    baseline: VoiceProfile | None,
    pieces: list[tuple[str, float]] = TALK,
    *,
    f0_hz: float = 120.0,
    tilt: float = 0.95,
    level: float = 0.1,
) -> Tone:
    waveform, speech = talk(pieces, f0_hz=f0_hz, tilt=tilt, level=level)
    return measure_delivery(waveform, speech=speech, baseline=baseline).tone


def withheld_code(result: Tone) -> str | None:
    if result.withheld is not None:
        assert all(m.value is None for m in result.measurements())
        assert result.raised_spans == ()
        assert result.withheld.remedy
    return None if result.withheld is None else result.withheld.code


def test_the_rule_weighs_three_semitones_like_four_decibels() -> None:
    zero = VoiceProfile(84.0, -10.0, -12.0, -70.0, 40.0, 10.0, 8000.0)
    assert raised_by(ToneFigures(87.0, -6.0, -8.0), zero) == pytest.approx(1.0)
    assert raised_by(ToneFigures(87.0, -10.0, -12.0), zero) == pytest.approx(1 / 3)
    assert raised_by(ToneFigures(84.0, -10.0, -16.0), zero) == pytest.approx(-1 / 3)


def test_the_same_voice_is_steady(baseline: VoiceProfile) -> None:
    result = tone(baseline)
    assert result.raised.value == pytest.approx(0.0, abs=0.02)
    assert result.raised_spans == ()
    assert withheld_code(result) is None


def test_a_higher_voice_is_raised_by_its_semitones(baseline: VoiceProfile) -> None:
    result = tone(baseline, f0_hz=120.0 * 2 ** (4 / 12))
    assert result.f0_change_semitones.value == pytest.approx(4.0, abs=0.15)


def test_a_sharper_voice_is_raised(baseline: VoiceProfile) -> None:
    result = tone(baseline, tilt=0.6)
    assert result.hf500_change_db.value is not None
    assert result.hf500_change_db.value > 2
    assert result.alpha_change_db.value is not None
    assert result.alpha_change_db.value > 1
    assert result.f0_change_semitones.value == pytest.approx(0.0, abs=0.1)


def test_a_louder_voice_is_not_raised(baseline: VoiceProfile) -> None:
    assert tone(baseline, level=0.3).raised.value == pytest.approx(0.0, abs=0.05)


def test_raised_spans_lie_where_the_voice_rises(baseline: VoiceProfile) -> None:
    calm, calm_speech = talk([("silence", 0.5), ("voice", 5.5)])
    high, high_speech = talk([("voice", 5.0), ("silence", 0.5)], f0_hz=190.0, tilt=0.7)
    waveform = Waveform(np.concatenate([calm.samples, high.samples]), RATE_HZ)
    truth = np.concatenate([np.zeros(8000), np.ones(88000), np.ones(80000), np.zeros(8000)])
    result = measure_delivery(
        waveform, speech=frames_of(truth.astype(np.float32)), baseline=baseline, abstain=False
    ).tone
    assert len(result.raised_spans) == 1
    span = result.raised_spans[0]
    assert 4.0 <= span.start_s <= 6.0
    assert 10.0 <= span.end_s <= 11.5
    assert "semitones" in span.text
    assert len(calm_speech.probabilities) + len(high_speech.probabilities) > 0


def test_one_raised_window_alone_is_not_marked(baseline: VoiceProfile) -> None:
    parts = [vowel(3.0), vowel(1.0, f0_hz=170.0, tilt=0.8), vowel(4.0)]
    samples = np.concatenate(parts) + room(8.0)
    speech = frames_of(np.ones(len(samples), dtype=np.float32))
    result = measure_delivery(
        Waveform(samples, RATE_HZ), speech=speech, baseline=baseline, abstain=False
    ).tone
    values = [v for v in result.curve.values if v is not None]
    spans = result.raised_spans
    above = [v > 0.65 for v in values]
    assert bool(spans) == any(a and b for a, b in pairwise(above))


def test_without_baseline_there_is_no_number() -> None:
    assert withheld_code(tone(None)) == "no_baseline"


def test_a_baseline_of_an_earlier_version_is_not_compared_with(baseline: VoiceProfile) -> None:
    assert withheld_code(tone(replace(baseline, low_from_hz=50.0))) == "old_baseline"


def test_a_harmonic_leaving_the_low_band_is_no_sharpness() -> None:
    """At 245 Hz one lies between 300 and 500 Hz, at 270 none: by what falls inside, 23 dB sharper."""

    def sharpness_db(f0_hz: float) -> float:
        waveform, speech = talk(TALK, f0_hz=f0_hz)
        return voice_profile(waveform, speech=speech).hf500_db

    assert sharpness_db(270.0) == pytest.approx(sharpness_db(245.0), abs=3.0)


@pytest.mark.parametrize("f0_hz", [120.0, 220.0])
def test_a_telephone_line_hardly_moves_the_rule(f0_hz: float) -> None:
    waveform, speech = talk(TALK, f0_hz=f0_hz)
    baseline = voice_profile(waveform, speech=speech)
    line = over_telephone(waveform)
    r = measure_delivery(line, speech=speech, baseline=baseline, abstain=False).tone.raised.value
    assert r == pytest.approx(0.0, abs=0.25)


def test_under_a_second_of_voice_there_is_no_number(baseline: VoiceProfile) -> None:
    assert withheld_code(tone(baseline, [("silence", 1.0), ("voice", 0.8), ("silence", 1.0)])) == (
        "too_little_voice"
    )


def test_under_three_seconds_of_voice_confidence_is_low(baseline: VoiceProfile) -> None:
    short = tone(baseline, [("silence", 1.0), ("voice", 2.0), ("silence", 1.0)])
    assert short.withheld is None
    assert short.raised.confidence < 0.5 < tone(baseline).raised.confidence


def test_noise_withholds(baseline: VoiceProfile) -> None:
    waveform, speech = talk(TALK)
    for snr_db, code in ((10.0, "noisy"), (17.0, "noisier_than_baseline"), (24.0, None)):
        noise = room(waveform.duration_s, level=0.1 * 10 ** (-snr_db / 20), seed=5)
        noisy = Waveform(waveform.samples + noise[: len(waveform.samples)], RATE_HZ)
        assert withheld_code(measure_delivery(noisy, speech=speech, baseline=baseline).tone) == code


def test_noise_that_is_let_through_hardly_moves_the_rule(baseline: VoiceProfile) -> None:
    waveform, speech = talk(TALK)
    noise = room(waveform.duration_s, level=0.1 * 10 ** (-21 / 20), seed=5)
    noisy = Waveform(waveform.samples + noise[: len(waveform.samples)], RATE_HZ)
    value = measure_delivery(noisy, speech=speech, baseline=baseline).tone.raised.value
    assert value is not None
    assert abs(value) < 0.35


def test_clipping_withholds(baseline: VoiceProfile) -> None:
    waveform, speech = talk(TALK)
    clipped = Waveform(np.clip(waveform.samples, -0.08, 0.08), RATE_HZ)
    assert withheld_code(measure_delivery(clipped, speech=speech, baseline=baseline).tone) == "clipped"


def test_whispering_withholds(baseline: VoiceProfile) -> None:
    waveform, speech = talk(TALK)
    whisper = room(waveform.duration_s, level=0.05, seed=9)[: len(waveform.samples)].copy()
    whisper[: 3 * RATE_HZ] = waveform.samples[: 3 * RATE_HZ]
    result = measure_delivery(
        Waveform(whisper, RATE_HZ),
        speech=frames_of(np.ones(len(whisper), dtype=np.float32)),
        baseline=baseline,
    )
    assert withheld_code(result.tone) in {"little_voicing", "noisy"}
    assert len(speech.probabilities) > 0


def test_another_bandwidth_withholds(baseline: VoiceProfile) -> None:
    waveform, speech = talk(TALK)
    line = Waveform(waveform.samples[::2].copy(), RATE_HZ // 2)
    assert withheld_code(measure_delivery(line, speech=speech, baseline=baseline).tone) == "other_bandwidth"
    assert (
        withheld_code(
            measure_delivery(
                line, speech=speech, baseline=replace(baseline, bandwidth_hz=4000.0), abstain=True
            ).tone
        )
        is None
    )


def test_a_short_baseline_marks_less_easily() -> None:
    profile = VoiceProfile(84.0, -10.0, -12.0, -70.0, 40.0, 8.0, 8000.0)
    assert curve_mark(profile) == pytest.approx(CURVE_MARK)
    assert curve_mark(replace(profile, voiced_s=20.0)) == CURVE_MARK
    marks = [curve_mark(replace(profile, voiced_s=s)) for s in (6.0, 3.0, 1.5)]
    assert CURVE_MARK < marks[0] < marks[1] < marks[2] < 1.2 * CURVE_MARK + 0.1
