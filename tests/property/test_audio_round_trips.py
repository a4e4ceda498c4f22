"""What goes in comes out, whatever the blocks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_trainer.adapters.files import FileBlobStore
from voice_trainer.adapters.lost_frames import LostFrames
from voice_trainer.adapters.resampling import StreamResampler, resample
from voice_trainer.adapters.soundfile import decode, encode
from voice_trainer.domain.waveform import Waveform

HALF_STEP = 0.5 / 32768 + 1e-7


def noise(frames: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.99, 0.99, frames).astype(np.float32)


@given(
    frames=st.integers(1, 3000),
    rate_hz=st.sampled_from([8000, 16000, 44100]),
    form=st.sampled_from(["FLAC", "WAV"]),
)
def test_encode_decode(frames: int, rate_hz: int, form: str) -> None:
    source = Waveform(noise(frames, frames), rate_hz)
    back = decode(encode(source, form))
    assert back.rate_hz == rate_hz
    assert np.abs(back.samples - source.samples).max() <= 1.01 / 32768


@settings(deadline=None, max_examples=40)
@given(blocks=st.lists(st.integers(0, 2000), max_size=12), close=st.booleans(), cut=st.integers(0, 5000))
def test_any_blocks_any_ending(blocks: list[int], close: bool, cut: int) -> None:
    """Closed, killed, or torn off somewhere: what lies in the file is read, nothing else."""
    parts = [noise(frames, seed) for seed, frames in enumerate(blocks)]
    whole = np.concatenate([*parts, np.zeros(0, np.float32)])
    with tempfile.TemporaryDirectory() as folder:
        store = FileBlobStore(Path(folder))
        writer = store.writer("a/t", rate_hz=16000)
        for part in parts:
            writer.write(part)
        path = store.path("a/t")
        kept = len(whole)
        if close:
            writer.close()
        else:
            torn = max(44, path.stat().st_size - cut)
            with path.open("r+b") as file:
                file.truncate(torn)
            kept = (torn - 44) // 2
        read = store.read("a/t").samples
        assert store.recover("a/t") == kept / 16000
        assert np.array_equal(store.read("a/t").samples, read)
        writer.close()
    assert len(read) == kept
    assert kept == 0 or np.abs(read - whole[:kept]).max() <= HALF_STEP


@settings(deadline=None, max_examples=25)
@given(
    cuts=st.lists(st.integers(1, 3000), min_size=1, max_size=15),
    rate_hz=st.sampled_from([8000, 16000, 22050, 44100, 48000]),
)
def test_streaming_resampler_agrees_with_the_whole(cuts: list[int], rate_hz: int) -> None:
    t = np.arange(sum(cuts)) / rate_hz
    sound = np.sin(2 * np.pi * 440 * t).astype(np.float32)
    stream, at, parts = StreamResampler(rate_hz, 16000), 0, []
    for frames in cuts:
        parts.append(stream.feed(sound[at : at + frames]))
        at += frames
    streamed = np.concatenate(parts)
    whole = resample(Waveform(sound, rate_hz), 16000).samples
    assert len(streamed) <= len(whole) + 1
    common = max(0, min(len(streamed), len(whole)) - 200)
    assert np.abs(streamed[:common] - whole[:common]).max(initial=0.0) < 0.02


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), jitter_s=st.floats(0, 0.2), drift=st.floats(-2e-4, 2e-4))
def test_jitter_and_drift_are_no_loss(seed: int, jitter_s: float, drift: float) -> None:
    """A block may come late by any amount; one in ten comes on time."""
    rng = np.random.default_rng(seed)
    clock, arrived_s = LostFrames(16000), 0.0
    for n in range(3000):
        due_s = (n + 1) * 512 / 16000 * (1 + drift)
        late_s = 0.0 if n % 10 == 0 else float(rng.uniform(0, jitter_s))
        arrived_s = max(arrived_s, due_s + late_s) if n % 10 else due_s
        assert clock.add(512, arrived_s) == 0


@settings(max_examples=50)
@given(lost=st.integers(1600, 160_000), at=st.integers(60, 200), jitter_s=st.floats(0, 0.04))
def test_lost_frames_are_counted(lost: int, at: int, jitter_s: float) -> None:
    rng = np.random.default_rng(lost)
    clock, said, gone_s = LostFrames(16000), 0, 0.0
    for n in range(400):
        if n == at:
            gone_s = lost / 16000
        late_s = float(rng.uniform(0, jitter_s)) if n % 5 else 0.0
        said += clock.add(512, (n + 1) * 512 / 16000 + gone_s + late_s)
    assert abs(said - lost) <= 0.005 * 16000
