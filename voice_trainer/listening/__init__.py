"""What was said: reply and scenario turn -> measurements."""

from voice_trainer.listening.measure import measure_indicative, measure_listening, turn_of_complaint

__all__ = ["measure_indicative", "measure_listening", "turn_of_complaint"]
