"""How a call went, in words and as JSON: for the agent and their coach, never for HR."""

from __future__ import annotations

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import CallStep, follow_call
from voice_trainer.domain.scenario import Gender, Persona, Reaction

_TENSENESS = ((25, "calm"), (45, "uneasy"), (65, "tense"), (85, "angry"), (101, "beside themselves"))
_PRONOUNS = {Gender.FEMALE: "she", Gender.MALE: "he"}
_HOW = {
    Reaction.CALMER: "softened",
    Reaction.SAME: "pressed on",
    Reaction.ANGRIER: "grew sharper",
}


def tenseness(temperature: int) -> str:
    """A plain word for a customer's temperature (0..100)."""
    return next(word for limit, word in _TENSENESS if temperature < limit)


def explained(step: CallStep, persona: Persona) -> str:
    """Why the customer took the reply as they did: "You offered a refund ..., so she pressed on."""
    who = _PRONOUNS[persona.voice]
    if step.decisive.score is None:
        return "Not judged yet."
    if not step.answered:
        return f"What you said could not be judged: {who} asked again, and nothing is held against you."
    reason = step.reason or "nothing stood out"
    return f"{reason[0].upper()}{reason[1:]}, so {who} {_HOW[step.reaction]}."


def course_object(attempt: Attempt, take: Take) -> dict[str, object] | None:
    """Where `take` stands in its call, as JSON; None for one that was thrown away.

    ``turn_number`` counts from 1; ``temperature`` (0..100) is the customer's as they spoke the turn,
    ``temperature_after`` after it; ``explanation`` says why. Only the ``decisive`` take moved the call.
    """
    call = follow_call(attempt)
    for index, step in enumerate(call.steps):
        if any(one.id == take.id for one in step.takes):
            after = call.steps[index + 1].temperature if index + 1 < len(call.steps) else call.temperature
            return {
                "turn_number": index + 1,
                "temperature": step.temperature,
                "temperature_after": after,
                "decisive": step.decisive.id == take.id,
                "explanation": explained(step, attempt.scenario.persona),
            }
    return None
