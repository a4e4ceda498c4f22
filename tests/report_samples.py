# ruff: noqa: E501
"""Made-up domain values for the tests of the exports: a good and a poor reply to the same complaint.

Run as a program it writes the page, to be looked at: ``python -m tests.report_samples page.html``.
"""

from __future__ import annotations

import functools
import io
import math
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from voice_trainer.domain.delivery import (
    Delivery,
    Pace,
    Severity,
    SignalProblem,
    SignalQuality,
    Tone,
    VoiceProfile,
)
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
from voice_trainer.domain.score import Criterion, CriterionScore, Feedback, Reason, Score
from voice_trainer.domain.transcript import Transcript, Word
from voice_trainer.domain.waveform import Waveform
from voice_trainer.exports.envelope import envelope_of
from voice_trainer.exports.report import ReportPanel, render_report

TURN = Turn(
    id="opening",
    says="I ordered a coffee machine three weeks ago and it still hasn't arrived. Every time I ring you I get "
    "a different story, and last Tuesday I took a whole day off work to wait in and nobody came. I'm "
    "really fed up with this. I just want to know when it's actually coming.",
    emotion="frustrated",
    wish=Wish("know when the coffee machine is coming"),
    facts=(
        Fact("late", "the coffee machine was ordered three weeks ago and has not arrived"),
        Fact("stories", "the customer is told something different every time she rings"),
        Fact("day-off", "the customer took last Tuesday off work to wait in and nobody came"),
    ),
)
SCENARIO = Scenario(
    "late-coffee-machine",
    1,
    "The coffee machine that never came",
    "retail-delivery",
    "en-GB",
    CallKind.COMPLAINT,
    2,
    (TURN,),
    persona=Persona("Dana Whitfield", Gender.FEMALE, "39, works nights"),
)
BASELINE = VoiceProfile(87.0, 9.0, -3.0, -58.0, 34.0, 9.5, 7600.0, 4.1)
GOOD = (
    "It sounds as if you're thoroughly fed up Dana and no wonder . You've been without your coffee machine for "
    "three weeks , each call brings a new explanation , and you gave up Tuesday for a delivery where no one "
    "showed . What you need is a firm date . Have I got that right ?"
)
POOR = (
    "Please calm down madam . Our policy is two working weeks . You ordered a coffee machine eight weeks ago and "
    "it still hasn't arrived . I can offer you a voucher for your next purchase ."
)
PACE_NORM = "120-150 words a minute on the phone", "service-training.co.uk"


def spoken(text: str, *, words_per_s: float, doubt: Sequence[str] = ()) -> Transcript:
    """Words evenly in time, with a pause where a comma or full stop stands alone."""
    words: list[Word] = []
    now = 0.5
    for token in text.split():
        if token in (".", ",", "?"):
            last = words[-1]
            words[-1] = Word(last.text + token, last.start_s, last.end_s, last.probability)
            now += 0.75 if token == "." else 0.2
            continue
        long = (0.5 + len(token) / 9) / words_per_s
        words.append(Word(token, round(now, 2), round(now + long, 2), 0.41 if token in doubt else 0.93))
        now += long + 0.03
    text = " ".join(word.text for word in words)
    return Transcript(text, tuple(words), "pocketsphinx", "en-us", 0.87)


def heard(transcript: Transcript, text: str) -> Heard:
    """The words of the transcript that read `text`, with their times."""
    plain = [word.text.strip(".,?").lower() for word in transcript.words]
    wanted = text.lower().split()
    for first in range(len(plain) - len(wanted) + 1):
        if plain[first : first + len(wanted)] == wanted:
            found = transcript.words[first : first + len(wanted)]
            return Heard(" ".join(w.text for w in found), found[0].start_s, found[-1].end_s)
    raise AssertionError(text)


def number(name: str, value: float | None, unit: str) -> Measurement:
    return Measurement(name, value, unit, 0.9)


def sound(transcript: Transcript) -> Waveform:
    """A buzz wherever a word is."""
    rate = 16_000
    end = (transcript.words[-1].end_s or 0.0) + 0.6
    times = np.arange(int(end * rate)) / rate
    loud = np.zeros_like(times)
    for index, word in enumerate(transcript.words):
        middle = ((word.start_s or 0.0) + (word.end_s or 0.0)) / 2
        width = ((word.end_s or 0.0) - (word.start_s or 0.0)) / 2.6
        loud += np.exp(-(((times - middle) / width) ** 2)) * (0.35 + 0.3 * abs(math.sin(index * 1.7)))
    buzz = sum(np.sin(2 * np.pi * 150 * k * times) / k for k in range(1, 9))
    noise = np.random.default_rng(7).normal(0, 0.003, len(times))
    return Waveform((0.4 * loud * buzz + noise).clip(-1, 1).astype(np.float32), rate)


def flac(waveform: Waveform) -> bytes:
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, waveform.samples, waveform.rate_hz, format="FLAC")
    return buffer.getvalue()


