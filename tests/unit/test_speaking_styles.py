"""Feelings sound different; a persona always sounds the same."""

from __future__ import annotations

from itertools import combinations

import pytest

from voice_trainer.adapters.speaking_styles import NEUTRAL, STYLES, VARIANTS, personal_voice, style_of
from voice_trainer.domain.scenario import Gender


def test_every_feeling_is_in_the_engines_limits() -> None:
    for style in [NEUTRAL, *STYLES.values()]:
        assert 80 <= style.rate_wpm <= 240
        assert 0 <= style.pitch <= 99
        assert 0 <= style.pitch_range <= 99
        assert 0.4 <= style.volume <= 1.0


def test_no_two_feelings_are_the_same() -> None:
    for one, other in combinations(STYLES.values(), 2):
        assert one != other


def test_anger_grows_and_sadness_sinks() -> None:
    frustrated, angry, furious = (style_of(e) for e in ("frustrated", "angry", "furious"))
    assert frustrated.rate_wpm < angry.rate_wpm < furious.rate_wpm
    assert frustrated.pitch < angry.pitch < furious.pitch
    calm, resigned = style_of("calm"), style_of("resigned")
    assert resigned.rate_wpm < calm.rate_wpm
    assert resigned.pitch_range < calm.pitch_range
    assert resigned.volume < calm.volume


@pytest.mark.parametrize("word", ["", "bewildered", "0", "ängstlich"])
def test_an_unknown_word_is_spoken_neutrally(word: str) -> None:
    assert style_of(word) == NEUTRAL


def test_case_and_blanks_do_not_matter() -> None:
    assert style_of(" Angry ") == STYLES["angry"]


def test_a_persona_keeps_its_voice_over_feelings() -> None:
    voices = {
        personal_voice(emotion=emotion, gender=Gender.FEMALE, persona="Dana Whitfield").variant
        for emotion in STYLES
    }
    assert len(voices) == 1


def test_personas_differ_a_little() -> None:
    names = [f"Person {n}" for n in range(40)]
    for gender in Gender:
        own = [personal_voice(emotion="calm", gender=gender, persona=name) for name in names]
        assert {voice.variant for voice in own} == set(VARIANTS[gender])
        assert all(abs(voice.style.rate_wpm / STYLES["calm"].rate_wpm - 1) < 0.05 for voice in own)
        assert all(abs(voice.style.pitch - STYLES["calm"].pitch) <= 3 for voice in own)
    again = personal_voice(emotion="calm", gender=Gender.MALE, persona=" person 1 ")
    assert again == personal_voice(emotion="calm", gender=Gender.MALE, persona="Person 1")


@pytest.mark.parametrize("emotion", ["angry", "fed up", "bewildered", "calm"])
def test_a_calmer_customer_speaks_softer_slower_and_lower(emotion: str) -> None:
    tense, calm = style_of(emotion, temperature=80), style_of(emotion, temperature=20)
    assert calm.rate_wpm < tense.rate_wpm
    assert calm.pitch < tense.pitch
    assert calm.pitch_range < tense.pitch_range
    assert calm.volume < tense.volume


@pytest.mark.parametrize("emotion", [*STYLES, "bewildered"])
@pytest.mark.parametrize("temperature", [0, 100])
def test_any_temperature_stays_in_the_engines_limits(emotion: str, temperature: int) -> None:
    style = style_of(emotion, temperature=temperature)
    assert 100 <= style.rate_wpm <= 240
    assert 0 <= style.pitch <= 99
    assert 0 <= style.pitch_range <= 99
    assert 0.4 <= style.volume <= 1.0


def test_other_words_for_a_feeling_are_spoken_like_it() -> None:
    assert style_of("Fed up") == STYLES["frustrated"]
    assert style_of("worried") == STYLES["anxious"]
