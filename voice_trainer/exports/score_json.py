"""The JSON of a score. Others read it, so its shape is typed here and never changes in silence.

What was not measured is null or absent, never zero and never NaN.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.measurement import Heard, Measurement
from voice_trainer.domain.score import DELIVERY_CRITERIA, CriterionScore, Score
from voice_trainer.domain.transcript import Transcript
from voice_trainer.errors import VoiceTrainerError
from voice_trainer.exports.wording import finite, reason_sentence

Points = int | None
Seconds = float | None
FactWord = Literal["reflected", "partly", "missed", "contradicted", "unsure"]
CriterionWord = Literal["pace", "tone_calmness", "paraphrase", "validation", "order", "helpfulness"]


class _Json(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, use_enum_values=True)


class WordJson(_Json):
    """A word of the transcript."""

    text: str
    start_s: Seconds
    end_s: Seconds
    probability: float | None


class TranscriptJson(_Json):
    """What was said, and who says so."""

    text: str
    engine: str
    model: str
    reliability: float | None
    words: list[WordJson]


class MeasurementJson(_Json):
    """One number."""

    name: str
    value: float | None
    unit: str
    confidence: float | None


class CriterionJson(_Json):
    """One criterion: points and band, or neither."""

    scored: bool
    points: Points = Field(ge=0, le=100)
    band: str | None
    reasons: list[str]
    measurements: list[MeasurementJson]


class OverallJson(_Json):
    """Two figures that are never mixed."""

    listening: Points = Field(ge=0, le=100)
    delivery: Points = Field(ge=0, le=100)


class FactJson(_Json):
    """How one fact came back."""

    id: str
    status: FactWord
    heard: str | None
    start_s: Seconds
    end_s: Seconds


class HeardJson(_Json):
    """Words of the reply."""

    heard: str
    start_s: Seconds
    end_s: Seconds


class WishJson(_Json):
    """How the customer's wish came back; null where the turn declares none or nothing was judged."""

    status: FactWord | None


class EmotionJson(_Json):
    """How the feeling was answered; null where nothing was judged."""

    status: Literal["named", "generic", "none"] | None
    heard: str | None


class MoveJson(_Json):
    """One move of the reply."""

    move: Literal["acknowledge", "paraphrase", "check", "question", "offer", "policy", "closing"]
    start_s: Seconds
    end_s: Seconds


class FeedbackJson(_Json):
    """One strength, one change, one sentence."""

    strength: str
    change: str
    try_saying: str


class ErrorJson(_Json):
    """Why there is no score."""

    code: str
    message: str
    remedy: str


class ScoreJson(_Json):
    """One recording, one line."""

    id: str
    scenario: str | None
    turn: str | None
    rubric: str | None
    indicative: bool
    transcript: TranscriptJson | None
    criteria: dict[CriterionWord, CriterionJson]
    overall: OverallJson
    facts: list[FactJson]
    added: list[HeardJson]
    wish: WishJson
    emotion: EmotionJson
    order: list[MoveJson]
    reaction: Literal["calmer", "same", "angrier"] | None
    feedback: FeedbackJson | None
    error: ErrorJson | None


def score_object(
    take_id: str,
    *,
    scenario_id: str | None = None,
    turn_id: str | None = None,
    transcript: Transcript | None = None,
    delivery: Delivery | None = None,
    listening: Listening | None = None,
    score: Score | None = None,
    indicative: bool = False,
    error: VoiceTrainerError | None = None,
) -> dict[str, Any]:
    """The JSON of one score, ready for `json.dumps(..., allow_nan=False)`.

    Parameters
    ----------
    delivery
        Where there is no score, its measurements still show, under criteria that are not scored.
    listening
        Where it is withheld (an unreliable transcript), its findings are left out: a misheard word
        must never become a lesson.
    error
        A fault instead of a score; the other values may be missing then.
    """
    judged = listening if listening is not None and listening.withheld is None else None
    return ScoreJson(
        id=take_id,
        scenario=scenario_id,
        turn=turn_id,
        rubric=score.rubric_version if score else None,
        indicative=indicative or (listening is not None and listening.indicative),
        transcript=_transcript(transcript) if transcript else None,
        criteria=_criteria(score, delivery),
        overall=OverallJson(
            listening=score.listening_points if score else None,
            delivery=score.delivery_points if score else None,
        ),
        feedback=_feedback(score),
        reaction=score.reaction.value if score else None,
        error=ErrorJson(code=error.code, message=error.message, remedy=error.remedy) if error else None,
        **_content(judged),
    ).model_dump(mode="json")


