"""The judgement of one take: every criterion, the two means, the feedback, the customer's reaction."""

from __future__ import annotations

from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.measurement import NotScored
from voice_trainer.domain.rubric import CriterionRule, Rubric
from voice_trainer.domain.scenario import CallKind, Scenario, Turn
from voice_trainer.domain.score import CONTENT_CRITERIA, DELIVERY_CRITERIA, Criterion, CriterionScore, Score
from voice_trainer.domain.transcript import Transcript
from voice_trainer.scoring.build import withhold
from voice_trainer.scoring.content_rules import judge_order, judge_paraphrase, judge_validation
from voice_trainer.scoring.delivery_rules import judge_pace, judge_tone
from voice_trainer.scoring.feedback import give_feedback
from voice_trainer.scoring.reaction import react
from voice_trainer.scoring.sales_rules import judge_helpfulness

_NOTHING_HEARD = NotScored("no_speech", "No words were heard.", "Check the microphone and try again.")
_NOTHING_TYPED = NotScored(
    "no_speech", "The reply holds no words.", "Type what you would say to the customer."
)


def score_take(
    rubric: Rubric,
    *,
    scenario: Scenario,
    turn: Turn,
    transcript: Transcript | None,
    delivery: Delivery | None,
    listening: Listening | None,
) -> Score:
    """Judge one take.

    Parameters
    ----------
    transcript
        None where nobody spoke; content is then not scored.
    delivery
        None for typed replies; pace and tone are then not scored.
    listening
        None where the words could not be judged.
    """
    refusal = refuse_content(transcript, delivery=delivery, rubric=rubric)
    criteria = [
        judge_pace(delivery, rubric.criteria[Criterion.PACE]),
        judge_tone(delivery, rubric.criteria[Criterion.TONE_CALMNESS]),
        *_judge_content(rubric, scenario, turn, listening, refusal),
    ]
    judged = tuple(criteria)
    listening_points = _mean(judged, CONTENT_CRITERIA, rubric)
    heard = listening if refusal is None and listening is not None and listening.withheld is None else None
    reaction, why = react(rubric, listening=heard, listening_points=listening_points, tone=judged[1])
    return Score(
        rubric_version=rubric.version,
        criteria=judged,
        listening_points=listening_points,
        delivery_points=_mean(judged, DELIVERY_CRITERIA, rubric),
        feedback=give_feedback(judged, listening=heard, turn=turn, rubric=rubric),
        reaction=reaction,
        reaction_reason=why,
    )


def refuse_content(
    transcript: Transcript | None, *, delivery: Delivery | None, rubric: Rubric
) -> NotScored | None:
    """Why the words must not be judged, None where they may be."""
    if delivery is not None and (problem := delivery.signal.blocked) is not None:
        return NotScored(problem.code, problem.message, problem.remedy)
    if transcript is None or not transcript.text.strip():
        return _NOTHING_TYPED if transcript is not None and delivery is None else _NOTHING_HEARD
    if transcript.reliability is not None and transcript.reliability < rubric.reliability_min:
        return NotScored(
            "transcript_unreliable",
            f"The recogniser was not sure enough of the words ({transcript.reliability:.0%}).",
            "Correct the transcript, or fetch a better recogniser with `voice-trainer models fetch base.en`.",
        )
    return None


def _judge_content(
    rubric: Rubric, scenario: Scenario, turn: Turn, listening: Listening | None, refusal: NotScored | None
) -> list[CriterionScore]:
    asked = [c for c in CONTENT_CRITERIA if c is not Criterion.HELPFULNESS or scenario.kind is CallKind.SALES]
    if refusal is None and listening is not None:
        refusal = listening.withheld
    if refusal is not None or listening is None:
        why = refusal or _NOTHING_HEARD
        return [withhold(rubric.criteria[criterion], why) for criterion in asked]
    return [_judge_one(rubric.criteria[criterion], turn, listening) for criterion in asked]


def _judge_one(rule: CriterionRule, turn: Turn, listening: Listening) -> CriterionScore:
    match rule.criterion:
        case Criterion.PARAPHRASE:
            return judge_paraphrase(listening, turn, rule)
        case Criterion.VALIDATION:
            return judge_validation(listening, turn, rule)
        case Criterion.ORDER:
            return judge_order(listening, turn, rule)
        case _:
            return judge_helpfulness(listening, rule)


def _mean(criteria: tuple[CriterionScore, ...], names: tuple[Criterion, ...], rubric: Rubric) -> int | None:
    """The weighted mean of what was scored; None where nothing was."""
    scored = [(c.points, rubric.criteria[c.criterion].weight) for c in criteria if c.criterion in names]
    known = [(points, weight) for points, weight in scored if points is not None]
    if not known:
        return None
    return round(sum(points * weight for points, weight in known) / sum(weight for _, weight in known))
