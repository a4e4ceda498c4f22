"""One strength, one change, one sentence to try."""

from __future__ import annotations

import re

from voice_trainer.domain.listening import EmotionStatus, FactStatus, Listening
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.rubric import Rubric
from voice_trainer.domain.scenario import Turn
from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion, CriterionScore, Feedback, Reason

_STRENGTH_ORDER = (
    Criterion.PARAPHRASE,
    Criterion.VALIDATION,
    Criterion.HELPFULNESS,
    Criterion.ORDER,
    Criterion.TONE_CALMNESS,
    Criterion.PACE,
)
_LEADS = {
    "frustrated": "That sounds really frustrating",
    "angry": "I can hear how angry this has made you",
    "furious": "I can hear how furious you are, and I see why",
    "anxious": "I can hear that this is worrying you",
    "hurt": "I can hear that this has hurt you",
    "resigned": "It sounds as if you've nearly given up on us",
    "confused": "I can hear how confusing this has been",
}


def give_feedback(
    criteria: tuple[CriterionScore, ...], *, listening: Listening | None, turn: Turn, rubric: Rubric
) -> Feedback:
    """What to keep, what to change, what to try; taken from the reasons, never invented."""
    change, why = _biggest_loss(criteria, rubric)
    strength = _strength(criteria, avoid=why)
    evidence: tuple[Heard, ...] = why.heard if why is not None else ()
    return Feedback(strength, change, _sentence_to_try(listening, turn), evidence)


def _strength(criteria: tuple[CriterionScore, ...], *, avoid: Reason | None) -> str:
    scored = sorted(
        (c for c in criteria if c.points is not None),
        key=lambda c: (-(c.points or 0), _STRENGTH_ORDER.index(c.criterion)),
    )
    for criterion in scored:
        for reason in criterion.reasons:
            if reason.points_lost == 0 and reason is not avoid:
                return reason.text
    if any(c.points is not None for c in criteria):
        return "You answered, and the recording is clear enough to learn from."
    return "You answered aloud: that is the practice."


def _biggest_loss(criteria: tuple[CriterionScore, ...], rubric: Rubric) -> tuple[str, Reason | None]:
    losses = [
        (reason.points_lost * rubric.criteria[c.criterion].weight, reason)
        for c in criteria
        for reason in c.reasons
        if reason.points_lost > 0
    ]
    if losses:
        reason = max(losses, key=lambda pair: pair[0])[1]
        return reason.text, reason
    # Content that could not be judged matters more to the agent than a voice that could not.
    withheld = [c for c in criteria if c.withheld is not None and c.withheld.remedy != "Nothing to do."]
    withheld.sort(key=lambda c: c.criterion not in CONTENT_CRITERIA)
    if withheld and withheld[0].withheld is not None and not any(c.points for c in criteria):
        return f"{withheld[0].withheld.reason} {withheld[0].withheld.remedy}", None
    return "Nothing to change here: try a harder call.", None


def _sentence_to_try(listening: Listening | None, turn: Turn) -> str:
    """A sentence from the customer's own facts, led by the feeling where it was not named."""
    missed: list[str] = []
    if listening is not None:
        weak = {
            f.fact_id for f in listening.facts if f.status in (FactStatus.MISSED, FactStatus.CONTRADICTED)
        }
        partly = {f.fact_id for f in listening.facts if f.status is FactStatus.PARTLY}
        missed = [fact.text for fact in turn.facts if fact.id in (weak or partly)]
    missed = missed or [fact.text for fact in turn.facts[:1]]
    lead = _LEADS.get(turn.emotion, f"I can hear you're {turn.emotion}" if turn.emotion else "")
    if listening is not None and listening.emotion.status is EmotionStatus.NAMED and missed:
        lead = "Let me make sure I've got this"
    if not missed:
        wish = f" You'd like to {to_second_person(turn.wish.text)}, is that right?" if turn.wish else ""
        return f"{lead}.{wish}".strip(" .") + ("" if wish else ".")
    facts = " and ".join(to_second_person(text) for text in missed[:2])
    opening = f"{lead}: " if lead else "So "
    return f"{opening}{facts}. Have I understood you?"


_PERSONS = (
    (r"\bthey are\b|\bthe customer is\b|\bshe is\b|\bhe is\b", "you are"),
    (r"\bthey were\b|\bthe customer was\b|\bshe was\b|\bhe was\b", "you were"),
    (r"\bthey have\b|\bthe customer has\b|\bshe has\b|\bhe has\b", "you have"),
    (r"\bthe customer's\b|\btheir\b|\btheirs\b", "your"),
    (r"\bthemselves\b|\bthemself\b", "yourself"),
    (r"\bthey\b|\bthem\b|\bthe customer\b", "you"),
)


def to_second_person(text: str) -> str:
    """A fact told about the customer, told to the customer."""
    for pattern, replacement in _PERSONS:
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text.strip().rstrip(".")
