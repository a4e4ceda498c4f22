"""Signal quality: what is wrong with a recording, and what to do about it."""

import numpy as np
import pytest

from tests.voices import RATE_HZ, frames_of, room, talk
from voice_trainer.delivery import measure_delivery
from voice_trainer.domain.delivery import Severity, SignalQuality
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform

TALK = [("silence", 1.0), ("voice", 2.0), ("silence", 1.0), ("voice", 2.0), ("silence", 1.0)]


@pytest.fixture(scope="module")
def clean() -> tuple[Waveform, SpeechFrames]:
    return talk(TALK)


def quality(
    samples: FloatArray, speech: SpeechFrames, *, rate_hz: int = RATE_HZ, lost_frames: int = 0
) -> SignalQuality:
    waveform = Waveform(np.asarray(samples, dtype=np.float32), rate_hz)
    return measure_delivery(waveform, speech=speech, lost_frames=lost_frames).signal


def codes(signal: SignalQuality) -> list[str]:
    assert all(problem.remedy and problem.message for problem in signal.problems)
    return [problem.code for problem in signal.problems]


def nobody(duration_s: float) -> SpeechFrames:
    return frames_of(np.zeros(round(duration_s * RATE_HZ), dtype=np.float32))


def test_a_clean_recording_has_no_problem(clean: tuple[Waveform, SpeechFrames]) -> None:
    signal = quality(clean[0].samples, clean[1])
    assert codes(signal) == []
    assert signal.speech_s == pytest.approx(4.0, abs=0.15)
    assert signal.level_dbfs == pytest.approx(-20.0, abs=1.0)
    assert signal.noise_dbfs == pytest.approx(-80.0, abs=1.0)


@pytest.mark.parametrize("snr_db", [5.0, 10.0, 20.0, 30.0])
@pytest.mark.parametrize("gain", [0.05, 1.0, 4.0])
def test_snr_is_measured_at_any_gain(
    clean: tuple[Waveform, SpeechFrames], snr_db: float, gain: float
) -> None:
    noise = room(clean[0].duration_s, level=0.1 * 10 ** (-snr_db / 20), seed=4)[: len(clean[0].samples)]
    signal = quality(gain * (clean[0].samples + noise), clean[1])
    assert signal.snr_db == pytest.approx(snr_db, abs=1.5)
    assert ("noisy" in codes(signal)) == (snr_db < 15)


def test_digital_silence_around_speech_is_no_noise(clean: tuple[Waveform, SpeechFrames]) -> None:
    noise = room(clean[0].duration_s, level=0.01, seed=4)[: len(clean[0].samples)]
    sound = clean[0].samples + noise
    before = quality(sound, clean[1])
    shifted = np.concatenate([np.zeros(5 * 512, dtype=np.float32), sound])
    probabilities = np.concatenate([np.zeros(5, dtype=np.float32), clean[1].probabilities])
    after = quality(shifted, SpeechFrames(probabilities, clean[1].hop_s))
    assert after.snr_db == pytest.approx(before.snr_db, abs=0.2)


@pytest.mark.parametrize("gain", [0.1, 1.0])
def test_clipping_is_found_even_after_turning_down(clean: tuple[Waveform, SpeechFrames], gain: float) -> None:
    signal = quality(gain * np.clip(clean[0].samples, -0.1, 0.1), clean[1])
    assert "clipped" in codes(signal)
    assert signal.clipped_share > 0.05
    assert signal.blocked is None


def test_clipping_is_found_after_resampling(clean: tuple[Waveform, SpeechFrames]) -> None:
    from voice_trainer.delivery.resample import resampled

    for limit, expected in ((0.15, True), (1.0, False)):
        clipped = resampled(Waveform(np.clip(clean[0].samples, -limit, limit), RATE_HZ), 44100)
        assert ("clipped" in codes(quality(clipped.samples, clean[1], rate_hz=44100))) == expected


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_is_named_with_its_frequency(clean: tuple[Waveform, SpeechFrames], mains_hz: float) -> None:
    t = np.arange(len(clean[0].samples)) / RATE_HZ
    hum = sum(0.02 / k * np.sin(2 * np.pi * mains_hz * k * t) for k in (1, 2, 3))
    signal = quality(clean[0].samples + hum, clean[1])
    assert "hum" in codes(signal)
    assert f"{mains_hz:.0f} Hz" in next(p.message for p in signal.problems if p.code == "hum")


def test_lost_frames_and_holes_in_speech_are_dropouts(clean: tuple[Waveform, SpeechFrames]) -> None:
    assert "dropout" in codes(quality(clean[0].samples, clean[1], lost_frames=480))
    holed = clean[0].samples.copy()
    for second in (1.3, 1.9, 4.5):
        holed[round(second * RATE_HZ) : round((second + 0.02) * RATE_HZ)] = 0.0
    assert "dropout" in codes(quality(holed, clean[1]))
    heavy = quality(clean[0].samples, clean[1], lost_frames=2 * RATE_HZ)
    assert heavy.blocked is not None
    assert heavy.blocked.code == "dropout"


