"""Points for how it was said: pace and tone calmness."""

from __future__ import annotations

import math

from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.measurement import Heard, Measurement, NotScored
from voice_trainer.domain.rubric import TOP_POINTS, CriterionRule
from voice_trainer.domain.score import CriterionScore
from voice_trainer.scoring.build import Tally, withhold
from voice_trainer.scoring.rubric import along

NO_SOUND = NotScored(
    "typed_reply", "The reply was typed, so there is no voice to measure.", "Speak the reply."
)


def judge_pace(delivery: Delivery | None, rule: CriterionRule) -> CriterionScore:
    """Speed, bursts and silence inside the reply; the first pause is credited, never charged."""
    if delivery is None:
        return withhold(rule, NO_SOUND)
    pace = delivery.pace
    measurements = pace.measurements()
    rate = pace.speech_rate_wpm.value
    if pace.withheld is not None or rate is None:
        return withhold(rule, pace.withheld or _TOO_SHORT, measurements)
    if delivery.signal.speech_s < rule.numbers["speech_s_min"]:
        return withhold(rule, _TOO_SHORT, measurements)
    tally = Tally(rule)
    _judge_speed(rate, tally)
    _judge_bursts(pace.fastest_3s_wpm, tally)
    gap_s = pace.reply_gap_s.value
    if gap_s is not None and rule.numbers["gap_s_min"] <= gap_s <= rule.numbers["gap_s_max"]:
        tally.praise(f"You waited {gap_s:.1f} s before you answered: time to take in what was said.")
    share = pace.pause_share.value
    if share is not None and (lost := along(rule.curves["pause_share"], share)) > 0:
        longest = pace.longest_pause_s.value or 0.0
        tally.lose(lost, f"Silence filled {share:.0%} of the reply; the longest pause was {longest:.1f} s.")
    return tally.finish(measurements)


def _judge_speed(rate: float, tally: Tally) -> None:
    lost = 100 - along(tally.rule.curves["speech_rate_wpm"], rate)
    if lost <= 0:
        tally.praise(f"You spoke at {rate:.0f} words a minute, easy to follow.")
    else:
        side = "quick: leave room between thoughts" if rate > 130 else "slow: let sentences run on a little"
        tally.lose(lost, f"You spoke at {rate:.0f} words a minute, which is {side}.")


def _judge_bursts(fastest: Measurement, tally: Tally) -> None:
    if fastest.value is None:
        return
    if (lost := along(tally.rule.curves["fastest_3s_wpm"], fastest.value)) > 0:
        where = [Heard(span.text, span.start_s, span.end_s) for span in fastest.evidence]
        tally.lose(lost, f"Your fastest three seconds ran at {fastest.value:.0f} words a minute.", *where)


_TOO_SHORT = NotScored(
    "too_short", "There was too little speech to measure a pace.", "Answer in a full sentence or two."
)


def judge_tone(delivery: Delivery | None, rule: CriterionRule) -> CriterionScore:
    """Vocal steadiness against one's own baseline: pitch and sharpness, never loudness, never a feeling."""
    if delivery is None:
        return withhold(rule, NO_SOUND)
    tone = delivery.tone
    measurements = tone.measurements()
    r = tone.raised.value
    if tone.withheld is not None or r is None:
        why = tone.withheld or NotScored("no_baseline", "There is no baseline of your voice.", _BASELINE)
        return withhold(rule, why, measurements)
    # The exponent is bounded: a broken measurement must give 0 points, not an overflow.
    points = 100 / (1 + math.exp(min(50.0, rule.numbers["steepness"] * (r - rule.numbers["midpoint"]))))
    tally = Tally(rule)
    changes = _changes(tone.f0_change_semitones.value, tone.hf500_change_db.value)
    if round(points) >= TOP_POINTS:  # as the band is told
        # The scale gives 88 to a voice exactly as in the reading: the last points are nobody's fault.
        tally.lose(100 - points, f"Your voice stayed steady: {changes} against your relaxed reading.")
    else:
        tally.lose(100 - points, f"Your voice rose above your relaxed reading: {changes}.", *_spans(delivery))
    return tally.finish(measurements)


_BASELINE = "Run `voice-trainer baseline --record` once with this microphone."


def _changes(pitch_semitones: float | None, sharpness_db: float | None) -> str:
    parts = []
    if pitch_semitones is not None:
        parts.append(f"pitch {pitch_semitones:+.1f} semitones")
    if sharpness_db is not None:
        parts.append(f"sharpness {sharpness_db:+.1f} dB")
    return ", ".join(parts) or "no change measured"


def _spans(delivery: Delivery) -> list[Heard]:
    return [Heard(span.text, span.start_s, span.end_s) for span in delivery.tone.raised_spans]
