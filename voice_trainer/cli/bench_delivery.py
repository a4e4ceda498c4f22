"""`voice-trainer bench delivery`: how well tone and pace are told, on labelled recordings."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_trainer.cli.console import console, errors
from voice_trainer.cli.options import engine_options, house, json_option
from voice_trainer.errors import ExitStatus, ModelError, UsageError

if TYPE_CHECKING:
    from voice_trainer.delivery.trials import PaceTrial, ToneClip, ToneTrial, Treatment
    from voice_trainer.domain.waveform import Waveform
    from voice_trainer.ports import SpeechDetector
    from voice_trainer.wiring import House

_STEADY, _ANGRY, _RAISED, _HAPPY = {"neutral"}, {"angry"}, {"angry", "fearful"}, {"happy"}
_KNOWN = _STEADY | _RAISED | _HAPPY
_MARKED_LABELS = ("neutral", "happy", "fearful", "angry")
_COST_CLIPS = 60

Figures = dict[str, Any]


@click.command("delivery")
@click.option("--tone", type=click.Path(path_type=Path), help="CSV: file, speaker, gender, label.")
@click.option("--speech", type=click.Path(path_type=Path), help="JSON Lines: file, transcript, style.")
@click.option("--raw", is_flag=True, help="Tone with abstention off; the share scored is told apart.")
@engine_options
@json_option
def delivery_command(
    tone: Path | None, speech: Path | None, raw: bool, engine: str | None, model: str | None, as_json: bool
) -> int:
    """Measure tone and pace on labelled recordings.

    Tone: angry (and fearful) against neutral, each speaker against their first three neutral clips by file
    name, also louder, softer, over the telephone, in noise and through Opus. Pace: against the true words
    aligned with the sound.
    """
    if tone is None and speech is None:
        raise UsageError("usage", "There is nothing to measure on.", remedy="Give --tone or --speech.")
    home = house(engine=engine, model=model)
    for figures in _measured(home, tone, speech, raw):
        if as_json:
            click.echo(json.dumps(_without_nan(figures), ensure_ascii=False))
        else:
            console().print(_line(figures), markup=False, soft_wrap=True)
    return ExitStatus.DONE


def _measured(home: House, tone: Path | None, speech: Path | None, raw: bool) -> Iterator[Figures]:
    from voice_trainer.cli.bench_manifests import pace_clips, tone_clips
    from voice_trainer.delivery import warm_up

    warm_up()
    if tone is not None:
        clips = tone_clips(tone, load=home.loader())
        yield _cost([clip.waveform for clip in clips[:_COST_CLIPS]], home.detector)
        yield from _tone(clips, home.detector, raw)
    if speech is not None:
        spoken = pace_clips(speech, load=home.loader())
        yield _cost([clip.waveform for clip in spoken[:_COST_CLIPS]], home.detector)
        yield from _pace(home, spoken)


def _tone(clips: list[ToneClip], detector: SpeechDetector, raw: bool) -> Iterator[Figures]:
    from voice_trainer.delivery.trials import TREATMENTS, try_tone
    from voice_trainer.delivery.trials.tone import false_marks

    unknown = sorted({clip.label for clip in clips} - _KNOWN)
    if unknown:
        errors().print(f"Not used, labels unknown here: {', '.join(unknown)}.", markup=False)
    clips = [clip for clip in clips if clip.label in _KNOWN]
    conditions: dict[str, Treatment] = {**TREATMENTS, "opus": _through_opus}
    for name, treatment in conditions.items():
        trial = try_tone(clips, detector=detector, treatment=treatment)
        yield _tone_figures(name, trial, raw=raw)
        if not name.startswith(("clean", "gain")):
            other = try_tone(
                clips, detector=detector, treatment=treatment, baseline_treatment=TREATMENTS["clean"]
            )
            yield _tone_figures(f"{name}, clean baseline", other, raw=raw)
    for label in _MARKED_LABELS:
        marked, total = false_marks(clips, detector=detector, label=label)
        yield {"what": "marks", "label": label, "recordings": total, "marked": marked}


def _through_opus(waveform: Waveform) -> Waveform:
    """Written as Opus and read again, as a call recorder or a browser does."""
    from voice_trainer.adapters.soundfile import decode, encode
    from voice_trainer.delivery.resample import resampled

    return resampled(decode(encode(waveform, "OGG")), waveform.rate_hz)


def _tone_figures(name: str, everything: ToneTrial, *, raw: bool) -> Figures:
    trial = everything if raw else everything.scored()
    low, high = trial.auc_interval(_ANGRY, _STEADY)
    fear_low, fear_high = trial.auc_interval(_RAISED, _STEADY)
    return {
        "what": "tone",
        "condition": name,
        "abstention": "off" if raw else "on",
        "clips": len(trial.results),
        "auc_angry": trial.auc(_ANGRY, _STEADY),
        "auc_angry_interval": [low, high],
        "auc_angry_or_fearful": trial.auc(_RAISED, _STEADY),
        "auc_angry_or_fearful_interval": [fear_low, fear_high],
        "auc_women": trial.auc(_ANGRY, _STEADY, gender="F"),
        "auc_men": trial.auc(_ANGRY, _STEADY, gender="M"),
        "auc_angry_or_fearful_women": trial.auc(_RAISED, _STEADY, gender="F"),
        "auc_angry_or_fearful_men": trial.auc(_RAISED, _STEADY, gender="M"),
        "neutral_called_raised": trial.called_raised(_STEADY),
        "angry_called_raised": trial.called_raised(_ANGRY),
        "happy_called_raised": trial.called_raised(_HAPPY),
        "neutral_median_r": trial.median(_STEADY),
        "scored": everything.coverage(_KNOWN),
        "refused": everything.refusals(),
        "speakers_without_baseline": list(everything.left_out),
    }


def _pace(home: House, spoken: list[Any]) -> Iterator[Figures]:
    from voice_trainer.delivery.trials import try_pace

    if home.aligner is None:
        raise ModelError(
            "aligner_missing",
            "The truth of pace needs pocketsphinx, which is not installed.",
            remedy="Install voice-trainer with pocketsphinx.",
        )
    transcriber, which = home.recogniser
    errors().print(which, markup=False)
    trials = try_pace(spoken, detector=home.detector, transcriber=transcriber, aligner=home.aligner)
    for trial in trials:
        yield {
            "what": "pace of a clip",
            "clip": trial.name,
            "wpm": trial.wpm,
            "true_wpm": trial.true_wpm,
            "syllables_s": trial.articulation_sps,
            "true_syllables_s": trial.true_articulation_sps,
            "speech_end_error_s": trial.speech_end_error_s,
            "reliability": trial.reliability,
        }
    for style in sorted({trial.style for trial in trials}):
        yield _pace_figures(style, [trial for trial in trials if trial.style == style], len(spoken))


def _pace_figures(style: str, trials: list[PaceTrial], given: int) -> Figures:
    from voice_trainer.delivery.trials.pace import median_size

    known = [trial.wpm_error for trial in trials if trial.wpm_error is not None]
    syllables = [trial.articulation_error for trial in trials if trial.articulation_error is not None]
    return {
        "what": "pace",
        "style": style,
        "clips_aligned": len(trials),
        "clips_given": given,
        "clips_scored": len(known),
        "speakers": len({trial.speaker for trial in trials}),
        "wpm_error_median": median_size(known),
        "wpm_error_worst": max(map(abs, known), default=math.nan),
        "syllables_s_error_median": median_size(syllables),
        "syllables_s_error_worst": max(map(abs, syllables), default=math.nan),
        "speech_end_error_s_median": median_size([trial.speech_end_error_s for trial in trials]),
    }


def _cost(waveforms: list[Waveform], detector: SpeechDetector) -> Figures:
    """Seconds of one core for all measures of delivery, the finding of speech apart."""
    from voice_trainer.delivery import measure_delivery, voice_profile

    begun_s = time.process_time()
    speech = [detector.detect(waveform) for waveform in waveforms]
    found_s = time.process_time()
    profiles = [
        voice_profile(sound, speech=frames, strict=False)
        for sound, frames in zip(waveforms[:1], speech[:1], strict=True)
    ]
    before_s = time.process_time()
    for waveform, frames in zip(waveforms, speech, strict=True):
        measure_delivery(waveform, speech=frames, baseline=profiles[0])
    total_s = sum(waveform.duration_s for waveform in waveforms)
    return {
        "what": "cost",
        "audio_s": total_s,
        "delivery_s_per_s": (time.process_time() - before_s) / total_s,
        "speech_detection_s_per_s": (found_s - begun_s) / total_s,
    }


def _line(figures: Figures) -> str:
    """One line of a terminal: name and value, shares and errors as they are."""
    parts = [str(figures["what"])]
    for name, value in figures.items():
        if name == "what" or value is None or value in ({}, []):
            continue
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        if isinstance(value, list):
            shown = "[" + ", ".join(f"{v:.4g}" if isinstance(v, float) else str(v) for v in value) + "]"
        parts.append(f"{name} {shown}")
    return "  ".join(parts)


def _without_nan(figures: Figures) -> Figures:
    """JSON has no NaN: what cannot be told is null."""

    def clean(value: Any) -> Any:
        if isinstance(value, list):
            return [clean(v) for v in value]
        return None if isinstance(value, float) and math.isnan(value) else value

    return {name: clean(value) for name, value in figures.items()}
