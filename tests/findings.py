"""Measurements as short as a test wants them: a good take, and what is said to be different."""

from __future__ import annotations

from typing import Any

from voice_trainer.domain.delivery import Delivery, Pace, Severity, SignalProblem, SignalQuality, Tone
from voice_trainer.domain.listening import (
    EmotionFinding,
    EmotionStatus,
    FactFinding,
    FactStatus,
    Listening,
    Misstep,
    MisstepKind,
    Move,
    MoveKind,
    WishFinding,
)
from voice_trainer.domain.measurement import Curve, Heard, Measurement, NotScored, Span
from voice_trainer.domain.scenario import (
    CallKind,
    Fact,
    Gender,
    Persona,
    Reaction,
    Scenario,
    Turn,
    Wish,
)

FACTS = (
    Fact("late", "the coffee machine was ordered three weeks ago and has not arrived"),
    Fact("stories", "every call brings a different explanation"),
    Fact("day-off", "they stayed at home on Tuesday and nobody came", weight=2.0),
)
TURN = Turn(
    "opening",
    "I ordered a coffee machine three weeks ago and it still hasn't arrived.",
    emotion="frustrated",
    wish=Wish("know when the coffee machine is coming"),
    facts=FACTS,
    model_replies=("So you have waited three weeks and hear something new each time. Is that right?",),
    then=((Reaction.CALMER, "thanks"), (Reaction.SAME, "thanks"), (Reaction.ANGRIER, "threat")),
)
THREAT = Turn(
    "threat",
    "So you have nothing for me. Then cancel the order.",
    emotion="angry",
    wish=Wish("cancel the order"),
    then=((Reaction.CALMER, "thanks"), (Reaction.SAME, "thanks"), (Reaction.ANGRIER, "thanks")),
)
THANKS = Turn("thanks", "All right. Thank you for sorting it out.", emotion="relieved")
CALL = Scenario(
    "late-coffee-machine",
    1,
    "The coffee machine that never came",
    "retail-delivery",
    "en-GB",
    CallKind.COMPLAINT,
    2,
    (TURN, THREAT, THANKS),
    persona=Persona("Dana Whitfield", Gender.FEMALE, "works nights"),
)
SAID = Heard("your coffee machine was ordered three weeks ago", 2.0, 4.5)
_NO_CURVE = Curve("", "", (), ())


def number(name: str, value: float | None, unit: str = "") -> Measurement:
    return Measurement(name, value, unit)


def heard_all(*, status: FactStatus = FactStatus.REFLECTED, **different: Any) -> Listening:
    """Every fact of `TURN` in that status, the wish and the feeling given back, in order."""
    values: dict[str, Any] = {
        "facts": tuple(FactFinding(fact.id, status, SAID) for fact in FACTS),
        "wish": WishFinding(FactStatus.REFLECTED, Heard("when it is coming", 6.0, 7.0)),
        "emotion": EmotionFinding(EmotionStatus.NAMED, Heard("fed up", 0.5, 1.0)),
        "moves": moves(MoveKind.ACKNOWLEDGE, MoveKind.PARAPHRASE, MoveKind.CHECK),
        "missteps": (),
        "added": (),
        "copied": (),
        "copied_share": number("copied_share", 0.0),
        "reflective_form": number("reflective_form", 1.0),
    }
    return Listening(**{**values, **different})


def moves(*kinds: MoveKind) -> tuple[Move, ...]:
    return tuple(Move(kind, Heard(kind, float(index), index + 1.0)) for index, kind in enumerate(kinds))


def missteps(*kinds: MisstepKind) -> tuple[Misstep, ...]:
    return tuple(Misstep(kind, Heard(f"words of {kind}", 1.0, 2.0)) for kind in kinds)


def facts_with(**statuses: FactStatus) -> tuple[FactFinding, ...]:
    """Facts by id (``day_off`` for ``day-off``); those not named are reflected."""
    return tuple(
        FactFinding(fact.id, statuses.get(fact.id.replace("-", "_"), FactStatus.REFLECTED), SAID)
        for fact in FACTS
    )


def spoken(
    *,
    rate_wpm: float | None = 135.0,
    fastest_wpm: float | None = 170.0,
    pause_share: float | None = 0.1,
    reply_gap_s: float | None = 0.4,
    raised: float | None = 0.1,
    speech_s: float = 12.0,
    level_dbfs: float = -25.0,
    problems: tuple[SignalProblem, ...] = (),
    tone_withheld: NotScored | None = None,
) -> Delivery:
    """A reply of fifteen seconds."""
    pace = Pace(
        number("speech_rate_wpm", rate_wpm, "wpm"),
        number("articulation_rate_sps", 4.2, "sps"),
        number("pause_share", pause_share, "share"),
        number("longest_pause_s", 0.8, "s"),
        number("reply_gap_s", reply_gap_s, "s"),
        Measurement("fastest_3s_wpm", fastest_wpm, "wpm", 1.0, (Span(3.0, 6.0, "and every call"),)),
        number("slowest_3s_wpm", 90.0, "wpm"),
        (),
        _NO_CURVE,
    )
    tone = Tone(
        number("raised", raised),
        number("f0_change_semitones", 0.5, "semitones"),
        number("hf500_change_db", 0.4, "dB"),
        number("alpha_change_db", 0.2, "dB"),
        _NO_CURVE,
        (Span(4.0, 6.0, "every time"),),
        tone_withheld,
    )
    signal = SignalQuality(15.0, speech_s, level_dbfs, level_dbfs - 40, 40.0, 0.0, 8000.0, problems)
    return Delivery((Span(0.5, 14.0),), pace, tone, signal, _NO_CURVE, _NO_CURVE)


def blocking(code: str = "mixed") -> SignalProblem:
    return SignalProblem(code, Severity.BLOCKING, "Two voices are mixed here.", "Record yourself alone.")
