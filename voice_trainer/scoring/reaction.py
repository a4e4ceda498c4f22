"""How the customer takes the reply: a small written rule, explained to the agent."""

from __future__ import annotations

from voice_trainer.domain.listening import Listening, MisstepKind
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.rubric import Rubric
from voice_trainer.domain.scenario import Reaction
from voice_trainer.domain.score import Criterion, CriterionScore

_WORDS_QUOTED = 8
# What was done, and where in the sentence the agent's own words are quoted.
_BRUSH_OFFS = {
    MisstepKind.BLAME: "you put the fault on the customer{}",
    MisstepKind.CALM_DOWN: "you told the customer to calm down{}",
    MisstepKind.POLICY_SHIELD: "policy{} stood between you and the customer",
    MisstepKind.SOLUTION_FIRST: "you offered a solution{} before the customer felt heard",
}


def react(
    rubric: Rubric,
    *,
    listening: Listening | None,
    listening_points: int | None,
    tone: CriterionScore | None,
) -> tuple[Reaction, str]:
    """The reaction and its reason; ``same`` where nothing could be judged."""
    numbers = rubric.reaction
    if listening is None:
        return Reaction.SAME, "what you said could not be judged, so nothing is held against you"
    tone_points = tone.points if tone is not None and tone.criterion is Criterion.TONE_CALMNESS else None
    first = {m.kind: m for m in reversed(listening.missteps)}
    found = [_told(text, first[kind].heard) for kind, text in _BRUSH_OFFS.items() if kind in first]
    severe = any(m.kind in (MisstepKind.BLAME, MisstepKind.CALM_DOWN) for m in listening.missteps)
    if severe or (listening_points is not None and listening_points < numbers["angrier_listening_max"]):
        return Reaction.ANGRIER, found[0] if found else "little of what the customer said came back"
    if tone_points is not None and tone_points < numbers["angrier_tone_max"]:
        return Reaction.ANGRIER, "your voice rose well above your relaxed reading"
    if listening_points is None:
        return Reaction.SAME, "there was nothing to give back here"
    if listening_points < numbers["calmer_listening_min"]:
        return Reaction.SAME, found[0] if found else "the customer was heard in part"
    if tone_points is not None and tone_points < numbers["calmer_tone_min"]:
        return Reaction.SAME, "the words landed, yet your voice was raised"
    return Reaction.CALMER, "the customer felt heard"


def _told(text: str, heard: Heard | None) -> str:
    """The sentence with the words that were heard, cut short."""
    words = heard.text.split() if heard is not None else []
    if not words:
        return text.format("")
    more = " ..." if len(words) > _WORDS_QUOTED else ""
    return text.format(f" (“{' '.join(words[:_WORDS_QUOTED])}{more}”)")
