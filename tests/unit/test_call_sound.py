"""A telephone, an office, music on hold: what is mixed around the customer's voice."""

from __future__ import annotations

import numpy as np
import pytest

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioDeviceError
from voice_trainer.ports import VoiceSettings
from voice_trainer.practice.call_sound import (
    OFFICE_BELOW_DB,
    CallSound,
    babble,
    hold_music,
    telephone,
    with_office,
)
from voice_trainer.practice.turn import trailing_silence_s
from voice_trainer.settings import Settings
from voice_trainer.testing.audio import FakeSynthesizer, joined, silence
from voice_trainer.wiring import House

RATE_HZ = 22_050


def noise(duration_s: float = 3.0) -> Waveform:
    samples = 0.1 * np.random.default_rng(3).standard_normal(round(duration_s * RATE_HZ))
    return Waveform(samples.astype(np.float32), RATE_HZ)


def db(waveform: Waveform, low_hz: float, high_hz: float) -> float:
    """Power between two frequencies, in decibels."""
    power = np.abs(np.fft.rfft(waveform.samples.astype(np.float64))) ** 2
    hz = np.fft.rfftfreq(len(waveform.samples), 1 / waveform.rate_hz)
    return float(10 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].mean() + 1e-12))


def level(waveform: Waveform) -> float:
    return float(10 * np.log10((waveform.samples.astype(np.float64) ** 2).mean() + 1e-12))


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 48_000])
def test_a_telephone_keeps_its_band_and_the_level(rate_hz: int) -> None:
    samples = 0.1 * np.random.default_rng(3).standard_normal(3 * rate_hz)
    plain = Waveform(samples.astype(np.float32), rate_hz)
    carried = telephone(plain)
    assert (carried.rate_hz, len(carried.samples)) == (plain.rate_hz, len(plain.samples))
    inside = db(carried, 500, 3000)
    assert db(carried, 30, 150) < inside - 20  # the companding's own noise lies there
    assert db(carried, 4200, 7500) < inside - 30
    assert abs(level(carried) - level(plain)) < 0.5


def test_companding_is_mild() -> None:
    sine = 0.1 * np.sin(2 * np.pi * 1000.0 * np.arange(RATE_HZ) / RATE_HZ)
    carried = telephone(Waveform(sine.astype(np.float32), RATE_HZ)).between(0.2, 0.8)
    power = np.abs(np.fft.rfft(carried.samples * np.hanning(len(carried.samples)))) ** 2
    hz = np.fft.rfftfreq(len(carried.samples), 1 / carried.rate_hz)
    kept = np.abs(hz - 1000.0) < 20.0
    # Clean enough to understand every word, and not as clean as without it.
    assert 28 < 10 * np.log10(power[kept].sum() / power[~kept].sum()) < 60


def test_silence_stays_silence() -> None:
    assert level(telephone(silence(1.0))) < -100


def test_the_office_lies_below_the_voice_and_ends_with_it() -> None:
    spoken = joined(noise(2.0), Waveform(np.zeros(RATE_HZ, np.float32), RATE_HZ))
    mixed = with_office(spoken, noise(1.0), seed=5)
    lead_s = mixed.duration_s - spoken.duration_s
    assert lead_s == pytest.approx(0.4, abs=0.01)
    before = mixed.between(0.15, lead_s - 0.02)
    assert level(before) == pytest.approx(level(spoken) - OFFICE_BELOW_DB, abs=1.5)
    # What counts the gap before the reply still finds the customer's last word.
    assert trailing_silence_s(mixed) == pytest.approx(trailing_silence_s(spoken), abs=0.03)
    assert np.abs(mixed.samples).max() <= 1.0


def test_babble_is_six_voices_and_no_word_of_the_customer() -> None:
    voice = FakeSynthesizer()
    office = babble(voice)
    assert len({settings.persona for _, settings in voice.spoken}) == 6
    assert office.duration_s > 3
    assert level(office) == pytest.approx(-20, abs=0.5)


def test_the_office_is_spoken_once() -> None:
    voice = FakeSynthesizer()
    sound = CallSound(voice, line="telephone", background="office")
    one = sound.synthesize("Where is my parcel?", voice=VoiceSettings())
    sound.synthesize("I want it back.", voice=VoiceSettings())
    assert len(voice.spoken) == 6 + 2
    again = sound.synthesize("Where is my parcel?", voice=VoiceSettings())
    np.testing.assert_array_equal(one.samples, again.samples)


def test_a_voice_that_cannot_speak_fails_as_before() -> None:
    voice = FakeSynthesizer(fault=AudioDeviceError("no_voice", "None."))
    with pytest.raises(AudioDeviceError):
        CallSound(voice, background="office").synthesize("Hello.", voice=VoiceSettings())


def test_hold_music_is_quiet_and_fades() -> None:
    music = hold_music(4.0)
    assert music.duration_s == pytest.approx(4.0, abs=0.01)
    assert -30 < level(music) < -20
    assert level(music.between(0.0, 0.02)) < level(music) - 15
    assert level(music.between(3.98, 4.0)) < level(music) - 15


@pytest.mark.parametrize(
    ("wanted", "around"),
    [({}, False), ({"line": "telephone"}, True), ({"background": "office"}, True)],
)
def test_the_settings_decide(wanted: dict[str, str], around: bool, tmp_path) -> None:
    house = House(Settings.model_validate({"data_dir": tmp_path, **wanted}))
    assert isinstance(house.synthesizer, CallSound) is around
