"""One strength, one change, one sentence to try."""

from __future__ import annotations

import re

from voice_trainer.domain.listening import EmotionStatus, FactStatus, Listening
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.rubric import TOP_POINTS, Rubric
from voice_trainer.domain.scenario import Turn
from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion, CriterionScore, Feedback, Reason
from voice_trainer.scoring.content_rules import CALM_EMOTIONS
from voice_trainer.scoring.persons import to_second_person

_STRENGTH_ORDER = (
    Criterion.PARAPHRASE,
    Criterion.VALIDATION,
    Criterion.HELPFULNESS,
    Criterion.ORDER,
    Criterion.TONE_CALMNESS,
    Criterion.PACE,
)
_SENTENCE = re.compile(r"[^\s.!?][^.!?]*[.!?]+")
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
    strength = _strength(criteria, listening, avoid=why)
    evidence: tuple[Heard, ...] = why.heard if why is not None else ()
    return Feedback(strength, change, _sentence_to_try(listening, turn), evidence)


def _strength(
    criteria: tuple[CriterionScore, ...], listening: Listening | None, *, avoid: Reason | None
) -> str:
    scored = sorted(
        (c for c in criteria if c.points is not None),
        key=lambda c: (-(c.points or 0), _STRENGTH_ORDER.index(c.criterion)),
    )
    for criterion in scored:
        for reason in criterion.reasons:
            if (reason.points_lost == 0 or _as_good_as_it_gets(criterion)) and reason is not avoid:
                return reason.text
    if any(c.points is not None for c in criteria):
        return "You answered, and what you said is clear enough to learn from."
    if listening is None or listening.withheld is not None:
        return "Nothing to keep yet: no reply could be judged."
    return "You answered; nothing had to be given back here."


def _biggest_loss(criteria: tuple[CriterionScore, ...], rubric: Rubric) -> tuple[str, Reason | None]:
    """The one change: the heaviest reason of the criterion that costs the most, words before voice."""
    weakest = max(
        (c for c in criteria if not _as_good_as_it_gets(c) and any(r.points_lost > 0 for r in c.reasons)),
        key=lambda c: _cost(c, rubric),
        default=None,
    )
    if weakest is not None:
        reason = max(weakest.reasons, key=lambda r: r.points_lost)
        return reason.text, reason
    # Content that could not be judged matters more to the agent than a voice that could not.
    withheld = [c for c in criteria if c.withheld is not None and c.withheld.remedy != "Nothing to do."]
    withheld.sort(key=lambda c: c.criterion not in CONTENT_CRITERIA)
    if withheld and withheld[0].withheld is not None and not any(c.points for c in criteria):
        return f"{withheld[0].withheld.reason} {withheld[0].withheld.remedy}", None
    return "Nothing to change here: try a harder call.", None


def _as_good_as_it_gets(criterion: CriterionScore) -> bool:
    """A steady voice loses its last points to the scale: nobody should work on that."""
    return criterion.criterion is Criterion.TONE_CALMNESS and (criterion.points or 0) >= TOP_POINTS


def _cost(criterion: CriterionScore, rubric: Rubric) -> float:
    """What a criterion costs; words count double, for a calm voice that did not listen helps nobody."""
    lost = 100 - (criterion.points or 0)
    return (
        lost
        * rubric.criteria[criterion.criterion].weight
        * (2 if criterion.criterion in CONTENT_CRITERIA else 1)
    )


def _sentence_to_try(listening: Listening | None, turn: Turn) -> str:
    """A sentence from the customer's own facts, led by the feeling where it was not named."""
    named = listening is not None and listening.emotion.status is EmotionStatus.NAMED
    facts = _facts_to_try(listening, turn)
    if named and not facts and turn.model_replies:
        # Nothing was missed: another good way to say the same teaches more than a repetition.
        sentences = [sentence.strip() for sentence in _SENTENCE.findall(turn.model_replies[0])]
        return " ".join(sentences[:2]) or turn.model_replies[0]
    lead = "Let me make sure I've got this" if named else _lead(turn)
    if not facts:
        wish = f" You'd like to {to_second_person(turn.wish.text)}, is that right?" if turn.wish else ""
        return (
            f"{lead}.{wish}" if lead else wish.strip() or "Thank you for telling me. Have I understood you?"
        )
    said = ", and ".join(to_second_person(text) for text in facts[:2])  # each may hold an "and" of its own
    return f"{lead}: {said}. Have I understood you?" if lead else f"So {said}. Have I understood you?"


def _facts_to_try(listening: Listening | None, turn: Turn) -> list[str]:
    """What was missed, else what came back in part; all of it where nothing could be judged."""
    if listening is None:
        return [fact.text for fact in turn.facts]
    for statuses in ((FactStatus.MISSED, FactStatus.CONTRADICTED), (FactStatus.PARTLY,)):
        ids = {finding.fact_id for finding in listening.facts if finding.status in statuses}
        if ids:
            return [fact.text for fact in turn.facts if fact.id in ids]
    return []


def _lead(turn: Turn) -> str:
    if turn.emotion.lower() in CALM_EMOTIONS:
        return ""
    return _LEADS.get(turn.emotion, f"I can hear you're {turn.emotion}")
