"""How it was said: waveform and words in, measurements out. No points are given here."""

from voice_trainer.delivery.frames import FrameFeatures, FrameStream
from voice_trainer.delivery.measure import measure_delivery
from voice_trainer.delivery.profile import voice_profile
from voice_trainer.delivery.syllables import syllable_count
from voice_trainer.delivery.warm import warm_up

__all__ = ["FrameFeatures", "FrameStream", "measure_delivery", "syllable_count", "voice_profile", "warm_up"]