def delivery(transcript: Transcript, *, raised: tuple[Span, ...] = (), wpm: float = 138.0) -> Delivery:
    words = transcript.words
    times = np.arange(0, (words[-1].end_s or 0.0) + 0.6, 0.01)
    voiced = [any((w.start_s or 0) <= t <= (w.end_s or 0) for w in words) for t in times]
    lift = [3.4 if any(s.start_s <= t <= s.end_s for s in raised) else 0.0 for t in times]
    pitch = [
        87.2 + up + 1.6 * math.sin(t * 2.1) + 0.8 * math.sin(t * 7) if v else None
        for t, v, up in zip(times, voiced, lift, strict=True)
    ]
    level = [
        -21 + up + 6 * math.sin(t * 9) if v else -57.0 + math.sin(t * 5)
        for t, v, up in zip(times, voiced, lift, strict=True)
    ]
    clock = tuple(float(t) for t in times)
    gaps = pairwise(words)
    pauses = tuple(
        Span(a.end_s or 0.0, b.start_s or 0.0, "pause")
        for a, b in gaps
        if (b.start_s or 0.0) - (a.end_s or 0.0) > 0.5
    )
    pace = Pace(
        number("speech_rate_wpm", wpm, "wpm"),
        number("articulation_rate_sps", 4.2, "sps"),
        number("pause_share", 0.14, "share"),
        number("longest_pause_s", 0.78, "s"),
        number("reply_gap_s", None, "s"),
        number("fastest_3s_wpm", wpm * 1.2, "wpm"),
        number("slowest_3s_wpm", wpm * 0.8, "wpm"),
        pauses,
        Curve("pace", "wpm", (1.5, 2.5), (wpm, wpm)),
    )
    tone = Tone(
        number("raised", 0.9 if raised else 0.1, "r"),
        number("f0_change_semitones", 3.1 if raised else 0.2, "semitones"),
        number("hf500_change_db", 4.0 if raised else 0.3, "db"),
        number("alpha_change_db", 3.0 if raised else 0.1, "db"),
        Curve("raised", "r", (1.0, 2.0), (0.1, 0.2)),
        raised,
    )
    signal = SignalQuality(clock[-1], 12.0, -21.0, -57.0, 36.0, 0.0, 7800.0, ())
    return Delivery(
        (Span(0.5, clock[-1] - 0.6),),
        pace,
        tone,
        signal,
        Curve("pitch", "semitones", clock, tuple(pitch)),
        Curve("level", "dBFS", clock, tuple(level)),
    )


def criterion(name: Criterion, points: int, band: str, *reasons: Reason) -> CriterionScore:
    measured = (number("speech_rate_wpm", 138.0, "wpm"),) if name is Criterion.PACE else ()
    return CriterionScore(name, points, band, reasons, measured)


@functools.cache
def good_panel(*, audio: bool = True) -> ReportPanel:
    said = spoken(GOOD, words_per_s=2.6, doubt=("firm",))
    wave = sound(said)
    listening = Listening(
        facts=(
            FactFinding(
                "late", FactStatus.REFLECTED, heard(said, "without your coffee machine for three weeks")
            ),
            FactFinding("stories", FactStatus.REFLECTED, heard(said, "each call brings a new explanation")),
            FactFinding(
                "day-off",
                FactStatus.PARTLY,
                heard(said, "you gave up Tuesday for a delivery where no one showed"),
                note="You left out that it was a day off work.",
            ),
        ),
        wish=WishFinding(FactStatus.REFLECTED, heard(said, "What you need is a firm date")),
        emotion=EmotionFinding(EmotionStatus.NAMED, heard(said, "you're thoroughly fed up")),
        moves=(
            Move(
                MoveKind.ACKNOWLEDGE,
                heard(said, "It sounds as if you're thoroughly fed up Dana and no wonder"),
            ),
            Move(
                MoveKind.PARAPHRASE,
                heard(
                    said,
                    "You've been without your coffee machine for three weeks each call brings a new explanation and you gave up Tuesday for a delivery where no one showed",
                ),
            ),
            Move(MoveKind.CHECK, heard(said, "Have I got that right")),
        ),
        missteps=(),
        added=(),
        copied=(),
        copied_share=number("copied_share", 0.0, "share"),
        reflective_form=number("reflective_form", 0.9, "1"),
    )
    score = Score(
        "1",
        (
            criterion(
                Criterion.PACE,
                96,
                "easy to follow",
                Reason("You spoke at 138 words a minute, easy to follow.", 0, (), *PACE_NORM),
            ),
            criterion(Criterion.TONE_CALMNESS, 88, "steady"),
            criterion(
                Criterion.PARAPHRASE,
                87,
                "heard",
                Reason(
                    "One part came back only partly: the day off work.",
                    13,
                    (heard(said, "you gave up Tuesday"),),
                    "Give back each fact in your own words",
                    "HEARD / LAST",
                ),
            ),
            criterion(
                Criterion.VALIDATION,
                92,
                "specific",
                Reason("You named the feeling.", 0, (heard(said, "thoroughly fed up"),)),
            ),
            criterion(Criterion.ORDER, 100, "understanding first"),
        ),
        91,
        92,
        Feedback(
            "You named how Dana feels before anything else, and gave back all three parts of her story.",
            "Say that Tuesday was a whole day off work: that is what she gave up.",
            "And you took all of Tuesday off work, for a delivery that never came.",
            (heard(said, "you gave up Tuesday"),),
        ),
        Reaction.CALMER,
        "She heard her own story in your words.",
    )
    return ReportPanel(
        scenario=SCENARIO,
        turn=TURN,
        label="A reply that listens",
        note="A synthetic voice speaks here.",
        transcript=said,
        delivery=delivery(said),
        listening=listening,
        score=score,
        baseline=BASELINE,
        audio=flac(wave) if audio else None,
        envelope=envelope_of(wave),
        duration_s=wave.duration_s,
        pace_band_wpm=(110.0, 160.0),
    )


