"""How each number comes about, in a sentence that a person can check.

The sentences follow `delivery/`, `listening/` and `scoring/`; the numbers they turn on are in the rubric.
"""

from __future__ import annotations

from voice_trainer.domain.score import Criterion, CriterionScore

_POINTS = {
    Criterion.PACE: (
        "Points: read off the rubric's curve for words per minute, less what a burst (fastest three "
        "seconds) and silence inside the reply cost. The pause before the first word never costs; one "
        "of half a second to four is named as good."
    ),
    Criterion.TONE_CALMNESS: (
        "Points = 100 / (1 + exp(steepness × (r − midpoint))), with the rubric's steepness and "
        "midpoint and r as below."
    ),
    Criterion.PARAPHRASE: (
        "Points: 100 less the weight of each fact missed (half of it for one given back in part), of "
        "the wish, of the reflective form, and what copying and invented claims cost; capped where a "
        "fact came back wrong, a claim was invented, or a solution came first."
    ),
    Criterion.VALIDATION: (
        "Points: by how the feeling was answered (named, in general, stock phrase, not at all), less "
        "what blame, “calm down”, making it small, “but” and hiding behind policy cost."
    ),
    Criterion.ORDER: (
        "Points: 100 less what a missing acknowledgement, paraphrase or check costs, and what a "
        "solution, a rule or questions alone in front cost."
    ),
    Criterion.HELPFULNESS: (
        "Points: 100 less what each missing sign of help and each sign of pressure costs."
    ),
}
_MEASURED = {
    "speech_rate_wpm": (
        "Words per minute = words ÷ speaking time × 60; pauses over 0.5 s are not speaking time."
    ),
    "speech_rate_spm": "Syllables per minute = syllables of the words ÷ speaking time × 60.",
    "articulation_rate_sps": "Syllables per second = syllables ÷ time with voice, every pause left out.",
    "articulation_change": ("Against your own reading = syllables per second ÷ those of your baseline − 1."),
    "pause_share": "Share of pauses = pauses over 0.5 s ÷ time from first to last word.",
    "longest_pause_s": "Longest pause: between two stretches of speech, by voice activity.",
    "reply_gap_s": "Gap: from the customer's last sound to your first.",
    "fastest_3s_wpm": (
        "Fastest three seconds: the highest value of the pace curve (3 s windows, 1 s apart)."
    ),
    "slowest_3s_wpm": "Slowest three seconds: the lowest value of the pace curve.",
    "raised": (
        "r = (pitch change ÷ 3 + change above 500 Hz ÷ 4 + change above 1 kHz ÷ 4) ÷ 3; 0 as in your "
        "baseline."
    ),
    "f0_change_semitones": (
        "Pitch change = median pitch of the reply − that of your baseline, in semitones."
    ),
    "hf500_change_db": (
        "Change above 500 Hz: energy at 500-3400 Hz over 300-500 Hz, against your baseline, in dB."
    ),
    "alpha_change_db": (
        "Change above 1 kHz: energy at 1-3.4 kHz over 0.3-1 kHz, against your baseline, in dB."
    ),
    "copied_share": "Share of copied words = words inside runs taken from the customer ÷ all words.",
    "reflective_form": (
        "Reflective form, 0 to 1: second person, sentences that open as reflections do, few "
        "questions, advice or rules."
    ),
}


def formulas_of(criterion: CriterionScore) -> tuple[str, ...]:
    """How the points came about, then each number that was measured for them."""
    points = (_POINTS[criterion.criterion],) if criterion.scored else ()
    return points + tuple(_MEASURED[m.name] for m in criterion.measurements if m.name in _MEASURED)
