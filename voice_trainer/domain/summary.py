"""What one line of the list says about a whole attempt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voice_trainer.domain.attempt import Take, TakeState


@dataclass(frozen=True, slots=True)
class TakeOutcome:
    """As much of a take as its attempt's line needs."""

    turn_id: str
    number: int
    state: TakeState
    listening_points: int | None
    delivery_points: int | None


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """Takes that were kept, and the points of the call."""

    takes: int
    listening_points: int | None
    delivery_points: int | None


def take_outcome(take: Take) -> TakeOutcome:
    """The outcome of one take."""
    listening = take.score.listening_points if take.score else None
    delivery = take.score.delivery_points if take.score else None
    return TakeOutcome(take.turn_id, take.number, take.state, listening, delivery)


def attempt_outcome(outcomes: Iterable[TakeOutcome]) -> AttemptOutcome:
    """Every turn counts once, by its newest take that was scored; discarded takes do not count.

    The newest and not the best: practising again is meant to show, up or down. A take that could not be
    scored leaves the one before it standing, because not measured is not zero.
    """
    kept = sorted((o for o in outcomes if o.state is not TakeState.DISCARDED), key=lambda o: o.number)
    listening = {o.turn_id: o.listening_points for o in kept if o.listening_points is not None}
    delivery = {o.turn_id: o.delivery_points for o in kept if o.delivery_points is not None}
    return AttemptOutcome(len(kept), _mean(listening.values()), _mean(delivery.values()))


def _mean(points: Iterable[int]) -> int | None:
    values = list(points)
    return round(sum(values) / len(values)) if values else None
