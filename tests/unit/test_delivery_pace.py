"""Pace: words over time, pauses, windows, and when to say nothing."""

import pytest

from voice_trainer.delivery.pace import measure_pace
from voice_trainer.domain.delivery import Severity, SignalProblem, SignalQuality
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.transcript import Word

GOOD = SignalQuality(20.0, 15.0, -20.0, -70.0, 50.0, 0.0, 8000.0, ())


def evenly(count: int, *, start_s: float, end_s: float, text: str = "coffee") -> list[Word]:
    step = (end_s - start_s) / count
    return [Word(text, start_s + i * step, start_s + (i + 1) * step) for i in range(count)]


def test_rates_leave_pauses_out() -> None:
    words = [*evenly(10, start_s=1.0, end_s=5.0), *evenly(10, start_s=7.0, end_s=11.0)]
    pace = measure_pace((Span(1.0, 5.0), Span(7.0, 11.0)), words=words, signal=GOOD, reliability=1.0)
    assert pace.speech_rate_wpm.value == pytest.approx(20 / 8 * 60)
    assert pace.articulation_rate_sps.value == pytest.approx(40 / 8)
    assert pace.pause_share.value == pytest.approx(2 / 10)
    assert pace.longest_pause_s.value == pytest.approx(2.0)
    assert pace.pauses == (Span(5.0, 7.0),)
    assert pace.withheld is None


def test_gaps_up_to_half_a_second_belong_to_speaking_but_not_to_articulation() -> None:
    pace = measure_pace(
        (Span(0.0, 4.0), Span(4.4, 8.0)), words=evenly(16, start_s=0.0, end_s=8.0), signal=GOOD
    )
    assert pace.pauses == ()
    assert pace.speech_rate_wpm.value == pytest.approx(16 / 8 * 60)
    assert pace.articulation_rate_sps.value == pytest.approx(32 / 7.6, abs=0.01)
    assert pace.longest_pause_s.value == pytest.approx(0.4)


def test_the_fastest_and_slowest_three_seconds_are_found() -> None:
    words = [*evenly(8, start_s=0.0, end_s=6.0), *evenly(24, start_s=6.0, end_s=12.0)]
    pace = measure_pace((Span(0.0, 12.0),), words=words, signal=GOOD, reliability=1.0)
    assert pace.fastest_3s_wpm.value == pytest.approx(240, rel=0.02)
    assert pace.fastest_3s_wpm.evidence[0].start_s >= 6.0
    assert pace.slowest_3s_wpm.value == pytest.approx(80, rel=0.02)
    assert pace.slowest_3s_wpm.evidence[0].end_s <= 6.0
    assert pace.curve.times_s[0] == pytest.approx(1.5)
    assert pace.curve.times_s[1] - pace.curve.times_s[0] == pytest.approx(1.0)


def test_a_pause_in_a_window_makes_it_neither_fast_nor_slow() -> None:
    words = [*evenly(10, start_s=0.0, end_s=4.0), *evenly(10, start_s=8.0, end_s=12.0)]
    pace = measure_pace((Span(0.0, 4.0), Span(8.0, 12.0)), words=words, signal=GOOD)
    assert None in pace.curve.values
    assert pace.slowest_3s_wpm.value == pytest.approx(150, rel=0.05)


def test_words_without_times_give_a_rate_but_no_windows() -> None:
    words = [Word("coffee", None, None)] * 20
    pace = measure_pace((Span(0.0, 8.0),), words=words, signal=GOOD, reliability=1.0)
    assert pace.speech_rate_wpm.value == pytest.approx(150)
    assert pace.fastest_3s_wpm.value is None
    assert pace.curve.values == ()


@pytest.mark.parametrize(("customer_end_s", "gap_s"), [(-0.5, 1.5), (0.0, 1.0), (1.4, -0.4)])
def test_the_reply_gap_runs_from_the_customers_end_to_the_first_speech(
    customer_end_s: float, gap_s: float
) -> None:
    pace = measure_pace((Span(1.0, 4.0),), words=(), signal=GOOD, customer_end_s=customer_end_s)
    assert pace.reply_gap_s.value == pytest.approx(gap_s)


