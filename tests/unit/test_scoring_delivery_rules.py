"""Points for pace and tone."""

from __future__ import annotations

import pytest

from tests.findings import spoken
from voice_trainer.domain.measurement import NotScored
from voice_trainer.domain.score import Criterion
from voice_trainer.scoring import load_rubric
from voice_trainer.scoring.delivery_rules import judge_pace, judge_tone

PACE = load_rubric().criteria[Criterion.PACE]
TONE = load_rubric().criteria[Criterion.TONE_CALMNESS]


@pytest.mark.parametrize("rate_wpm", [110, 125, 150, 160])
def test_the_norm_gets_full_marks_and_says_so(rate_wpm: float) -> None:
    score = judge_pace(spoken(rate_wpm=rate_wpm), PACE)
    assert score.points == 100
    assert score.band == "easy to follow"
    assert f"{rate_wpm} words a minute" in score.reasons[0].text


@pytest.mark.parametrize(("rate_wpm", "word"), [(80, "slow"), (190, "quick")])
def test_too_slow_and_too_quick_lose_points_with_norm_and_source(rate_wpm: float, word: str) -> None:
    score = judge_pace(spoken(rate_wpm=rate_wpm), PACE)
    assert score.points is not None
    assert score.points < 80
    reason = score.reasons[0]
    assert word in reason.text
    assert reason.points_lost == pytest.approx(100 - score.points, abs=0.51)
    assert reason.norm == PACE.norm.text
    assert reason.source == PACE.norm.source


def test_a_burst_costs_and_is_shown_where_it_was() -> None:
    score = judge_pace(spoken(fastest_wpm=260), PACE)
    assert score.points is not None
    assert 85 < score.points < 100
    [burst] = [r for r in score.reasons if r.points_lost > 0]
    assert (burst.heard[0].start_s, burst.heard[0].end_s) == (3.0, 6.0)


def test_silence_inside_the_reply_costs() -> None:
    score = judge_pace(spoken(pause_share=0.6), PACE)
    assert score.points is not None
    assert score.points < 100
    assert "60%" in score.reasons[0].text


@pytest.mark.parametrize(
    ("gap_s", "credited"),
    [(None, False), (-0.3, False), (0.2, False), (0.8, True), (3.5, True), (9.0, False)],
)
def test_the_first_pause_is_credited_and_never_costs(gap_s: float | None, credited: bool) -> None:
    score = judge_pace(spoken(reply_gap_s=gap_s), PACE)
    assert score.points == 100
    assert any("before you answered" in reason.text for reason in score.reasons) is credited


@pytest.mark.parametrize(
    ("delivery", "code"),
    [
        (None, "typed_reply"),
        (spoken(rate_wpm=None), "too_short"),
        (spoken(speech_s=1.2), "too_short"),
    ],
)
def test_pace_is_not_scored_where_it_was_not_measured(delivery: object, code: str) -> None:
    score = judge_pace(delivery, PACE)  # type: ignore[arg-type]
    assert score.points is None
    assert score.band is None
    assert score.withheld is not None
    assert score.withheld.code == code
    assert score.withheld.remedy


@pytest.mark.parametrize(("raised", "band"), [(0.0, "steady"), (0.7, "slightly raised"), (1.5, "raised")])
def test_tone_falls_with_the_distance_from_the_baseline(raised: float, band: str) -> None:
    assert judge_tone(spoken(raised=raised), TONE).band == band


@pytest.mark.parametrize("raised", [-2.0, 0.0, 0.3, 0.6, 1.0, 3.0])
def test_every_point_tone_loses_has_its_reason(raised: float) -> None:
    score = judge_tone(spoken(raised=raised), TONE)
    assert score.points is not None
    assert sum(reason.points_lost for reason in score.reasons) == pytest.approx(100 - score.points, abs=0.51)
    assert all(reason.norm and reason.source for reason in score.reasons)


def test_a_raised_voice_is_shown_where_it_rose_and_never_called_angry() -> None:
    score = judge_tone(spoken(raised=2.0), TONE)
    assert score.reasons[0].heard[0].start_s == 4.0
    assert not any(word in r.text.lower() for r in score.reasons for word in ("angry", "emotion", "feel"))


def test_without_a_baseline_there_is_no_number() -> None:
    score = judge_tone(spoken(raised=None), TONE)
    assert score.points is None
    assert score.withheld is not None
    assert score.withheld.code == "no_baseline"
    assert "baseline --record" in score.withheld.remedy


def test_the_measurements_own_reason_to_abstain_is_passed_on() -> None:
    noisy = NotScored("noisy", "There is noise.", "Close the window.")
    assert judge_tone(spoken(tone_withheld=noisy), TONE).withheld == noisy


def test_a_broken_measurement_gives_no_overflow() -> None:
    assert judge_tone(spoken(raised=1e300), TONE).points == 0
    assert judge_tone(spoken(raised=-1e300), TONE).points == 100


def test_the_band_and_the_words_agree_at_the_edge() -> None:
    """79.6 is told as 80: then it is steady in words too."""
    for raised in (0.304, 0.306, 0.308, 0.31, 0.32):
        score = judge_tone(spoken(raised=raised), TONE)
        assert ("stayed steady" in score.reasons[0].text) == (score.band == "steady")
