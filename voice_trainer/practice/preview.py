"""A call without an agent: what the customer would say, turn by turn, to replies that all land alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from voice_trainer.domain.call import TURNS_MAX, temperature_after, temperature_of
from voice_trainer.domain.scenario import Reaction, Scenario, Turn
from voice_trainer.practice.customer import Line, line_of


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn as it would be said: the words in their voice, and how tense (0..100) the customer is."""

    turn: Turn
    line: Line
    temperature: int


def walk_call(scenario: Scenario, reactions: Iterable[Reaction]) -> Iterator[SpokenTurn]:
    """The call as it goes where replies are taken so, one reaction a turn; it ends when they run out.

    Never more than `TURNS_MAX` turns, as in practice.
    """
    turn: Turn | None = scenario.opening
    temperature = temperature_of(scenario.opening.emotion, difficulty=scenario.difficulty)
    left = iter(reactions)
    for _ in range(TURNS_MAX):
        if turn is None:
            return
        yield SpokenTurn(turn, line_of(scenario, turn, temperature), temperature)
        reaction = next(left, None)
        if reaction is None:
            return
        turn = scenario.turn(turn.following(reaction) or "")
        temperature = temperature_after(temperature, reaction, upcoming=turn, difficulty=scenario.difficulty)
