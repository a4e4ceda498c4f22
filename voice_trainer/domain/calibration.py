"""Coaches score the same takes without seeing each other's points or the machine's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voice_trainer.domain.score import Criterion


@dataclass(frozen=True, slots=True)
class BlindScore:
    """Points one coach gave one criterion of one take, 0..100."""

    attempt_id: str
    take_id: str
    criterion: Criterion
    points: int
    coach: str
    at: datetime
