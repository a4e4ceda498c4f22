"""Measurements and a rubric -> score, feedback and the customer's reaction."""

from voice_trainer.scoring.rubric import CURRENT_VERSION, load_rubric, read_rubric
from voice_trainer.scoring.take import refuse_content, score_take

__all__ = ["CURRENT_VERSION", "load_rubric", "read_rubric", "refuse_content", "score_take"]
