"""Silero's frames, whole and live. What it hears as speech is measured on real voices elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.domain.waveform import Waveform


def buzz(duration_s: float, rate_hz: int) -> np.ndarray:
    """A vowel-like voice: harmonics of a gliding 130 Hz under two formants, four syllables a second."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    phase = 2 * np.pi * np.cumsum(130 + 20 * np.sin(2 * np.pi * 0.8 * t)) / rate_hz
    voice = np.zeros_like(t)
    for k in range(1, 26):
        f = 130 * k
        gain = np.exp(-(((f - 600) / 250) ** 2)) + 0.5 * np.exp(-(((f - 1400) / 350) ** 2)) + 0.02
        voice += gain * np.sin(k * phase)
    return (0.12 * voice * np.clip(np.sin(2 * np.pi * 4 * t), 0, 1) ** 0.5).astype(np.float32)


def around(voice: np.ndarray, rate_hz: int) -> Waveform:
    quiet = np.zeros(rate_hz, np.float32)
    return Waveform(np.concatenate([quiet, voice, quiet]), rate_hz)


def test_frames_cover_the_recording() -> None:
    detector = SileroDetector()
    frames = detector.detect(Waveform(np.zeros(16000, np.float32), 16000))
    assert frames.hop_s == detector.hop_s == 0.032
    assert len(frames.probabilities) == 32  # 31.25 frames, the last one part silence
    assert frames.probabilities.dtype == np.float32
    assert frames.probabilities.max() < 0.3


def test_nothing_has_no_frames() -> None:
    assert len(SileroDetector().detect(Waveform(np.zeros(0, np.float32), 16000)).probabilities) == 0


@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100, 48000])
def test_a_voice_between_silences(rate_hz: int) -> None:
    frames = SileroDetector().detect(around(buzz(2.0, rate_hz), rate_hz))
    p = frames.probabilities
    assert p[:28].max() < 0.1
    assert p[35:90].max() > 0.7


@pytest.mark.parametrize("rate_hz", [16000, 22050, 48000])
@pytest.mark.parametrize("block", [160, 512, 1777])
def test_live_blocks_of_any_size_give_the_same_frames(rate_hz: int, block: int) -> None:
    sound = around(buzz(1.0, rate_hz), rate_hz)
    whole = SileroDetector().detect(sound).probabilities
    stream = SileroDetector().stream(rate_hz)
    live = [
        p for at in range(0, len(sound.samples), block) for p in stream.feed(sound.samples[at : at + block])
    ]
    assert len(whole) - 3 <= len(live) <= len(whole)
    assert np.abs(np.asarray(live) - whole[: len(live)]).max() < (0.001 if rate_hz == 16000 else 0.15)


def test_two_streams_do_not_share_memory() -> None:
    voice = buzz(1.0, 16000)
    detector = SileroDetector()
    one, two = detector.stream(16000), detector.stream(16000)
    mixed = []
    for at in range(0, 15360, 512):
        mixed += one.feed(voice[at : at + 512])
        two.feed(np.zeros(512, np.float32))
    alone = detector.stream(16000).feed(voice[:15360])
    assert mixed == pytest.approx(alone, abs=1e-6)


def test_speech_found_while_recording_is_what_the_recording_gives(tmp_path: Path) -> None:
    """The frames of the live stream are used instead of a second look, so they must be the very same."""
    rng = np.random.default_rng(7)
    sound = (0.3 * rng.standard_normal(16000 + 321)).astype(np.float32)
    detector = SileroDetector()
    stream = detector.stream(16000)
    store = FileBlobStore(tmp_path)
    writer = store.writer("a/take", rate_hz=16000)
    for start in range(0, len(sound), 700):
        stream.feed(writer.write(sound[start : start + 700]))
    writer.close()
    live = stream.finish()
    assert live is not None
    np.testing.assert_array_equal(live.probabilities, detector.detect(store.read("a/take")).probabilities)


def test_a_resampled_stream_does_not_claim_to_be_exact() -> None:
    stream = SileroDetector().stream(48000)
    stream.feed(np.zeros(4800, dtype=np.float32))
    assert stream.finish() is None
