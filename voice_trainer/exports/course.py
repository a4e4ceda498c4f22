"""How a call went, in words and as JSON: for the agent and their coach, never for HR."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import CallStep, CallSummary, follow_call
from voice_trainer.domain.scenario import Gender, Persona, Reaction
from voice_trainer.domain.score import Score

_TENSENESS = ((25, "calm"), (45, "uneasy"), (65, "tense"), (85, "angry"), (101, "beside themselves"))
_PRONOUNS = {Gender.FEMALE: "she", Gender.MALE: "he"}
_HOW = {
    Reaction.CALMER: "softened",
    Reaction.SAME: "pressed on",
    Reaction.ANGRIER: "grew sharper",
}


@dataclass(frozen=True, slots=True)
class Takeaway:
    """What to take from a reply or from a whole call; the turns count from 1, None where there was but one.

    `take` is the one the sentence to try belongs to.
    """

    strength: str
    change: str
    try_saying: str
    take: Take
    best_turn: int | None = None
    worst_turn: int | None = None


def takeaway(take: Take) -> Takeaway | None:
    """Of one reply; None where it was not judged."""
    if take.score is None:
        return None
    said = take.score.feedback
    return Takeaway(said.strength, said.change, said.try_saying, take)


def takeaway_of_call(call: CallSummary) -> Takeaway | None:
    """Of a call with turns: the strength of its best reply, the change of the one that needs it most.

    Replies that could not be judged count for neither; None where there are no others.
    """
    judged = [(n, s.decisive, s.decisive.score) for n, s in enumerate(call.steps, 1) if s.answered]
    by_points = [(_points(score), n, take, score) for n, take, score in judged if score is not None]
    if not by_points:
        return None
    _, best_turn, _, best = max(by_points, key=lambda one: one[0])
    _, worst_turn, worst_take, worst = min(by_points, key=lambda one: one[0])
    return Takeaway(
        best.feedback.strength,
        worst.feedback.change,
        worst.feedback.try_saying,
        worst_take,
        best_turn,
        worst_turn,
    )


def _points(score: Score) -> float:
    """How well was listened; the delivery alone says less and counts where no words could be judged."""
    return next((p for p in (score.listening_points, score.delivery_points) if p is not None), 50)


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
