"""Measures the measures of delivery on labelled recordings.

    python benchmarks/delivery.py [--tone FOLDER] [--speech FOLDER]

--tone FOLDER holds recordings and a manifest.csv with `file, speaker, gender, label` (labels angry,
fearful, happy, neutral); --speech FOLDER recordings and a manifest.jsonl with `file, transcript, style`.
Every figure of docs/accuracy.md on tone and pace comes from here.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
import soundfile

from voice_trainer.adapters.pocketsphinx import PocketSphinxAligner, PocketSphinxTranscriber
from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.delivery import measure_delivery, voice_profile, warm_up
from voice_trainer.delivery.resample import resampled
from voice_trainer.delivery.trials import TREATMENTS, PaceClip, ToneClip, ToneTrial, try_pace, try_tone
from voice_trainer.delivery.trials.pace import median_size
from voice_trainer.delivery.trials.tone import false_marks
from voice_trainer.domain.waveform import Waveform


def load(path: Path) -> Waveform:
    samples, rate_hz = soundfile.read(path, dtype="float32")
    return resampled(Waveform(samples, rate_hz), 16000)


def tone_clips(folder: Path) -> list[ToneClip]:
    with (folder / "manifest.csv").open(encoding="utf-8") as lines:
        return [
            ToneClip(row["file"], load(folder / row["file"]), row["speaker"], row["gender"], row["label"])
            for row in csv.DictReader(lines)
        ]


def pace_clips(folder: Path) -> list[PaceClip]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [PaceClip(r["file"], load(folder / r["file"]), r["transcript"], r["style"]) for r in rows]


def print_trial(name: str, trial: ToneTrial) -> None:
    angry, fear, steady = {"angry"}, {"angry", "fearful"}, {"neutral"}
    low, high = trial.auc_interval(angry, steady)
    print(
        f"{name:28} angry {trial.auc(angry, steady):.3f} [{low:.3f}, {high:.3f}]"
        f"  +fearful {trial.auc(fear, steady):.3f}"
        f"  F {trial.auc(angry, steady, gender='F'):.3f} M {trial.auc(angry, steady, gender='M'):.3f}"
        f"  neutral: median r {np.median(trial.values(steady)):+.2f},"
        f" raised {trial.called_raised(steady):.0%}"
        f"  angry raised {trial.called_raised(angry):.0%} happy raised {trial.called_raised({'happy'}):.0%}"
        f"  scored {trial.coverage({'neutral', 'angry', 'fearful', 'happy'}):.0%} {trial.refusals()}",
        flush=True,
    )


def bench_tone(folder: Path) -> None:
    clips, detector = tone_clips(folder), SileroDetector()
    print(f"Tone: {len(clips)} clips, {len({c.speaker for c in clips})} speakers")
    for name, treatment in TREATMENTS.items():
        print_trial(name, try_tone(clips, detector=detector, treatment=treatment))
        if name.startswith(("telephone", "noise")):
            mismatched = try_tone(
                clips, detector=detector, treatment=treatment, baseline_treatment=TREATMENTS["clean"]
            )
            print_trial(f"{name}, clean baseline", mismatched)
    for label in ("neutral", "happy", "fearful", "angry"):
        marked, total = false_marks(clips, detector=detector, label=label)
        print(f"recordings of three {label} clips with a marked span: {marked} of {total}")


def bench_pace(folder: Path) -> None:
    trials = try_pace(
        pace_clips(folder),
        detector=SileroDetector(),
        transcriber=PocketSphinxTranscriber(),
        aligner=PocketSphinxAligner(),
    )
    for t in trials:
        print(
            f"{t.name:40} {t.style:12} wpm {t.wpm} / {t.true_wpm:.0f}"
            f"  syllables/s {t.articulation_sps} / {t.true_articulation_sps:.2f}"
            f"  end {t.speech_end_error_s:+.2f} s"
            f"  longest pause {t.longest_pause_s} / {t.true_longest_pause_s:.2f} s"
            f"  reliability {t.reliability}"
        )
    for style in sorted({t.style for t in trials}):
        mine = [t for t in trials if t.style == style]
        print(
            f"{style}: {len(mine)} clips, median error wpm {median_size([t.wpm_error for t in mine]):.1%},"
            f" syllables/s {median_size([t.articulation_error for t in mine]):.1%};"
            f" not scored {sum(t.wpm is None for t in mine)};"
            f" end of speech {median_size([t.speech_end_error_s for t in mine]):.2f} s"
        )


def bench_cost(waveforms: list[Waveform]) -> None:
    warm_up()
    detector = SileroDetector()
    speech = [detector.detect(waveform) for waveform in waveforms]
    baseline = voice_profile(waveforms[0], speech=speech[0], strict=False)
    begun = time.process_time()
    for waveform, frames in zip(waveforms, speech, strict=True):
        measure_delivery(waveform, speech=frames, baseline=baseline)
    spent_s = time.process_time() - begun
    total_s = sum(w.duration_s for w in waveforms)
    print(f"pitch, spectrum, pauses, quality, tone: {spent_s / total_s:.4f} s per second of audio, one core")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tone", type=Path, help="folder with manifest.csv")
    parser.add_argument("--speech", type=Path, help="folder with manifest.jsonl")
    given = parser.parse_args()
    if given.tone is None and given.speech is None:
        parser.error("give --tone FOLDER, --speech FOLDER or both")
    if given.speech is not None:
        bench_cost([clip.waveform for clip in pace_clips(given.speech)])
        bench_pace(given.speech)
    if given.tone is not None:
        bench_cost([clip.waveform for clip in tone_clips(given.tone)][:60])
        bench_tone(given.tone)


if __name__ == "__main__":
    main()
