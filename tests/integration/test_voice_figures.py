"""Feelings, women, men and temperatures differ measurably, by the measures that hear the agent, too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest

from tests.voice_figures import LINE, Figures, figures
from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer
from voice_trainer.adapters.speaking_styles import STYLES
from voice_trainer.domain.call import TEMPERATURES
from voice_trainer.domain.scenario import Gender
from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import VoiceSettings

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the drivers of macOS and Windows ignore pitch"
)
Measure = Callable[[VoiceSettings], Figures]
# What a listener can tell apart with ease, in each measure.
PITCH_ST, RANGE_ST, RATE_SHARE, LEVEL_DB = 1.0, 1.0, 0.07, 1.3


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measure]:
    engine = Pyttsx3Synthesizer(cache_dir=tmp_path_factory.mktemp("voice"))

    @cache
    def measured(voice: VoiceSettings) -> Figures:
        sound = engine.synthesize(LINE, voice=voice)
        assert_intelligible(sound)
        return figures(sound, words=len(LINE.split()))

    yield measured
    engine.close()


def assert_intelligible(sound: Waveform) -> None:
    """No clipping, and slow enough to follow."""
    assert np.abs(sound.samples).max() < 0.999
    assert 120 <= 60 * len(LINE.split()) / sound.duration_s <= 260


@pytest.mark.parametrize("gender", Gender)
def test_any_two_feelings_differ_in_two_measures_at_least(measure: Measure, gender: Gender) -> None:
    found = {feeling: measure(VoiceSettings(gender, feeling)) for feeling in STYLES}
    assert set(found) == set(TEMPERATURES)
    for (one, a), (other, b) in combinations(found.items(), 2):
        apart = [
            abs(a.pitch_st - b.pitch_st) > PITCH_ST,
            abs(a.range_st - b.range_st) > RANGE_ST,
            abs(np.log(a.rate_wpm / b.rate_wpm)) > RATE_SHARE,
            abs(a.level_dbfs - b.level_dbfs) > LEVEL_DB,
        ]
        assert sum(apart) >= 2, f"{one} and {other}: {a}, {b}"


@pytest.mark.parametrize("gender", Gender)
def test_anger_rises_and_resignation_sinks_in_every_measure(measure: Measure, gender: Gender) -> None:
    ladder = [measure(VoiceSettings(gender, f)) for f in ("resigned", "calm", "frustrated", "angry")]
    for lower, higher in pairwise(ladder):
        assert lower.pitch_st < higher.pitch_st
        assert lower.range_st < higher.range_st
        assert lower.rate_wpm < higher.rate_wpm
        assert lower.level_dbfs < higher.level_dbfs
    furious = measure(VoiceSettings(gender, "furious"))
    assert furious.pitch_st > ladder[-1].pitch_st + PITCH_ST
    assert furious.rate_wpm > ladder[-1].rate_wpm


@pytest.mark.parametrize("feeling", STYLES)
def test_women_speak_higher_than_men_in_every_feeling(measure: Measure, feeling: str) -> None:
    woman, man = (measure(VoiceSettings(gender, feeling)) for gender in (Gender.FEMALE, Gender.MALE))
    assert woman.pitch_st - man.pitch_st > 6


@pytest.mark.parametrize("gender", Gender)
@pytest.mark.parametrize("feeling", ["angry", "anxious", "hurt"])
def test_a_customer_who_calms_down_speaks_softer(measure: Measure, gender: Gender, feeling: str) -> None:
    own = TEMPERATURES[feeling]
    tense, calmer = (measure(VoiceSettings(gender, feeling, temperature=t)) for t in (own, own - 40))
    assert calmer.level_dbfs < tense.level_dbfs - 0.5
    assert calmer.pitch_st < tense.pitch_st - 0.3
    assert calmer.rate_wpm < 0.97 * tense.rate_wpm


def test_personas_of_one_kind_of_voice_differ(measure: Measure) -> None:
    names = ("Dana Whitfield", "Kayla Jensen", "Ruth Amari")
    found = [measure(VoiceSettings(Gender.FEMALE, "calm", persona=name)) for name in names]
    for a, b in combinations(found, 2):
        assert abs(a.pitch_st - b.pitch_st) > 0.3 or abs(np.log(a.rate_wpm / b.rate_wpm)) > 0.02
