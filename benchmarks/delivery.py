"""How well voicing is decided, and why two things that were tried were left out.

    python -m benchmarks.delivery [--tone MANIFEST.csv] [--speech MANIFEST.jsonl]

--tone: can two voices in one channel be told from one speaker whose feeling changes? --speech: can filled
pauses be found by their even pitch and sound? --voicing, with either: how much voicing is lost and added at
8 kHz and in noise, and what Praat says where `praat-parselmouth` is installed beside. Tone, pace and cost are
measured by `voice-trainer bench delivery`, which reads the same manifests.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np

from voice_trainer.adapters.pocketsphinx import PocketSphinxAligner
from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.adapters.soundfile import load_audio
from voice_trainer.cli.bench_manifests import pace_clips, tone_clips
from voice_trainer.delivery.activity import runs
from voice_trainer.delivery.frames import HOP_S, analyse_frames, decibels
from voice_trainer.delivery.resample import resampled
from voice_trainer.delivery.trials import TREATMENTS
from voice_trainer.delivery.voice import Voice, hear_voice
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.waveform import Waveform

FILLERS = re.compile(r"uh|um|er|erm|hm|uhm")
GROUP = 3  # clips that stand for one party's share of a call
APART_SEMITONES = (4.0, 6.0, 8.0)
SHORTEST_S = (0.18, 0.22, 0.26, 0.30)
REACH = 5  # frames to either side that must sound alike


def hear(waveform: Waveform, detector: SileroDetector) -> Voice:
    return hear_voice(analyse_frames(waveform), speech=detector.detect(waveform))


def two_voices(manifest: Path) -> None:
    """How often two stretches differ in median pitch by more than a limit, by who spoke them."""
    detector, pitch = SileroDetector(), defaultdict(list)
    for clip in sorted(tone_clips(manifest, load=load_audio), key=lambda c: c.name):
        pitch[clip.speaker, clip.gender, clip.label].append(hear(clip.waveform, detector).f0_semitones)
    stretches = [
        (*key, float(np.nanmedian(np.concatenate(values[first : first + GROUP]))))
        for key, values in pitch.items()
        for first in range(0, len(values) - GROUP + 1, GROUP)
    ]
    apart: dict[str, list[float]] = defaultdict(list)
    for (who, gender, label, f0), (other, sex, feeling, f1) in combinations(stretches, 2):
        calm = label == feeling == "neutral"
        if who == other:
            apart["one speaker, both neutral" if calm else "one speaker, feeling changes"].append(
                abs(f0 - f1)
            )
        elif calm:
            apart["two speakers, one sex" if gender == sex else "a woman and a man"].append(abs(f0 - f1))
    for name, differences in sorted(apart.items()):
        shares = [f"{limit:.0f} st {np.mean(np.array(differences) > limit):.0%}" for limit in APART_SEMITONES]
        print(f"{name}: {len(differences)} pairs, further apart than {', '.join(shares)}")


def even_runs(voice: Voice) -> list[Span]:
    """Voiced stretches whose pitch moves less than a semitone and whose bands less than 4 dB in 0.1 s."""
    f0, level = voice.f0_semitones, decibels(voice.features.bands[:, :4])
    even = np.zeros(len(f0), dtype=bool)
    for i in range(REACH, len(f0) - REACH):
        near = f0[i - REACH : i + REACH + 1]
        moved = np.abs(level[i + REACH] - level[i - REACH]).max()
        even[i] = not np.isnan(near).any() and np.ptp(near) < 1.0 and moved < 4.0
    return [Span((a - REACH) * HOP_S, (b + REACH + 1) * HOP_S) for a, b in runs(even)]


def filled_pauses(manifest: Path) -> None:
    """Even stretches against the places of aligned fillers."""
    detector, aligner = SileroDetector(), PocketSphinxAligner()
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    truth: dict[str, int] = defaultdict(int)
    for clip in pace_clips(manifest, load=load_audio):
        words = aligner.align(clip.waveform, clip.transcript.split())
        if words is None:
            print(f"{clip.name}: its words cannot be aligned")
            continue
        fillers = [w for w in words if FILLERS.fullmatch(w.text) and w.start_s is not None]
        truth[clip.style] += len(fillers)
        found[clip.style] += [
            (
                run.duration_s,
                any((w.start_s or 0) < run.end_s and (w.end_s or 0) > run.start_s for w in fillers),
            )
            for run in even_runs(hear(clip.waveform, detector))
        ]
    for style in sorted(truth):
        for shortest_s in SHORTEST_S:
            hits = [hit for duration_s, hit in found[style] if duration_s >= shortest_s]
            print(
                f"{style}, {shortest_s:.2f} s: {len(hits)} found, {sum(hits)} right, {truth[style]} there are"
            )


def voicing(waveforms: list[Waveform]) -> None:
    """Shares of the speech frames whose voicing a treatment changes, against the same clip untreated."""
    detector = SileroDetector()
    treatments = {"8 kHz": lambda w: resampled(w, 8000), **TREATMENTS}
    counts: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(5))
    for waveform in waveforms:
        speech = detector.detect(waveform)
        clean = hear_voice(analyse_frames(waveform), speech=speech)
        speaking, praat = clean.speaking, _praat_voiced(waveform, len(clean.speaking))
        for name, treatment in treatments.items():
            voiced = hear_voice(analyse_frames(treatment(waveform)), speech=speech).voiced
            size = min(len(voiced), len(speaking))
            ours, now, here = clean.voiced[:size], voiced[:size], speaking[:size]
            counts[name] += [here.sum(), (ours & ~now & here).sum(), (now & ~ours & here).sum(), 0, 0]
            if praat is not None:
                theirs = praat[:size]
                counts[name][3:] += [(theirs & ~now & here).sum(), (now & ~theirs & here).sum()]
    for name, (all_, lost, added, missed, extra) in counts.items():
        told = f"{name}: against clean {lost / all_:.1%} lost, {added / all_:.1%} added"
        print(
            told + (f"; against Praat {missed / all_:.1%} missed, {extra / all_:.1%} added" if missed else "")
        )


def _praat_voiced(waveform: Waveform, frames: int) -> np.ndarray | None:
    """Praat's voicing at its defaults on the untreated clip; None where it is not installed."""
    try:
        import parselmouth
    except ImportError:
        return None
    pitch = parselmouth.Sound(waveform.samples.astype(float), waveform.rate_hz).to_pitch_ac(HOP_S, 75.0)
    voiced = np.zeros(frames, dtype=bool)
    at = np.round(pitch.xs() / HOP_S).astype(int)
    inside = at < frames
    voiced[at[inside]] = pitch.selected_array["frequency"][inside] > 0
    return voiced


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tone", type=Path, help="CSV: file, speaker, gender, label")
    parser.add_argument("--speech", type=Path, help="JSON Lines: file, transcript, style")
    parser.add_argument("--voicing", action="store_true", help="voicing alone, on every eighth clip of a CSV")
    given = parser.parse_args()
    if given.tone is None and given.speech is None:
        parser.error("give --tone, --speech or both")
    if given.voicing:
        tone = [c.waveform for c in tone_clips(given.tone, load=load_audio)][::8] if given.tone else []
        spoken = [c.waveform for c in pace_clips(given.speech, load=load_audio)] if given.speech else []
        voicing(tone + spoken)
        return
    if given.tone is not None:
        two_voices(given.tone)
    if given.speech is not None:
        filled_pauses(given.speech)


if __name__ == "__main__":
    main()
