"""How fast somebody spoke: words from the transcript, time from the voice.

Speaking time comes from voice activity, not from word times, so that a word dropped or added by the
recogniser changes a count by one and no pause by a second. Articulation is counted over the words' own
time: a word that was dropped or made up takes its time with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from voice_trainer.delivery.pauses import PAUSE_S, joined, overlap_s, pauses_between, total_s, without
from voice_trainer.delivery.syllables import syllable_count
from voice_trainer.domain.delivery import Pace, SignalQuality
from voice_trainer.domain.measurement import Curve, Measurement, NotScored, Span
from voice_trainer.domain.transcript import Word

WINDOW_S = 3.0
WINDOW_HOP_S = 1.0
LEAST_RELIABILITY = 0.2  # from here on articulation was at most 6% off, below it up to 25% (docs/accuracy.md)
LEAST_WORDS = 3
PLAUSIBLE_SPS = (1.0, 9.0)  # nobody speaks slower or faster; the words do not fit the sound
_SAME_STRETCH_S = 0.15
_SILENT_PAUSE_S = 0.25
_WINDOW_SPEAKING_S = 1.5  # of speech in a window, to call it fast or slow
_UNKNOWN_RELIABILITY = 0.5
_MISSED_S = 0.8  # without a word, half of it speech: the recogniser missed some, that time counts no speed


def measure_pace(
    speech: tuple[Span, ...],
    *,
    words: Sequence[Word],
    signal: SignalQuality,
    reliability: float | None = None,
    customer_end_s: float | None = None,
    baseline_sps: float | None = None,
) -> Pace:
    """Speed and pauses of a reply.

    Parameters
    ----------
    speech
        Stretches of speech by voice activity.
    words
        The transcript, with or without times; empty where there is none.
    reliability
        0..1, how far the words may be trusted; None where nobody could tell.
    customer_end_s
        When the customer stopped speaking, on the clock of the take; may be negative.
    baseline_sps
        The speaker's own syllables per second of relaxed reading; None where not measured.

    Returns
    -------
    pace
        Speeds None with `withheld` where the words cannot carry them; pauses and the gap need no words.
    """
    said = _inside([word for word in words if syllable_count(word.text) > 0], speech)
    missed = _without_words(said, speech)
    worded = without(speech, missed)
    withheld = _reason_to_withhold(worded, said, signal, reliability)
    if signal.blocked is not None:
        speech = worded = ()
    stretches = joined(speech, gap_s=PAUSE_S)
    pauses = pauses_between(speech)
    spoken = without(stretches, missed)
    speaking_s, pure_s = total_s(spoken), _articulated_s(said, worded, speech)
    trust = 0.5 + 0.5 * (_UNKNOWN_RELIABILITY if reliability is None else reliability)
    trust *= total_s(worded) / total_s(speech) if speech else 1.0
    syllables = sum(syllable_count(word.text) for word in said)
    counted = withheld is None
    curve = _curve(spoken, said) if counted else _no_curve()
    first_s = speech[0].start_s if speech else None

    def speed(name: str, amount: float, divisor: float | None, unit: str, less: float = 0.0) -> Measurement:
        if not counted or not divisor:
            return _none(name, unit)
        return _value(name, amount / divisor - less, unit, trust)

    relaxed = baseline_sps * pure_s if baseline_sps else None
    return Pace(
        speech_rate_wpm=speed("speech_rate_wpm", 60 * len(said), speaking_s, "wpm"),
        articulation_rate_sps=speed("articulation_rate_sps", syllables, pure_s, "syllables/s"),
        pause_share=_pause_share(stretches, pauses),
        longest_pause_s=_longest(speech, pauses),
        reply_gap_s=_reply_gap(first_s, customer_end_s),
        fastest_3s_wpm=_extreme("fastest_3s_wpm", curve, trust, fastest=True),
        slowest_3s_wpm=_extreme("slowest_3s_wpm", curve, trust, fastest=False),
        pauses=pauses,
        curve=curve,
        withheld=withheld,
        speech_rate_spm=speed("speech_rate_spm", 60 * syllables, speaking_s, "syllables/min"),
        articulation_change=speed("articulation_change", syllables, relaxed, "share", less=1.0),
    )


def _reply_gap(first_s: float | None, customer_end_s: float | None) -> Measurement:
    """From the customer's last word to the agent's first; None where either is unknown."""
    if first_s is None or customer_end_s is None:
        return _none("reply_gap_s", "s")
    return Measurement("reply_gap_s", round(first_s - customer_end_s, 3), "s", 0.9)


def _inside(said: list[Word], speech: tuple[Span, ...]) -> list[Word]:
    """Words of which any part lies in speech; a recogniser makes some up in silence."""
    return [
        word
        for word in said
        if word.start_s is None or word.end_s is None or overlap_s(speech, word.start_s, word.end_s) > 0
    ]


def _articulated_s(said: Sequence[Word], worded: tuple[Span, ...], speech: tuple[Span, ...]) -> float:
    """Seconds of pure speaking: the words' time, or that of speech where words have no times.

    Silence of more than 0.25 s is a pause, less belongs to articulation (Goldman-Eisler 1968; De Jong &
    Bosker 2013); some recognisers let words last over it.
    """
    times = _times(said)
    if not times:
        return total_s(joined(worded, gap_s=_SILENT_PAUSE_S))
    silent = [Span(a.end_s, b.start_s) for a, b in pairwise(joined(speech, gap_s=_SILENT_PAUSE_S))]
    return total_s(without(joined(times, gap_s=_SAME_STRETCH_S), silent))


def _times(said: Sequence[Word]) -> list[Span]:
    """When each word was said; empty unless all words have times."""
    times = [Span(w.start_s, w.end_s) for w in said if w.start_s is not None and w.end_s is not None]
    return times if len(times) == len(said) else []


def _without_words(said: Sequence[Word], speech: tuple[Span, ...]) -> list[Span]:
    """Where somebody speaks and no word was heard for 0.8 s; none where words have no times."""
    times = _times(said)
    if not times:
        return []
    unworded = without([Span(speech[0].start_s, speech[-1].end_s)], times) if speech else ()
    return [
        span
        for span in unworded
        if span.duration_s >= _MISSED_S
        and overlap_s(speech, span.start_s, span.end_s) >= max(_MISSED_S, span.duration_s) / 2
    ]


def _reason_to_withhold(
    speech: tuple[Span, ...], said: Sequence[Word], signal: SignalQuality, reliability: float | None
) -> NotScored | None:
    if signal.blocked is not None:
        return NotScored(signal.blocked.code, signal.blocked.message, signal.blocked.remedy)
    if not said:
        return NotScored(
            "no_words",
            "There are no words to count.",
            "Choose a recogniser, or type what you said with `correct`.",
        )
    if reliability is not None and reliability < LEAST_RELIABILITY:
        return NotScored(
            "unreliable_transcript",
            f"The recogniser's words cannot be trusted (reliability {reliability:.2f}).",
            "Correct the transcript, or fetch a better recogniser with `voice-trainer models fetch base.en`.",
        )
    if len(said) < LEAST_WORDS:
        return NotScored(
            "too_few_words",
            f"Only {len(said)} words were heard; pace needs {LEAST_WORDS}.",
            "Answer in a full sentence or two.",
        )
    rate = sum(syllable_count(word.text) for word in said) / max(total_s(speech), 1e-3)
    low, high = PLAUSIBLE_SPS
    if not low <= rate <= high:
        return NotScored(
            "implausible_words",
            f"The words do not fit the sound: {rate:.1f} syllables a second of speech.",
            "Correct the transcript, or record the reply again.",
        )
    return None


def _curve(stretches: tuple[Span, ...], said: Sequence[Word]) -> Curve:
    """Words per minute of speaking time in windows of 3 s, one a second, at their centres."""
    timed = _times(said)
    if not timed or not stretches:
        return _no_curve()
    starts, ends = np.array([(span.start_s, span.end_s) for span in timed]).T
    begin_s, end_s = stretches[0].start_s, stretches[-1].end_s
    times: list[float] = []
    values: list[float | None] = []
    for start_s in np.arange(begin_s, max(end_s - WINDOW_S, begin_s) + 1e-9, WINDOW_HOP_S):
        stop_s = float(start_s) + WINDOW_S
        speaking_s = overlap_s(stretches, float(start_s), stop_s)
        # A word on the edge counts by the part that lies inside.
        inside = np.clip(np.minimum(ends, stop_s) - np.maximum(starts, start_s), 0.0, None)
        count = float(np.sum(inside / np.maximum(ends - starts, 1e-3)))
        times.append(round(float(start_s) + WINDOW_S / 2, 3))
        values.append(round(60 * count / speaking_s, 1) if speaking_s >= _WINDOW_SPEAKING_S else None)
    return Curve("pace", "wpm", tuple(times), tuple(values))


def _no_curve() -> Curve:
    return Curve("pace", "wpm", (), ())


def _extreme(name: str, curve: Curve, trust: float, *, fastest: bool) -> Measurement:
    pairs = [(v, t) for v, t in zip(curve.values, curve.times_s, strict=True) if v is not None]
    if not pairs:
        return _none(name, "wpm")
    value, centre_s = (max if fastest else min)(pairs, key=lambda pair: pair[0])
    where = Span(round(centre_s - WINDOW_S / 2, 3), round(centre_s + WINDOW_S / 2, 3))
    # Word edges are less certain than their number, and a window holds few words.
    return Measurement(name, value, "wpm", round(0.8 * trust, 2), (where,))


def _pause_share(stretches: tuple[Span, ...], pauses: tuple[Span, ...]) -> Measurement:
    if not stretches:
        return _none("pause_share", "share")
    whole_s = stretches[-1].end_s - stretches[0].start_s
    return Measurement("pause_share", round(total_s(pauses) / whole_s, 4), "share", 0.9, pauses)


def _longest(speech: tuple[Span, ...], pauses: tuple[Span, ...]) -> Measurement:
    """The longest pause; where none passes 0.5 s, the longest gap there is."""
    if not speech:
        return _none("longest_pause_s", "s")
    gaps = [Span(a.end_s, b.start_s) for a, b in pairwise(speech)]
    longest = max(gaps, key=lambda gap: gap.duration_s, default=None)
    if longest is None:
        return Measurement("longest_pause_s", 0.0, "s", 0.9)
    evidence = (longest,) if longest in pauses or longest.duration_s > PAUSE_S else ()
    return Measurement("longest_pause_s", round(longest.duration_s, 3), "s", 0.9, evidence)


def _value(name: str, value: float, unit: str, confidence: float) -> Measurement:
    return Measurement(name, round(value, 2), unit, round(confidence, 2))


def _none(name: str, unit: str) -> Measurement:
    return Measurement(name, None, unit, 0.0)
