"""pyttsx3 really speaks, in its own process, and what it says can be heard and told apart."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer
from voice_trainer.adapters.pyttsx3_process import WORKER_COMMAND
from voice_trainer.adapters.speaking_styles import STYLES
from voice_trainer.domain.scenario import Gender
from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import VoiceSettings

LINE = (
    "I ordered a coffee machine three weeks ago and it still hasn't arrived. "
    "Every time I ring you I get a different story."
)
PITCH_MOVES = sys.platform.startswith("linux")  # the drivers of macOS and Windows ignore it


@pytest.fixture(scope="module")
def synthesizer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pyttsx3Synthesizer]:
    engine = Pyttsx3Synthesizer(cache_dir=tmp_path_factory.mktemp("voice"))
    yield engine
    engine.close()


def pitch_st(waveform: Waveform) -> np.ndarray:
    """Semitones above 1 Hz of the loud frames, by autocorrelation."""
    frame, hop = round(0.05 * waveform.rate_hz), round(0.02 * waveform.rate_hz)
    frames = np.lib.stride_tricks.sliding_window_view(waveform.samples.astype(np.float64), frame)[::hop]
    frames = frames[(frames**2).mean(axis=1) > 0.2 * (frames**2).mean(axis=1).max()]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(frame), 4 * frame)) ** 2
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(frame), 4 * frame)) ** 2)[:frame]
    likeness = np.fft.irfft(spectrum)[:, :frame] / window
    low, high = waveform.rate_hz // 400, waveform.rate_hz // 60
    return np.asarray(12 * np.log2(waveform.rate_hz / (low + likeness[:, low:high].argmax(axis=1))))


def level_dbfs(waveform: Waveform) -> float:
    return float(10 * np.log10((waveform.samples.astype(np.float64) ** 2).mean()))


@pytest.fixture(scope="module")
def speak(synthesizer: Pyttsx3Synthesizer):
    @cache
    def spoken(gender: Gender, emotion: str, persona: str = "") -> Waveform:
        return synthesizer.synthesize(LINE, voice=VoiceSettings(gender, emotion, "en-GB", persona))

    return spoken


@pytest.mark.parametrize("gender", Gender)
@pytest.mark.parametrize("emotion", [*STYLES, "bewildered"])
def test_every_feeling_is_audible_speech_of_the_right_length(speak, gender: Gender, emotion: str) -> None:
    waveform = speak(gender, emotion)
    assert 60 <= 60 * len(LINE.split()) / waveform.duration_s <= 320
    assert -35 < level_dbfs(waveform) < -10
    assert (np.abs(waveform.samples) > 0.999).mean() < 0.001
    quarters = np.array_split(waveform.samples[: -waveform.rate_hz], 4)
    assert all(np.sqrt((q**2).mean()) > 0.01 for q in quarters)


def test_the_first_line_of_a_process_is_spoken(tmp_path: Path) -> None:
    engine = Pyttsx3Synthesizer(cache_dir=tmp_path)
    waveform = engine.synthesize("Hello.", voice=VoiceSettings())
    engine.close()
    assert 0.3 < waveform.duration_s < 3


def test_women_and_men_are_told_apart(speak) -> None:
    for emotion in STYLES if PITCH_MOVES else ["calm"]:
        woman, man = (np.median(pitch_st(speak(gender, emotion))) for gender in Gender)
        assert woman - man > 3


@pytest.mark.parametrize("gender", Gender)
def test_feelings_differ_in_speed_and_level(speak, gender: Gender) -> None:
    calm, angry, resigned = (speak(gender, e) for e in ("calm", "angry", "resigned"))
    assert angry.duration_s < 0.85 * calm.duration_s
    assert resigned.duration_s > 1.15 * calm.duration_s
    assert level_dbfs(angry) > level_dbfs(calm) + 2
    assert level_dbfs(resigned) < level_dbfs(calm) - 1.5


@pytest.mark.skipif(not PITCH_MOVES, reason="the drivers of macOS and Windows ignore pitch")
@pytest.mark.parametrize("gender", Gender)
def test_feelings_differ_in_pitch_and_melody(speak, gender: Gender) -> None:
    pitch = {
        emotion: pitch_st(speak(gender, emotion)) for emotion in ("calm", "angry", "anxious", "resigned")
    }
    middle = {emotion: float(np.median(values)) for emotion, values in pitch.items()}
    spread = {e: float(np.subtract(*np.percentile(values, [75, 25]))) for e, values in pitch.items()}
    assert middle["resigned"] + 1.5 < middle["calm"] < middle["angry"] - 2
    assert middle["anxious"] > middle["calm"] + 4
    assert spread["resigned"] < spread["calm"] < spread["angry"]


@pytest.mark.skipif(not PITCH_MOVES, reason="the drivers of macOS and Windows ignore pitch")
def test_any_two_feelings_can_be_told_apart(speak) -> None:
    measured = {e: speak(Gender.FEMALE, e) for e in STYLES}
    for one, other in combinations(STYLES, 2):
        a, b = measured[one], measured[other]
        apart = (
            abs(np.log(a.duration_s / b.duration_s)) / np.log(1.08),
            abs(np.median(pitch_st(a)) - np.median(pitch_st(b))) / 1.0,
            abs(level_dbfs(a) - level_dbfs(b)) / 1.5,
        )
        assert max(apart) > 1, f"{one} and {other}: {apart}"


def test_personas_sound_different_and_stay_the_same(speak, tmp_path: Path) -> None:
    dana, kayla = (speak(Gender.FEMALE, "calm", name) for name in ("Dana Whitfield", "Kayla Jensen"))
    assert len(dana.samples) != len(kayla.samples)
    other = Pyttsx3Synthesizer(cache_dir=tmp_path)
    voice = VoiceSettings(Gender.FEMALE, "calm", "en-GB", "Dana Whitfield")
    assert other.synthesize(LINE, voice=voice).duration_s == pytest.approx(dana.duration_s, abs=0.02)
    other.close()


@pytest.mark.parametrize("language", ["en-US", "xx-YY", "", "en_gb"])
def test_an_unknown_language_is_still_spoken(synthesizer: Pyttsx3Synthesizer, language: str) -> None:
    waveform = synthesizer.synthesize(LINE, voice=VoiceSettings(language=language))
    assert 5 < waveform.duration_s < 12


def test_markup_is_not_read_aloud(synthesizer: Pyttsx3Synthesizer) -> None:
    plain = synthesizer.synthesize("Where is my order?", voice=VoiceSettings())
    marked = synthesizer.synthesize("<speak><b>Where</b> is my\x07 order?</speak>", voice=VoiceSettings())
    assert marked.duration_s == plain.duration_s


def ask(*requests: dict[str, object]) -> list[dict[str, object]]:
    """Answers of the real worker; it is ended by killing what was started here."""
    process = subprocess.Popen(WORKER_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    answers = []
    for request in requests:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        answers.append(json.loads(process.stdout.readline()))
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()
    return answers


def request(path: Path, **changes: object) -> dict[str, object]:
    usual = {"id": 1, "text": "Hello there", "path": str(path), "gender": "female", "language": "en-GB"}
    style = {"variant": "f2", "choice": 0, "rate_wpm": 170, "pitch": 50, "pitch_range": 50, "volume": 0.8}
    return {**usual, **style, **changes}


@pytest.mark.skipif(not PITCH_MOVES, reason="variants are eSpeak NG's")
def test_the_worker_answers_for_the_voice_that_spoke(tmp_path: Path) -> None:
    known, unknown = ask(
        request(tmp_path / "a.wav"),
        request(tmp_path / "b.wav", variant="nobody", language="en-US", id=2),
    )
    assert known == {"id": 1, "voice": "gmw/en+f2"}
    assert unknown == {"id": 2, "voice": "gmw/en-us"}
    assert (tmp_path / "a.wav").stat().st_size > 10_000


def test_a_bad_request_does_not_end_the_worker(tmp_path: Path) -> None:
    bad, good = ask(request(tmp_path / "a.wav", rate_wpm="fast"), request(tmp_path / "b.wav", id=2))
    assert bad["error"] == "failed"
    assert "voice" in good


@pytest.mark.skipif(not PITCH_MOVES, reason="eSpeak's driver hangs where the path cannot be written")
def test_a_path_that_cannot_be_written_ends_in_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    from voice_trainer.errors import AudioDeviceError

    class Nowhere:
        def __init__(self, **_: object) -> None: ...

        def __enter__(self) -> str:
            return str(tmp_path / "no" / "such" / "folder")

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Nowhere)
    engine = Pyttsx3Synthesizer(cache_dir=tmp_path, timeout_s=1.0)
    with pytest.raises(AudioDeviceError) as caught:
        engine.synthesize("Hello there.", voice=VoiceSettings())
    assert caught.value.code == "voice_failed"