def score_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the object."""
    return ScoreJson.model_json_schema(mode="serialization")


def _transcript(transcript: Transcript) -> TranscriptJson:
    return TranscriptJson(
        text=transcript.text,
        engine=transcript.engine,
        model=transcript.model,
        reliability=finite(transcript.reliability),
        words=[
            WordJson(
                text=word.text,
                start_s=_seconds(word.start_s),
                end_s=_seconds(word.end_s),
                probability=finite(word.probability),
            )
            for word in transcript.words
        ],
    )


def _criteria(score: Score | None, delivery: Delivery | None) -> dict[CriterionWord, CriterionJson]:
    if score is not None:
        return {c.criterion.value: _criterion(c) for c in score.criteria}
    if delivery is None:
        return {}
    unscored: dict[CriterionWord, CriterionJson] = {}
    parts: tuple[tuple[CriterionWord, Any], ...] = (("pace", delivery.pace), ("tone_calmness", delivery.tone))
    for name, part in parts:
        reasons = [f"{part.withheld.reason} {part.withheld.remedy}".strip()] if part.withheld else []
        numbers = [_measurement(m) for m in part.measurements()]
        unscored[name] = CriterionJson(
            scored=False, points=None, band=None, reasons=reasons, measurements=numbers
        )
    return unscored


def _criterion(criterion: CriterionScore) -> CriterionJson:
    words = criterion.criterion not in DELIVERY_CRITERIA
    reasons = [reason_sentence(reason, words=words) for reason in criterion.reasons]
    if criterion.withheld is not None:
        reasons.insert(0, f"{criterion.withheld.reason} {criterion.withheld.remedy}".strip())
    return CriterionJson(
        scored=criterion.scored,
        points=criterion.points,
        band=criterion.band if criterion.scored else None,
        reasons=reasons,
        measurements=[_measurement(m) for m in criterion.measurements],
    )


def _measurement(measurement: Measurement) -> MeasurementJson:
    return MeasurementJson(
        name=measurement.name,
        value=finite(measurement.value),
        unit=measurement.unit,
        confidence=finite(measurement.confidence),
    )


def _content(listening: Listening | None) -> dict[str, Any]:
    """What was found in the words; empty where nothing was judged."""
    if listening is None:
        return {
            "facts": [],
            "added": [],
            "wish": WishJson(status=None),
            "emotion": EmotionJson(status=None, heard=None),
            "order": [],
        }
    emotion = listening.emotion
    status = listening.wish.status
    return {
        "facts": [
            FactJson(id=fact.fact_id, status=fact.status.value, **_heard(fact.heard))
            for fact in listening.facts
        ],
        "added": [HeardJson(**_heard(added)) for added in listening.added],
        "wish": WishJson(status=status.value if status else None),
        "emotion": EmotionJson(
            status=emotion.status.value, heard=emotion.heard.text if emotion.heard else None
        ),
        "order": [
            MoveJson(
                move=move.kind.value,
                start_s=_seconds(move.heard.start_s),
                end_s=_seconds(move.heard.end_s),
            )
            for move in listening.moves
        ],
    }


def _feedback(score: Score | None) -> FeedbackJson | None:
    if score is None:
        return None
    said = score.feedback
    return FeedbackJson(strength=said.strength, change=said.change, try_saying=said.try_saying)


def _heard(heard: Heard | None) -> dict[str, Any]:
    return {
        "heard": heard.text if heard else None,
        "start_s": _seconds(heard.start_s) if heard else None,
        "end_s": _seconds(heard.end_s) if heard else None,
    }


def _seconds(value: float | None) -> float | None:
    """Milliseconds are as fine as any recogniser's times; more digits are noise."""
    return round(value, 3) if value is not None and math.isfinite(value) else None
