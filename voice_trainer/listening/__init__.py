"""What was said: reply and scenario turn -> measurements."""

from voice_trainer.listening.measure import measure_indicative, measure_listening

__all__ = ["measure_indicative", "measure_listening"]
