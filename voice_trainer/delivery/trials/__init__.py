"""Trials of the measures on labelled recordings; `voice-trainer bench delivery` and benchmarks/ run them."""

from voice_trainer.delivery.trials.pace import PaceClip, PaceTrial, try_pace
from voice_trainer.delivery.trials.tone import ToneClip, ToneTrial, try_tone
from voice_trainer.delivery.trials.treatments import TREATMENTS, Treatment

__all__ = [
    "TREATMENTS",
    "PaceClip",
    "PaceTrial",
    "ToneClip",
    "ToneTrial",
    "Treatment",
    "try_pace",
    "try_tone",
]