def test_without_words_pauses_are_still_measured() -> None:
    pace = measure_pace((Span(0.0, 2.0), Span(3.5, 6.0)), words=(), signal=GOOD)
    assert pace.withheld is not None
    assert pace.withheld.code == "no_words"
    assert pace.speech_rate_wpm.value is None
    assert pace.longest_pause_s.value == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("words", "reliability", "code"),
    [
        (evenly(20, start_s=0, end_s=8), 0.02, "unreliable_transcript"),
        (evenly(2, start_s=0, end_s=8), 0.9, "too_few_words"),
        (evenly(60, start_s=0, end_s=8), 0.9, "implausible_words"),
        (evenly(3, start_s=0, end_s=8, text="I"), 0.9, "implausible_words"),
        ([Word("...", 0.0, 1.0)], 0.9, "no_words"),
    ],
)
def test_words_that_cannot_carry_a_rate_withhold_it(words: list[Word], reliability: float, code: str) -> None:
    pace = measure_pace((Span(0.0, 8.0),), words=words, signal=GOOD, reliability=reliability)
    assert pace.withheld is not None
    assert pace.withheld.code == code
    assert pace.withheld.remedy
    assert pace.speech_rate_wpm.value is None
    assert pace.fastest_3s_wpm.value is None


def test_a_blocked_signal_measures_nothing() -> None:
    silent = SignalProblem("silent", Severity.BLOCKING, "Silent.", "Unmute.")
    signal = SignalQuality(5.0, 0.0, None, None, None, 0.0, None, (silent,))
    pace = measure_pace((), words=evenly(9, start_s=0, end_s=4), signal=signal, customer_end_s=0.0)
    assert pace.withheld is not None
    assert pace.withheld.code == "silent"
    assert all(m.value is None for m in pace.measurements())


def test_less_reliable_words_lower_the_confidence() -> None:
    words = evenly(20, start_s=0, end_s=8)
    sure, unsure = (
        measure_pace((Span(0.0, 8.0),), words=words, signal=GOOD, reliability=r).speech_rate_wpm
        for r in (1.0, 0.3)
    )
    assert unsure.confidence < sure.confidence
    assert sure.value == unsure.value


def test_syllables_a_minute_and_the_change_from_ones_own_reading() -> None:
    words = [*evenly(10, start_s=1.0, end_s=5.0), *evenly(10, start_s=7.0, end_s=11.0)]
    spans = (Span(1.0, 5.0), Span(7.0, 11.0))
    pace = measure_pace(spans, words=words, signal=GOOD, reliability=1.0, baseline_sps=4.0)
    assert pace.speech_rate_spm.value == pytest.approx(40 / 8 * 60)
    assert pace.articulation_change.value == pytest.approx(0.25)
    assert {pace.speech_rate_spm, pace.articulation_change} <= set(pace.measurements())
    alone = measure_pace(spans, words=words, signal=GOOD, reliability=1.0)
    assert alone.articulation_change.value is None
    unsure = measure_pace(spans, words=words, signal=GOOD, reliability=0.01, baseline_sps=4.0)
    assert unsure.speech_rate_spm.value is None
    assert unsure.articulation_change.value is None


def test_speech_in_which_the_recogniser_heard_nothing_counts_no_speed() -> None:
    """Two seconds of words were dropped: the speed is that of the words that were heard."""
    words = [*evenly(10, start_s=0.0, end_s=4.0), *evenly(10, start_s=6.0, end_s=10.0)]
    pace = measure_pace((Span(0.0, 10.0),), words=words, signal=GOOD, reliability=1.0)
    assert pace.speech_rate_wpm.value == pytest.approx(150)
    assert pace.articulation_rate_sps.value == pytest.approx(5.0)
    assert pace.pauses == ()
    whole = measure_pace(
        (Span(0.0, 10.0),), words=evenly(25, start_s=0, end_s=10), signal=GOOD, reliability=1
    )
    assert pace.speech_rate_wpm.confidence == pytest.approx(0.8 * whole.speech_rate_wpm.confidence)


def test_words_made_up_in_silence_are_not_counted() -> None:
    words = [*evenly(10, start_s=0.0, end_s=4.0), *evenly(4, start_s=5.0, end_s=7.0)]
    pace = measure_pace((Span(0.0, 4.0), Span(8.0, 8.3)), words=words, signal=GOOD, reliability=1.0)
    assert pace.speech_rate_wpm.value == pytest.approx(10 / 4.3 * 60, rel=0.01)