def test_a_telephone_line_is_found_at_its_rate_and_after_resampling(
    clean: tuple[Waveform, SpeechFrames],
) -> None:
    from voice_trainer.delivery.resample import resampled

    line = resampled(clean[0], 8000)
    for waveform in (line, resampled(line, 16000), resampled(line, 48000)):
        signal = quality(waveform.samples, clean[1], rate_hz=waveform.rate_hz)
        assert signal.bandwidth_hz == 4000.0
        assert codes(signal) == ["narrow_band"]
    assert quality(clean[0].samples, clean[1]).bandwidth_hz == 8000.0


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        (np.zeros(3 * RATE_HZ), "silent"),
        (room(3.0, level=1e-4), "silent"),
        (room(3.0, level=0.02), "no_speech"),
        (0.1 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE_HZ) / RATE_HZ), "no_speech"),
        (room(0.3, level=0.02), "too_short"),
        (np.zeros(0), "too_short"),
    ],
)
def test_nothing_to_judge_is_blocked_with_the_reason(samples: np.ndarray, code: str) -> None:
    signal = quality(samples, nobody(len(samples) / RATE_HZ))
    assert signal.blocked is not None
    assert signal.blocked.code == code
    assert signal.blocked.severity is Severity.BLOCKING


def test_noise_taken_for_speech_is_blocked_for_want_of_a_voice() -> None:
    samples = room(4.0, level=0.05)
    signal = quality(samples, frames_of(np.ones(len(samples), dtype=np.float32)))
    assert signal.blocked is not None
    assert signal.blocked.code == "no_speech"


def test_the_customer_heard_by_the_microphone_is_never_the_agent() -> None:
    """The take begins with the end of a higher voice, as a loudspeaker gives it back."""
    own, own_speech = talk([("silence", 1.0), ("voice", 4.0)], f0_hz=120.0)
    theirs, their_speech = talk([("voice", 0.5)], f0_hz=300.0)
    waveform = Waveform(np.concatenate([theirs.samples, own.samples]), RATE_HZ)
    speech = SpeechFrames(
        np.concatenate([their_speech.probabilities, own_speech.probabilities]), own_speech.hop_s
    )
    result = measure_delivery(waveform, speech=speech, customer_end_s=0.45)
    assert "bleed" in codes(result.signal)
    assert result.signal.blocked is None
    assert result.speech[0].start_s == pytest.approx(1.5, abs=0.05)
    assert result.pace.reply_gap_s.value == pytest.approx(1.05, abs=0.05)
    assert result.pace.longest_pause_s.value == 0.0
    heard = [v for v in result.pitch.values if v is not None]
    assert max(heard) < 12 * np.log2(150.0)
    alone = measure_delivery(own, speech=own_speech)
    assert result.signal.speech_s == pytest.approx(alone.signal.speech_s, abs=0.05)
    assert "bleed" not in codes(alone.signal)


@pytest.mark.parametrize(("softer_db", "told"), [(0.0, False), (8.0, False), (20.0, True), (25.0, True)])
def test_a_voice_far_behind_the_agents_is_told_and_nothing_is_withheld(softer_db: float, told: bool) -> None:
    own, speech = talk([("voice", 3.0), ("silence", 2.0), ("voice", 3.0)])
    other, _ = talk([("silence", 3.5), ("voice", 1.0), ("silence", 3.5)], f0_hz=210.0)
    behind = own.samples + 10 ** (-softer_db / 20) * other.samples
    everywhere = SpeechFrames(np.ones_like(speech.probabilities), speech.hop_s)
    signal = quality(behind, everywhere)
    assert ("background_voice" in codes(signal)) is told
    assert signal.blocked is None


def test_an_agent_who_begins_before_the_customer_ends_is_heard() -> None:
    waveform, speech = talk([("silence", 0.1), ("voice", 3.0)])
    result = measure_delivery(waveform, speech=speech, customer_end_s=0.3)
    assert "bleed" not in codes(result.signal)
    assert result.pace.reply_gap_s.value == pytest.approx(-0.2, abs=0.05)


def test_a_take_with_the_customer_alone_is_not_scored() -> None:
    waveform, speech = talk([("voice", 0.8), ("silence", 3.0)])
    result = measure_delivery(waveform, speech=speech, customer_end_s=0.8)
    assert result.signal.blocked is not None
    assert result.signal.blocked.code == "no_speech"
    assert all(m.value is None for m in result.pace.measurements())


@pytest.mark.parametrize("chord", [(0,), (0, 4, 7)])
def test_a_tune_taken_for_speech_is_not_scored(chord: tuple[int, ...]) -> None:
    times = np.arange(round(0.4 * RATE_HZ)) / RATE_HZ
    notes = [
        sum(
            np.sin(2 * np.pi * k * 220 * 2 ** ((note + above) / 12) * times) / k
            for above in chord
            for k in range(1, 6)
        )
        * np.exp(-3 * times)
        for note in (0, 4, 7, 12, 7, 4, 2, 5, 9, 14)
    ]
    tune = np.asarray(0.05 * np.concatenate(notes), dtype=np.float32)
    quality = measure_delivery(
        Waveform(tune, RATE_HZ), speech=frames_of(np.ones(len(tune), dtype=np.float32))
    ).signal
    assert quality.blocked is not None
    assert quality.blocked.code == "no_speech"
    assert "music" in quality.blocked.message