@functools.cache
def poor_panel(*, audio: bool = True) -> ReportPanel:
    said = spoken(POOR, words_per_s=3.6, doubt=("voucher", "eight"))
    wave = sound(said)
    copy = heard(said, "ordered a coffee machine eight weeks ago and it still hasn't arrived")
    listening = Listening(
        facts=(
            FactFinding(
                "late",
                FactStatus.CONTRADICTED,
                heard(said, "coffee machine eight weeks ago"),
                note="We heard eight weeks; the customer said three.",
            ),
            FactFinding("stories", FactStatus.MISSED),
            FactFinding("day-off", FactStatus.UNSURE, heard(said, "two working weeks")),
        ),
        wish=WishFinding(FactStatus.MISSED),
        emotion=EmotionFinding(EmotionStatus.NONE),
        moves=(
            Move(MoveKind.POLICY, heard(said, "Our policy is two working weeks")),
            Move(
                MoveKind.PARAPHRASE,
                heard(said, "You ordered a coffee machine eight weeks ago and it still hasn't arrived"),
            ),
            Move(MoveKind.OFFER, heard(said, "I can offer you a voucher for your next purchase")),
        ),
        missteps=(
            Misstep(MisstepKind.CALM_DOWN, heard(said, "calm down madam")),
            Misstep(MisstepKind.POLICY_SHIELD, heard(said, "Our policy is two working weeks")),
            Misstep(MisstepKind.COPIED, copy),
        ),
        added=(heard(said, "your next purchase"),),
        copied=(copy,),
        copied_share=number("copied_share", 0.34, "share"),
        reflective_form=number("reflective_form", 0.1, "1"),
    )
    score = Score(
        "1",
        (
            criterion(
                Criterion.PACE,
                58,
                "rushed",
                Reason(
                    "You spoke at 187 words a minute, which is quick: leave room between thoughts.",
                    42,
                    (),
                    *PACE_NORM,
                ),
            ),
            CriterionScore(
                Criterion.TONE_CALMNESS,
                None,
                None,
                withheld=NotScored(
                    "no_baseline",
                    "There is no baseline of your voice on this device.",
                    "Record one: voice-trainer baseline --record.",
                ),
            ),
            criterion(
                Criterion.PARAPHRASE,
                22,
                "not heard",
                Reason(
                    "A number came back wrong: eight weeks for three.",
                    30,
                    (heard(said, "eight weeks ago"),),
                    "Numbers come back right",
                    "HEARD / LAST",
                ),
                Reason("A long run was repeated word for word.", 25, (copy,)),
            ),
            criterion(
                Criterion.VALIDATION,
                5,
                "cold",
                Reason("“Calm down” makes people feel unheard.", 60, (heard(said, "calm down madam"),)),
            ),
            criterion(Criterion.ORDER, 35, "rules first"),
        ),
        24,
        58,
        Feedback(
            "You offered something of your own accord.",
            "Begin with how she feels, not with the policy.",
            "Three weeks of waiting, and a new story each time. I would be fed up too.",
        ),
        Reaction.ANGRIER,
        "“Calm down” came before any sign of listening.",
    )
    raised = (Span(1.2, 4.6, "raised"),)
    return ReportPanel(
        scenario=SCENARIO,
        turn=TURN,
        label="A reply that does not",
        note="A synthetic voice speaks here.",
        transcript=said,
        delivery=delivery(said, raised=raised, wpm=187.0),
        listening=listening,
        score=score,
        baseline=BASELINE,
        audio=flac(wave) if audio else None,
        envelope=envelope_of(wave),
        duration_s=wave.duration_s,
        pace_band_wpm=(110.0, 160.0),
    )


PROBLEM = SignalProblem("noisy", Severity.WARNING, "The room is loud (12 dB).", "Move somewhere quieter.")

if __name__ == "__main__":
    page = render_report(
        "Two replies to the same complaint",
        [good_panel(), poor_panel()],
        intro="Same customer, same words. Listen to both, then look at what came back to her.",
    )
    Path(sys.argv[1]).write_text(page, encoding="utf-8")
