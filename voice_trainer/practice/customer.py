"""What is said to the agent, and in which voice: the customer's lines, and a sentence to try."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.domain.attempt import Attempt
from voice_trainer.domain.call import ASKING_AGAIN, follow_call, temperature_after, temperature_of
from voice_trainer.domain.scenario import Gender, Reaction, Scenario, Turn
from voice_trainer.ports import VoiceSettings


@dataclass(frozen=True, slots=True)
class Line:
    """What is said, and how."""

    says: str
    voice: VoiceSettings


def line_now(attempt: Attempt, turn: Turn) -> tuple[Line, int]:
    """What the customer says now for `turn`, and the temperature (0..100) it is said with."""
    scenario, call = attempt.scenario, follow_call(attempt)
    if call.upcoming is not None and call.upcoming.id == turn.id:
        return line_of(scenario, turn, call.temperature, again=call.asks_again), call.temperature
    spoken = next((step.temperature for step in reversed(call.steps) if step.turn.id == turn.id), None)
    if spoken is None:
        spoken = temperature_of(turn.emotion, difficulty=scenario.difficulty)
    return line_of(scenario, turn, spoken), spoken


def lines_to_follow(scenario: Scenario, turn: Turn, temperature: int) -> list[Line]:
    """Up to three turns that may follow, each as it would be said, and the request to say it again."""
    found: list[Line] = []
    for reaction in Reaction:
        following = scenario.turn(turn.following(reaction) or "")
        if following is not None:
            after = temperature_after(
                temperature, reaction, upcoming=following, difficulty=scenario.difficulty
            )
            found.append(line_of(scenario, following, after))
    return [*dict.fromkeys(found), line_of(scenario, turn, temperature, again=True)]


def line_of(scenario: Scenario, turn: Turn, temperature: int, *, again: bool = False) -> Line:
    """One line; `again`: the customer asks to hear the reply once more."""
    voice = VoiceSettings(
        gender=scenario.persona.voice,
        emotion=turn.emotion or "calm",
        language=scenario.language,
        persona=scenario.persona.name,
        temperature=temperature,
    )
    return Line(ASKING_AGAIN if again else turn.says, voice)


def sentence_to_try(scenario: Scenario, words: str) -> Line:
    """An example for the agent, calm, in the voice that is not the customer's."""
    other = Gender.MALE if scenario.persona.voice is Gender.FEMALE else Gender.FEMALE
    return Line(words, VoiceSettings(gender=other, language=scenario.language))
