"""What the customer has surely said by the time a turn is over: its words, and those no walk can miss.

A closing turn ("so what did I just tell you?") asks for facts of earlier turns; they count as said where
every walk through the call has passed the turn that says them.
"""

from __future__ import annotations

from collections.abc import Iterator

from voice_trainer.domain.scenario import Scenario, Turn


def said_by(scenario: Scenario, turn: Turn) -> str:
    """Everything said on every walk that reaches `turn`, the turn itself last."""
    earlier = (other for other in scenario.turns if other is not turn and _must_pass(scenario, other, turn))
    return " ".join([*(other.says for other in earlier), turn.says])


def _must_pass(scenario: Scenario, gate: Turn, turn: Turn) -> bool:
    """Whether `turn` can be reached, and never without `gate`."""
    return turn.id in set(_reached(scenario)) and turn.id not in set(_reached(scenario, without=gate.id))


def _reached(scenario: Scenario, *, without: str = "") -> Iterator[str]:
    waiting, seen = [scenario.opening.id], {without}
    while waiting:
        turn = scenario.turn(waiting.pop())
        if turn is not None and turn.id not in seen:
            seen.add(turn.id)
            yield turn.id
            waiting += [target for _, target in turn.then]
