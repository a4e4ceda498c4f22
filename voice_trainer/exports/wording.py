"""Plain words for the terms of the domain, and numbers as people read them."""

from __future__ import annotations

import math

from voice_trainer.domain.listening import EmotionStatus, FactStatus, HelpKind, MisstepKind, MoveKind
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.progress import Estimate
from voice_trainer.domain.scenario import Reaction
from voice_trainer.domain.score import Criterion, Reason

CRITERIA = {
    Criterion.PACE: "Pace",
    Criterion.TONE_CALMNESS: "Steadiness",
    Criterion.PARAPHRASE: "Paraphrase",
    Criterion.VALIDATION: "Validation",
    Criterion.ORDER: "Order",
    Criterion.HELPFULNESS: "Helpfulness",
}
# Never colour alone: every status has a sign and a word.
FACTS = {
    FactStatus.REFLECTED: ("✓", "Given back"),
    FactStatus.PARTLY: ("◐", "Partly"),
    FactStatus.MISSED: ("○", "Missed"),
    FactStatus.CONTRADICTED: ("✕", "Contradicted"),
    FactStatus.UNSURE: ("?", "Not sure we heard right"),
}
EMOTIONS = {
    EmotionStatus.NAMED: ("✓", "Named"),
    EmotionStatus.GENERIC: ("◐", "In general only"),
    EmotionStatus.NONE: ("○", "Not recognised"),
}
MOVES = {
    MoveKind.ACKNOWLEDGE: "Acknowledge",
    MoveKind.PARAPHRASE: "Paraphrase",
    MoveKind.CHECK: "Check",
    MoveKind.QUESTION: "Question",
    MoveKind.OFFER: "Offer",
    MoveKind.POLICY: "Policy",
    MoveKind.CLOSING: "Closing",
}
MISSTEPS = {
    MisstepKind.COPIED: "Repeated word for word",
    MisstepKind.WORD_LIST: "A list of words, not a sentence",
    MisstepKind.BLAME: "Puts the blame on the customer",
    MisstepKind.CALM_DOWN: "Tells the customer to calm down",
    MisstepKind.MINIMISING: "Makes the problem small",
    MisstepKind.BUT_AFTER_VALIDATION: "A “but” takes the understanding back",
    MisstepKind.CANNED: "A canned phrase",
    MisstepKind.POLICY_SHIELD: "Hides behind a rule",
    MisstepKind.SOLUTION_FIRST: "Solves before showing understanding",
    MisstepKind.QUESTIONS_ONLY: "Only questions",
    MisstepKind.URGENCY: "Presses for time",
    MisstepKind.EXAGGERATION: "Promises too much",
    MisstepKind.FEATURE_LIST: "Lists features",
    MisstepKind.UNFIT_OFFER: "Offers what does not fit",
}
HELP = {
    HelpKind.NEED_FIRST: "The need before the offer",
    HelpKind.FITTING_OFFER: "An offer that fits the need",
    HelpKind.FEW_OPTIONS: "Few options",
    HelpKind.PERMISSION: "Asks before suggesting",
    HelpKind.EASY_NO: "A “no” is easy",
}
REACTIONS = {
    Reaction.CALMER: ("↓", "The customer is calmer"),
    Reaction.SAME: ("→", "The customer feels the same"),
    Reaction.ANGRIER: ("↑", "The customer is angrier"),
}
_UNITS = {
    "wpm": "words/min", "sps": "syllables/s", "s": "s", "semitones": "semitones", "st": "semitones",
    "db": "dB", "dbfs": "dBFS", "share": "%", "ratio": "%", "1": "", "r": "",
}  # fmt: skip
_NAMES = {
    "speech_rate_wpm": "Words per minute of speaking",
    "speech_rate_spm": "Syllables per minute of speaking",
    "articulation_rate_sps": "Syllables per second",
    "articulation_change": "Speed against your own reading",
    "pause_share": "Share of pauses",
    "pause_count": "Pauses over half a second",
    "longest_pause_s": "Longest pause",
    "reply_gap_s": "Gap before the reply",
    "fastest_3s_wpm": "Fastest three seconds",
    "slowest_3s_wpm": "Slowest three seconds",
    "raised": "Raised (0 as usual, 1 clearly)",
    "f0_change_semitones": "Pitch against your baseline",
    "hf500_change_db": "Energy above 500 Hz against your baseline",
    "alpha_change_db": "Energy above 1 kHz against your baseline",
    "copied_share": "Share of copied words",
    "reflective_form": "Reflective form",
}
_SUFFIXES = ("_wpm", "_sps", "_semitones", "_db", "_dbfs", "_share", "_s")


def measurement_name(name: str) -> str:
    """A measurement's name as a person would say it."""
    if name in _NAMES:
        return _NAMES[name]
    short = next((name.removesuffix(s) for s in _SUFFIXES if name.endswith(s)), name)
    return short.replace("_", " ").strip().capitalize() or name


def measurement_value(value: float | None, unit: str) -> str:
    """A value with its unit; "not measured" where there is none."""
    if value is None or not math.isfinite(value):
        return "not measured"
    key = unit.strip().lower()
    word = _UNITS.get(key, unit)
    if word == "%":
        return f"{value * 100:.0f} %"
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {word}".strip().replace("-0.00", "0.00")


def count(number: int, thing: str) -> str:
    """``1 call``, ``3 calls``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def estimate_in_words(estimate: Estimate | None) -> str:
    """``72, between 61 and 83``, or that there is too little to tell."""
    if estimate is None:
        return "too few takes to tell"
    return f"{estimate.points:.0f}, between {estimate.low:.0f} and {estimate.high:.0f}"


def clock(seconds: float | None) -> str:
    """``0:07`` or ``12:40``; empty where there is no time."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def finite(value: float | None) -> float | None:
    """The value, None where it is none, not a number or infinite: those cannot be written as JSON."""
    return float(value) if value is not None and math.isfinite(value) else None


def reason_sentence(reason: Reason, *, words: bool = True) -> str:
    """A reason with its evidence in one line: what was heard, when, the norm and its source.

    Parameters
    ----------
    words
        False where the evidence is a stretch of sound and its text no quotation (pace, steadiness).
    """
    text = reason.text.strip()
    quotes = [quote(h) for h in reason.heard if words and h.text.strip() and h.text not in text]
    seconds = [
        clock(h.start_s) for h in reason.heard if not (words and h.text.strip()) and h.start_s is not None
    ]
    if quotes:
        text = f"{_stopped(text)} Heard: {', '.join(quotes)}."
    if seconds:
        text = f"{_stopped(text)} At {', '.join(seconds)}."
    if reason.norm and reason.norm not in text:
        text = f"{_stopped(text)} Norm: {reason.norm.rstrip('.')}"
        text += f" ({reason.source})." if reason.source else "."
    elif reason.source and reason.source not in text:
        text = f"{_stopped(text)} Source: {reason.source.rstrip('.')}."
    return text


def quote(heard: Heard) -> str:
    """The words heard in quotes, with their second where it is known."""
    at = f" at {clock(heard.start_s)}" if heard.start_s is not None else ""
    return f"“{heard.text.strip()}”{at}"


def _stopped(text: str) -> str:
    return text if not text or text[-1] in ".?!…”" else f"{text}."
