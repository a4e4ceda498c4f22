"""Recordings from elsewhere: every format, both sides, every fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_trainer.adapters.soundfile import decode, encode, load_audio
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioFileError


def tone(frequency_hz: float, duration_s: float = 1.0, rate_hz: int = 16000) -> np.ndarray:
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    return (0.3 * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)


def code_of(path: Path, **options: object) -> str:
    with pytest.raises(AudioFileError) as caught:
        load_audio(path, **options)  # type: ignore[arg-type]
    assert caught.value.remedy
    assert path.name in caught.value.message
    return caught.value.code


def loudest_hz(waveform: Waveform) -> float:
    spectrum = np.abs(np.fft.rfft(waveform.samples))
    return float(np.argmax(spectrum) * waveform.rate_hz / len(waveform.samples))


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize(
    ("name", "subtype"), [("a.wav", "PCM_16"), ("a.wav", "PCM_24"), ("a.wav", "FLOAT"), ("a.flac", "PCM_16"),
                          ("a.ogg", "VORBIS"), ("a.mp3", "MPEG_LAYER_III")]
)  # fmt: skip
def test_formats_and_rates(tmp_path: Path, name: str, subtype: str, rate_hz: int) -> None:
    path = tmp_path / name
    soundfile.write(path, tone(440, rate_hz=rate_hz), rate_hz, subtype=subtype)
    loaded = load_audio(path)
    assert loaded.rate_hz == 16000
    assert loaded.duration_s == pytest.approx(1.0, abs=0.15)
    assert loudest_hz(loaded) == pytest.approx(440, abs=2)
    assert np.abs(loaded.samples[4000:12000]).max() == pytest.approx(0.3, abs=0.05)


def test_opus(tmp_path: Path) -> None:
    path = tmp_path / "a.opus"
    path.write_bytes(encode(Waveform(tone(440), 16000), "OGG"))
    assert soundfile.info(str(path)).subtype == "OPUS"
    assert loudest_hz(load_audio(path)) == pytest.approx(440, abs=2)


def test_the_agents_side_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([tone(300), tone(700)], axis=1), 16000)
    assert loudest_hz(load_audio(path, agent_channel="left")) == pytest.approx(300, abs=2)
    assert loudest_hz(load_audio(path, agent_channel="right")) == pytest.approx(700, abs=2)
    assert code_of(path) == "two_channels"


@pytest.mark.parametrize("silent_side", [0, 1])
def test_a_silent_side_is_left_out(tmp_path: Path, silent_side: int) -> None:
    sides = np.stack([tone(300), tone(300)], axis=1)
    sides[:, silent_side] = 1e-4 * np.random.default_rng(1).standard_normal(16000)
    soundfile.write(tmp_path / "a.wav", sides, 16000)
    assert np.abs(load_audio(tmp_path / "a.wav").samples).max() == pytest.approx(0.3, abs=0.001)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.ogg"])
def test_dual_mono_is_folded(tmp_path: Path, name: str) -> None:
    soundfile.write(tmp_path / name, np.stack([tone(300), tone(300)], axis=1), 16000)
    assert np.abs(load_audio(tmp_path / name).samples).max() == pytest.approx(0.3, abs=0.03)


def test_a_side_of_mono_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(300), 16000)
    assert code_of(tmp_path / "a.wav", agent_channel="left") == "mixed_mono"


def test_more_than_two_channels(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((100, 3), np.float32), 16000)
    assert code_of(tmp_path / "a.wav") == "too_many_channels"


def test_files_that_are_no_recordings(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.wav") == "audio_missing"
    assert code_of(tmp_path) == "audio_is_folder"
    (tmp_path / "empty.wav").touch()
    assert code_of(tmp_path / "empty.wav") == "audio_empty"
    soundfile.write(tmp_path / "no-samples.wav", tone(300)[:0], 16000)
    assert code_of(tmp_path / "no-samples.wav") == "audio_empty"
    (tmp_path / "garbage.wav").write_bytes(b"RIFF\x00\x01garbage\x00" * 9)
    assert code_of(tmp_path / "garbage.wav") == "audio_unreadable"
    (tmp_path / "headerless.raw").write_bytes(b"\x00\x01" * 900)
    assert code_of(tmp_path / "headerless.raw") == "audio_unreadable"


def test_text_named_wav_is_called_text(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    path.write_text("I'm so sorry to hear that.\n")
    with pytest.raises(AudioFileError, match="holds text"):
        load_audio(path)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3"])
def test_a_recording_cut_short(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rng = np.random.default_rng(2)
    soundfile.write(path, (0.1 * rng.standard_normal(16000 * 5)).astype(np.float32), 16000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) in ("audio_truncated", "audio_unreadable")


def test_a_long_recording_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    soundfile.write(path, np.zeros(16000 * 3, np.float32), 16000)
    assert code_of(path, max_duration_s=2.9) == "audio_too_long"
    assert load_audio(path, max_duration_s=3.0).duration_s == 3.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_samples_that_are_no_numbers(tmp_path: Path, bad: float) -> None:
    samples = tone(300)
    samples[77] = bad
    soundfile.write(tmp_path / "a.wav", samples, 16000, subtype="FLOAT")
    assert code_of(tmp_path / "a.wav") == "not_finite"


def test_decode_refuses_what_is_no_sound() -> None:
    with pytest.raises(AudioFileError):
        decode(b"not sound at all")
