"""The JSON of a score keeps its shape, and says null where nothing was measured."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from tests.report_samples import good_panel, poor_panel
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.measurement import Heard, Measurement, NotScored
from voice_trainer.domain.score import Criterion, CriterionScore, Reason
from voice_trainer.domain.transcript import typed
from voice_trainer.errors import AudioFileError
from voice_trainer.exports.report import ReportPanel
from voice_trainer.exports.score_json import ScoreJson, score_object, score_schema

# The shape as it is promised to others, written down a second time on purpose.
NUMBER, POINTS, TEXT, ANY_TEXT = (int, float, type(None)), (int, type(None)), (str,), (str, type(None))
TIMED = {"start_s": NUMBER, "end_s": NUMBER}
SHAPE: dict[str, Any] = {
    "id": TEXT,
    "scenario": ANY_TEXT,
    "turn": ANY_TEXT,
    "rubric": ANY_TEXT,
    "indicative": (bool,),
    "transcript": {
        "text": TEXT,
        "engine": TEXT,
        "model": TEXT,
        "reliability": NUMBER,
        "words": [{"text": TEXT, **TIMED, "probability": NUMBER}],
    },
    "criteria": {
        "*": {
            "scored": (bool,),
            "points": POINTS,
            "band": ANY_TEXT,
            "reasons": [TEXT],
            "measurements": [{"name": TEXT, "value": NUMBER, "unit": TEXT, "confidence": NUMBER}],
        }
    },
    "overall": {"listening": POINTS, "delivery": POINTS},
    "facts": [{"id": TEXT, "status": TEXT, "heard": ANY_TEXT, **TIMED}],
    "added": [{"heard": TEXT, **TIMED}],
    "wish": {"status": ANY_TEXT},
    "emotion": {"status": ANY_TEXT, "heard": ANY_TEXT},
    "order": [{"move": TEXT, **TIMED}],
    "reaction": ANY_TEXT,
    "feedback": {"strength": TEXT, "change": TEXT, "try_saying": TEXT},
    "error": {"code": TEXT, "message": TEXT, "remedy": TEXT},
}


def assert_shape(value: Any, shape: Any, at: str = "") -> None:
    if isinstance(shape, tuple):
        assert isinstance(value, shape), f"{at}: {value!r}"
        assert not isinstance(value, bool) or bool in shape, at
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for item in value:
            assert_shape(item, shape[0], f"{at}[]")
    else:
        assert isinstance(value, dict), f"{at}: {value!r}"
        expected = dict.fromkeys(value, shape["*"]) if "*" in shape else shape
        assert value.keys() == expected.keys(), at
        for key, inner in expected.items():
            if not (value[key] is None and key in ("transcript", "feedback", "error")):
                assert_shape(value[key], inner, f"{at}.{key}")


def of(panel: ReportPanel, **others: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "scenario_id": panel.scenario.id,
        "turn_id": panel.turn.id,
        "transcript": panel.transcript,
        "delivery": panel.delivery,
        "listening": panel.listening,
        "score": panel.score,
    }
    return score_object("take-1", **(values | others))


@pytest.mark.parametrize("panel", [good_panel(audio=False), poor_panel(audio=False)], ids=["good", "poor"])
def test_the_object_has_the_promised_shape(panel: ReportPanel) -> None:
    value = of(panel)
    assert list(value) == list(SHAPE)
    assert_shape(value, SHAPE)
    assert json.loads(json.dumps(value, allow_nan=False)) == value


def test_the_schema_names_what_the_object_holds() -> None:
    schema = score_schema()
    assert set(schema["required"]) == set(SHAPE)
    assert schema["additionalProperties"] is False
    with pytest.raises(ValidationError):
        ScoreJson.model_validate({**of(good_panel(audio=False)), "extra": 1})
    with pytest.raises(ValidationError):
        ScoreJson.model_validate({**of(good_panel(audio=False)), "reaction": "delighted"})


def test_the_values_are_those_of_the_take() -> None:
    value = of(poor_panel(audio=False))
    assert value["overall"] == {"listening": 24, "delivery": 58}
    assert [fact["status"] for fact in value["facts"]] == ["contradicted", "missed", "unsure"]
    assert value["facts"][0]["heard"] == "coffee machine eight weeks ago"
    assert value["facts"][0]["start_s"] < value["facts"][0]["end_s"]
    assert value["facts"][1] == {
        "id": "stories", "status": "missed", "heard": None, "start_s": None, "end_s": None,
    }  # fmt: skip
    assert [move["move"] for move in value["order"]] == ["policy", "paraphrase", "offer"]
    assert value["added"][0]["heard"] == "your next purchase."
    assert value["reaction"] == "angrier"
    assert value["emotion"] == {"status": "none", "heard": None}
    assert value["error"] is None


def test_what_is_not_scored_is_null_with_its_reason_and_remedy() -> None:
    tone = of(poor_panel(audio=False))["criteria"]["tone_calmness"]
    assert (tone["scored"], tone["points"], tone["band"]) == (False, None, None)
    assert "no baseline" in tone["reasons"][0]
    assert "voice-trainer baseline" in tone["reasons"][0]


def test_reasons_are_strings_with_evidence_norm_and_source() -> None:
    reason = Reason(
        "A number was wrong", 10, (Heard("eight weeks", 5.2, 6.0),), "Numbers come back right", "LAST"
    )
    panel = good_panel(audio=False)
    score = replace(panel.score, criteria=(CriterionScore(Criterion.PARAPHRASE, 90, "heard", (reason,)),))  # type: ignore[type-var]
    reasons = of(panel, score=score)["criteria"]["paraphrase"]["reasons"]
    assert reasons == [
        "A number was wrong. Heard: “eight weeks” at 0:05. Norm: Numbers come back right (LAST)."
    ]


def test_a_stretch_of_sound_is_timed_and_not_quoted() -> None:
    reason = Reason("Your voice rose", 10, (Heard("pitch +3 semitones", 62.0, 64.0),))
    panel = good_panel(audio=False)
    score = replace(panel.score, criteria=(CriterionScore(Criterion.TONE_CALMNESS, 60, "raised", (reason,)),))  # type: ignore[type-var]
    assert of(panel, score=score)["criteria"]["tone_calmness"]["reasons"] == ["Your voice rose. At 1:02."]


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf])
def test_no_number_that_json_cannot_hold_gets_out(odd: float) -> None:
    panel = good_panel(audio=False)
    measured = CriterionScore(Criterion.PACE, 90, "easy", (), (Measurement("pace_wpm", odd, "wpm", odd),))
    score = replace(panel.score, criteria=(measured,))  # type: ignore[type-var]
    transcript = replace(panel.transcript, reliability=odd)  # type: ignore[type-var]
    value = of(panel, score=score, transcript=transcript)
    assert "NaN" not in json.dumps(value, allow_nan=False)
    assert value["criteria"]["pace"]["measurements"][0]["value"] is None
    assert value["transcript"]["reliability"] is None


def test_an_error_alone_makes_a_whole_object() -> None:
    error = AudioFileError("audio_not_audio", "reply.wav is text.", remedy="Give a recording.")
    value = score_object("7", scenario_id="late-coffee-machine", error=error)
    assert_shape(value, SHAPE)
    assert value["error"] == {
        "code": "audio_not_audio", "message": "reply.wav is text.", "remedy": "Give a recording.",
    }  # fmt: skip
    assert value["criteria"] == {}
    assert value["overall"] == {"listening": None, "delivery": None}
    assert (value["transcript"], value["feedback"], value["reaction"]) == (None, None, None)
    assert value["emotion"]["status"] is None  # not judged is not "none"


def test_withheld_listening_teaches_nothing() -> None:
    panel = poor_panel(audio=False)
    reason = NotScored("unreliable", "Too few words were understood.", "Correct the transcript.")
    listening: Listening = replace(panel.listening, withheld=reason)  # type: ignore[type-var]
    value = of(panel, listening=listening)
    assert (value["facts"], value["added"], value["order"]) == ([], [], [])
    assert (value["wish"]["status"], value["emotion"]["status"]) == (None, None)


def test_typed_and_indicative_replies() -> None:
    panel = good_panel(audio=False)
    value = of(panel, transcript=typed("So you waited three weeks."), delivery=None, indicative=True)
    assert value["indicative"] is True
    assert value["transcript"]["words"][0] == {
        "text": "So",
        "start_s": None,
        "end_s": None,
        "probability": 1.0,
    }


def test_measurements_show_without_a_score() -> None:
    value = of(good_panel(audio=False), score=None)
    assert value["criteria"]["pace"]["scored"] is False
    assert value["criteria"]["pace"]["measurements"][0] == {
        "name": "speech_rate_wpm", "value": 138.0, "unit": "wpm", "confidence": 0.9,
    }  # fmt: skip
    assert_shape(value, SHAPE)
