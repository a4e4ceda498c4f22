"""Requests judged one after the other; engines are loaded once and only when sound comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import GOOD, REPLY, FakeDesk
from tests.findings import CALL
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.transcript import TranscriptSource
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioFileError, ScenarioError, UsageError
from voice_trainer.practice.assess import Engines
from voice_trainer.practice.batch import Judge, Request
from voice_trainer.practice.demonstration import recorded_replies
from voice_trainer.scoring import load_rubric

AUDIO = Path("reply.wav")


class Outside:
    """What the judge is given, counting how often."""

    def __init__(self) -> None:
        self.desk = FakeDesk()
        self.loaded: list[Path] = []
        self.engines_asked = 0

    def scenario(self, name: str) -> Scenario:
        if name != CALL.id:
            raise ScenarioError("scenario_unknown", f"There is no call {name!r}.")
        return CALL

    def load(self, path: Path) -> Waveform:
        self.loaded.append(path)
        if path.name == "missing.wav":
            raise AudioFileError("audio_missing", "There is no file missing.wav.")
        return REPLY

    def engines(self) -> Engines:
        self.engines_asked += 1
        return self.desk.engines

    def judge(self) -> Judge:
        return Judge(self.scenario, self.load, self.engines, load_rubric(), lambda: None)


def test_a_recording_is_judged_against_the_opening_turn() -> None:
    judged = Outside().judge().judge(Request("1", CALL.id, audio=AUDIO))
    assert judged.turn is CALL.opening
    assert judged.waveform is REPLY
    assert judged.assessment.transcript is not None
    assert judged.assessment.transcript.text == GOOD
    assert judged.assessment.score.listening_points is not None


def test_typed_words_need_no_engines_and_get_no_delivery() -> None:
    outside = Outside()
    judged = outside.judge().judge(Request("1", CALL.id, reply=GOOD))
    assert outside.engines_asked == 0
    assert judged.waveform is None
    score = judged.assessment.score
    assert score.listening_points is not None
    for criterion in (Criterion.PACE, Criterion.TONE_CALMNESS):
        found = score.criterion(criterion)
        assert found is not None
        assert found.withheld is not None
        assert found.withheld.code == "typed_reply"


def test_a_complaint_without_a_scenario_is_only_indicative() -> None:
    judged = Outside().judge().judge(Request("1", complaint=CALL.opening.says, reply=GOOD))
    assert judged.assessment.indicative
    assert judged.assessment.score.listening_points is not None


def test_words_given_with_the_recording_are_not_recognised() -> None:
    outside = Outside()
    judged = outside.judge().judge(Request("1", CALL.id, audio=AUDIO, transcript=GOOD))
    assert outside.desk.transcriber.heard == []
    assert judged.assessment.transcript is not None
    assert judged.assessment.transcript.source is TranscriptSource.TYPED
    assert judged.assessment.transcript.reliability == 1.0


def test_another_turn_can_be_asked_for() -> None:
    judged = Outside().judge().judge(Request("1", CALL.id, "threat", reply=GOOD))
    assert judged.turn.id == "threat"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("1", CALL.id), "nothing_to_score"),
        (Request("1", CALL.id, audio=AUDIO, reply="x"), "nothing_to_score"),
        (Request("1", reply="x"), "scenario_missing"),
        (Request("1", "nonsense", reply="x"), "scenario_unknown"),
        (Request("1", CALL.id, "nonsense", reply="x"), "turn_unknown"),
        (Request("1", CALL.id, audio=Path("missing.wav")), "audio_missing"),
        (Request("1", CALL.id, audio=AUDIO, baseline=(Path("missing.wav"),)), "audio_missing"),
    ],
)
def test_what_cannot_be_judged_says_why(request_: Request, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        Outside().judge().judge(request_)
    assert caught.value.code == code


def test_a_missing_turn_is_told_with_those_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        Outside().judge().judge(Request("1", CALL.id, "nonsense", reply="x"))
    assert "opening, threat, thanks" in caught.value.remedy


def test_an_empty_typed_reply_is_not_scored_and_no_fault() -> None:
    score = Outside().judge().judge(Request("1", CALL.id, reply="")).assessment.score
    assert not score.anything_scored


def test_the_demo_finds_its_recordings_in_the_manifest(tmp_path: Path) -> None:
    lines = [
        '{"id": "good", "file": "good.flac", "voice": "rms", "text": "yes"}',
        '{"id": "poor", "file": "poor.flac", "voice": "slt", "text": "no"}',
        '{"id": "baseline-rms", "file": "b1.flac", "voice": "rms", "text": ""}',
        '{"id": "baseline-slt", "file": "b2.flac", "voice": "slt", "text": ""}',
    ]
    (tmp_path / "manifest.jsonl").write_text("\n".join(lines), encoding="utf-8")
    good, poor = recorded_replies(tmp_path, good="good", poor="poor")
    assert (good.audio, good.baseline) == (tmp_path / "good.flac", tmp_path / "b1.flac")
    assert (poor.audio, poor.baseline) == (tmp_path / "poor.flac", tmp_path / "b2.flac")


def test_a_demo_without_recordings_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        recorded_replies(tmp_path, good="good", poor="poor")
    assert caught.value.code == "fixtures_missing"
