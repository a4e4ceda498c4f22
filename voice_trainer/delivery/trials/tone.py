"""How well the tone rule tells raised from steady speech, on speakers it knows only by their baseline."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voice_trainer.delivery.frames import analyse_frames
from voice_trainer.delivery.measure import measure_delivery
from voice_trainer.delivery.profile import voice_profile
from voice_trainer.delivery.quality import measure_quality
from voice_trainer.delivery.tone import measure_tone
from voice_trainer.delivery.trials.treatments import Treatment
from voice_trainer.delivery.voice import hear_voice
from voice_trainer.domain.delivery import VoiceProfile
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import UsageError
from voice_trainer.ports import SpeechDetector

BASELINE_CLIPS = 3
RAISED_FROM = 0.8  # the r of 60 points, where the band "raised" begins
BOOTSTRAPS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class ToneClip:
    """A labelled recording."""

    name: str
    waveform: Waveform
    speaker: str
    gender: str
    label: str


@dataclass(frozen=True, slots=True)
class _Result:
    clip: ToneClip
    r: float | None
    refused: str | None  # why it would not be scored, None where it would


@dataclass(frozen=True, slots=True)
class ToneTrial:
    """r of every clip under one condition, and what follows from it."""

    results: tuple[_Result, ...]
    left_out: tuple[str, ...] = ()  # speakers without a usable baseline

    def scored(self) -> ToneTrial:
        """Only what would be scored with abstention on."""
        return replace(self, results=tuple(r for r in self.results if r.refused is None))

    def values(self, labels: Collection[str], *, gender: str | None = None) -> np.ndarray:
        """r of the clips with these labels."""
        return np.array([r.r for r in self._chosen(labels, gender) if r.r is not None])

    def auc(self, raised: Collection[str], steady: Collection[str], *, gender: str | None = None) -> float:
        """Probability that a raised clip gets a higher r than a steady one, ties counting half."""
        return area_under_curve(self.values(raised, gender=gender), self.values(steady, gender=gender))

    def auc_interval(self, raised: Collection[str], steady: Collection[str]) -> tuple[float, float]:
        """95% interval of the AUC, by drawing whole speakers with replacement."""
        speakers = sorted({r.clip.speaker for r in self.results})
        high = {s: self._of_speaker(raised, s) for s in speakers}
        low = {s: self._of_speaker(steady, s) for s in speakers}
        if math.isnan(self.auc(raised, steady)):
            return float("nan"), float("nan")
        rng = np.random.default_rng(0)
        areas = []
        for _ in range(BOOTSTRAPS):
            drawn = rng.choice(speakers, len(speakers))
            areas.append(
                area_under_curve(
                    np.concatenate([high[s] for s in drawn]), np.concatenate([low[s] for s in drawn])
                )
            )
        return float(np.nanquantile(areas, 0.025)), float(np.nanquantile(areas, 0.975))

    def median(self, labels: Collection[str]) -> float:
        """Median r of these clips; nan without any."""
        values = self.values(labels)
        return float(np.median(values)) if len(values) else float("nan")

    def called_raised(self, labels: Collection[str]) -> float:
        """Share of these clips in the lowest band."""
        values = self.values(labels)
        return float(np.mean(values > RAISED_FROM)) if len(values) else float("nan")

    def coverage(self, labels: Collection[str]) -> float:
        """Share of these clips that would be scored with abstention on."""
        chosen = self._chosen(labels, None)
        return sum(r.refused is None for r in chosen) / len(chosen) if chosen else float("nan")

    def refusals(self) -> dict[str, int]:
        """How often each reason to abstain was given."""
        counts: dict[str, int] = defaultdict(int)
        for result in self.results:
            if result.refused is not None:
                counts[result.refused] += 1
        return dict(counts)

    def _chosen(self, labels: Collection[str], gender: str | None) -> list[_Result]:
        return [r for r in self.results if r.clip.label in labels and gender in {None, r.clip.gender}]

    def _of_speaker(self, labels: Collection[str], speaker: str) -> np.ndarray:
        chosen = self._chosen(labels, None)
        return np.array([r.r for r in chosen if r.clip.speaker == speaker and r.r is not None])


def try_tone(
    clips: Sequence[ToneClip],
    *,
    detector: SpeechDetector,
    treatment: Treatment,
    baseline_treatment: Treatment | None = None,
    steady: str = "neutral",
) -> ToneTrial:
    """Measure every clip against its speaker's baseline: the first three steady clips, which are left out.

    Parameters
    ----------
    treatment
        What is done to the clips.
    baseline_treatment
        What is done to the baselines; None does the same as to the clips.
    """
    results, left_out = [], []
    for speaker, own in _by_speaker(clips).items():
        reading = [clip for clip in own if clip.label == steady][:BASELINE_CLIPS]
        baseline = baseline_of(reading, detector=detector, treatment=baseline_treatment or treatment)
        if baseline is None:
            left_out.append(speaker)
            continue
        used = {clip.name for clip in reading}
        results += [
            _measure(clip, baseline, detector=detector, treatment=treatment)
            for clip in own
            if clip.name not in used
        ]
    return ToneTrial(tuple(results), tuple(left_out))


def _by_speaker(clips: Sequence[ToneClip]) -> dict[str, list[ToneClip]]:
    """Clips of each speaker in the order of their names."""
    speakers: dict[str, list[ToneClip]] = defaultdict(list)
    for clip in sorted(clips, key=lambda c: c.name):
        speakers[clip.speaker].append(clip)
    return speakers


def baseline_of(
    clips: Sequence[ToneClip], *, detector: SpeechDetector, treatment: Treatment
) -> VoiceProfile | None:
    """One profile of several short clips, without the demands made on a real baseline; None without voice."""
    if not clips:
        return None
    joined = treatment(joined_clips(clips))
    try:
        return voice_profile(joined, speech=detector.detect(joined), strict=False)
    except UsageError:
        return None


def joined_clips(clips: Sequence[ToneClip]) -> Waveform:
    """Clips one after the other."""
    return Waveform(np.concatenate([clip.waveform.samples for clip in clips]), clips[0].waveform.rate_hz)


def false_marks(
    clips: Sequence[ToneClip], *, detector: SpeechDetector, label: str, steady: str = "neutral"
) -> tuple[int, int]:
    """Recordings with a raised span, and all: a speaker's clips of that label joined, baseline left out."""
    marked = total = 0
    for own in _by_speaker(clips).values():
        reading = [clip for clip in own if clip.label == steady][:BASELINE_CLIPS]
        rest = [clip for clip in own if clip.label == label and clip not in reading]
        baseline = baseline_of(reading, detector=detector, treatment=lambda waveform: waveform)
        if baseline is None:
            continue
        for first in range(0, len(rest) - 2, 3):
            waveform = joined_clips(rest[first : first + 3])
            tone = measure_delivery(waveform, speech=detector.detect(waveform), baseline=baseline).tone
            total += 1
            marked += bool(tone.raised_spans)
    return marked, total


def area_under_curve(high: np.ndarray, low: np.ndarray) -> float:
    """Mann-Whitney estimate of P(high > low); nan where one side is empty."""
    if len(high) == 0 or len(low) == 0:
        return float("nan")
    difference = high[:, None] - low[None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def _measure(
    clip: ToneClip, baseline: VoiceProfile, *, detector: SpeechDetector, treatment: Treatment
) -> _Result:
    waveform = treatment(clip.waveform)
    voice = hear_voice(analyse_frames(waveform), speech=detector.detect(waveform))
    signal = measure_quality(waveform, voice=voice)
    raw, careful = (
        measure_tone(voice, signal=signal, baseline=baseline, abstain=abstain) for abstain in (False, True)
    )
    refused = careful.withheld
    return _Result(clip, raw.raised.value, refused.code if refused else None)
