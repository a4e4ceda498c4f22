"""A panel's domain values, made ready for the template: words, numbers and pixels, no decisions."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice_trainer.domain.delivery import SignalProblem
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.measurement import Heard, NotScored
from voice_trainer.domain.score import DELIVERY_CRITERIA, CriterionScore, Feedback
from voice_trainer.domain.transcript import Transcript, TranscriptSource
from voice_trainer.exports.formulas import formulas_of
from voice_trainer.exports.panel import ReportPanel
from voice_trainer.exports.timeline import Timeline, timeline
from voice_trainer.exports.wording import (
    CRITERIA,
    EMOTIONS,
    FACTS,
    HELP,
    MISSTEPS,
    MOVES,
    REACTIONS,
    clock,
    measurement_name,
    measurement_value,
)

DOUBTFUL = 0.6  # word probability under which the recogniser's doubt is shown
_LEAD_S = 0.15  # a jump begins a moment early, or the first sound would be cut


@dataclass(frozen=True, slots=True)
class Jump:
    """Words heard, and the second that plays them (empty `at` where there is no sound)."""

    text: str
    at: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the listening map."""

    what: str
    kind: str  # the class of its sign
    sign: str
    word: str
    heard: Jump | None = None
    note: str = ""
    topic: str = "Fact"
    item: str = ""  # what a dispute calls it: "fact:late", "wish", "emotion"


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason with its evidence."""

    text: str
    lost: str
    heard: tuple[Jump, ...]


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A criterion with its points, or why there are none."""

    key: str  # as in the JSON of a score
    name: str
    points: int | None
    band: str
    level: str  # top | middle | low | none
    reasons: tuple[ReasonView, ...]
    norms: tuple[tuple[str, str], ...]  # each norm with its source, told once
    measurements: tuple[tuple[str, str, str], ...]
    formulas: tuple[str, ...]  # how points and numbers come about
    withheld: NotScored | None


@dataclass(frozen=True, slots=True)
class Call:
    """What the customer said."""

    title: str
    who: str
    says: str
    about: str


@dataclass(frozen=True, slots=True)
class TokenView:
    """A word of the transcript."""

    text: str
    at: str
    copied: bool
    doubt: str  # "42 %", empty where there is none


@dataclass(frozen=True, slots=True)
class PanelView:
    """Everything the template shows of one take."""

    number: int
    label: str
    note: str
    call: Call
    audio: str
    feedback: Feedback | None
    example: str  # where the sentence to try is heard, empty where it is not
    evidence: tuple[Jump, ...]
    listening_points: int | None
    delivery_points: int | None
    reaction: tuple[str, str, str] | None
    timeline: Timeline | None
    anchors: tuple[str, ...]
    findings: tuple[Finding, ...]
    added: tuple[Jump, ...]
    moves: tuple[tuple[str, Jump], ...]
    missteps: tuple[tuple[str, Jump | None], ...]
    help: tuple[Finding, ...]
    unheard: NotScored | None  # why the words were not judged
    problems: tuple[SignalProblem, ...]
    criteria: tuple[CriterionView, ...]
    tokens: tuple[TokenView, ...]
    source: str
    indicative: bool
    versions: str


class _Jumps:
    """Makes jumps, and remembers the seconds for the fallback targets."""

    def __init__(self, number: int, *, sound: bool) -> None:
        self._number, self._sound = number, sound
        self.targets: dict[str, None] = {}

    def __call__(self, heard: Heard) -> Jump:
        if heard.start_s is None:
            return Jump(heard.text)
        if not self._sound:
            return Jump(heard.text, "", clock(heard.start_s))
        at = f"{max(0.0, heard.start_s - _LEAD_S):.2f}"
        self.targets[f"t={at}&take={self._number}"] = None
        return Jump(heard.text, at, clock(heard.start_s))


def panel_view(panel: ReportPanel, number: int) -> PanelView:
    """The view of the take that stands as `number` on the page, counted from 1."""
    jump = _Jumps(number, sound=panel.sounds)
    score, listening = panel.score, panel.listening
    judged = listening if listening is not None and listening.withheld is None else None
    copied = _copied(panel.transcript, judged)
    return PanelView(
        number=number,
        label=panel.label or f"Reply {number}",
        note=panel.note,
        call=Call(
            panel.scenario.title, panel.scenario.persona.name, panel.turn.says, panel.scenario.persona.about
        ),
        audio=_data_uri(panel),
        feedback=score.feedback if score else None,
        example=panel.example_url,
        evidence=tuple(jump(heard) for heard in score.feedback.evidence) if score else (),
        listening_points=score.listening_points if score else None,
        delivery_points=score.delivery_points if score else None,
        reaction=(*REACTIONS[score.reaction], score.reaction_reason.strip()) if score else None,
        timeline=timeline(panel, judged, _flags(panel.transcript, copied)),
        findings=_findings(panel, judged, jump),
        added=tuple(jump(heard) for heard in judged.added) if judged else (),
        moves=tuple((MOVES[m.kind], jump(m.heard)) for m in judged.moves) if judged else (),
        missteps=tuple((MISSTEPS[m.kind], jump(m.heard) if m.heard else None) for m in judged.missteps)
        if judged
        else (),
        help=_help(judged, jump),
        unheard=listening.withheld if listening else None,
        problems=panel.delivery.signal.problems if panel.delivery else (),
        criteria=tuple(_criterion(c, jump) for c in score.criteria) if score else (),
        tokens=_tokens(panel, copied),
        source=_source(panel.transcript),
        indicative=listening is not None and listening.indicative,
        versions=f"Rubric {score.rubric_version}" if score else "",
        anchors=tuple(jump.targets),
    )


def _data_uri(panel: ReportPanel) -> str:
    if panel.audio is None:
        return panel.audio_url
    return f"data:{panel.audio_type};base64,{base64.b64encode(panel.audio).decode()}"


def _findings(panel: ReportPanel, judged: Listening | None, jump: _Jumps) -> tuple[Finding, ...]:
    if judged is None:
        return ()
    texts = {fact.id: fact.text for fact in panel.turn.facts}
    found = []
    for fact in judged.facts:
        sign, word = FACTS[fact.status]
        heard = jump(fact.heard) if fact.heard else None
        text = texts.get(fact.fact_id, fact.fact_id)
        item = f"fact:{fact.fact_id}"
        found.append(Finding(text, fact.status.value, sign, word, heard, fact.note, item=item))
    if judged.wish.status is not None and panel.turn.wish is not None:
        sign, word = FACTS[judged.wish.status]
        heard = jump(judged.wish.heard) if judged.wish.heard else None
        status = judged.wish.status.value
        found.append(Finding(panel.turn.wish.text, status, sign, word, heard, topic="Wish", item="wish"))
    if panel.turn.emotion:
        emotion = judged.emotion
        sign, word = EMOTIONS[emotion.status]
        heard = jump(emotion.heard) if emotion.heard else None
        note = "A canned phrase counts for little." if emotion.canned else ""
        kind = {"named": "reflected", "generic": "partly", "none": "missed"}[emotion.status.value]
        found.append(Finding(panel.turn.emotion, kind, sign, word, heard, note, "Feeling", "emotion"))
    return tuple(found)


def _help(judged: Listening | None, jump: _Jumps) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            HELP[sign.kind],
            "reflected" if sign.found else "missed",
            "✓" if sign.found else "○",
            "Found" if sign.found else "Not found",
            jump(sign.heard) if sign.heard else None,
        )
        for sign in (judged.help if judged else ())
    )


def _criterion(criterion: CriterionScore, jump: _Jumps) -> CriterionView:
    points = criterion.points
    words = criterion.criterion not in DELIVERY_CRITERIA  # else the evidence is sound, not a quotation
    level = "none" if points is None else "top" if points >= 80 else "middle" if points >= 60 else "low"
    return CriterionView(
        key=criterion.criterion.value,
        name=CRITERIA[criterion.criterion],
        points=points,
        band=criterion.band or "",
        level=level,
        reasons=tuple(
            ReasonView(
                reason.text,
                f"−{reason.points_lost:.0f}" if reason.points_lost >= 0.5 else "",
                tuple(jump(heard if words else replace(heard, text="")) for heard in reason.heard),
            )
            for reason in criterion.reasons
        ),
        norms=tuple(dict.fromkeys((r.norm, r.source) for r in criterion.reasons if r.norm or r.source)),
        measurements=tuple(
            (measurement_name(m.name), measurement_value(m.value, m.unit), f"{m.confidence:.0%}")
            for m in criterion.measurements
        ),
        formulas=formulas_of(criterion),
        withheld=criterion.withheld,
    )


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _copied(transcript: Transcript | None, judged: Listening | None) -> list[bool]:
    """Which words of the transcript lie inside a copied run: by time, or by the words where untimed."""
    words = transcript.words if transcript else ()
    marked = [False] * len(words)
    plain = [_plain(word.text) for word in words]
    for run in judged.copied if judged else ():
        if run.start_s is not None and run.end_s is not None:
            for index, word in enumerate(words):
                if word.start_s is not None and run.start_s - 0.01 <= word.start_s < run.end_s:
                    marked[index] = True
            continue
        wanted = [piece for piece in map(_plain, run.text.split()) if piece]
        for first in range(len(words) - len(wanted) + 1):
            if wanted and plain[first : first + len(wanted)] == wanted:
                marked[first : first + len(wanted)] = [True] * len(wanted)
    return marked


def _doubtful(transcript: Transcript) -> list[bool]:
    machine = transcript.source is TranscriptSource.MACHINE
    return [machine and word.probability < DOUBTFUL for word in transcript.words]


def _flags(transcript: Transcript | None, copied: Sequence[bool]) -> list[str]:
    if transcript is None:
        return []
    pairs = zip(copied, _doubtful(transcript), strict=True)
    return [" ".join(n for n, on in (("copied", c), ("doubt", d)) if on) for c, d in pairs]


def _tokens(panel: ReportPanel, copied: Sequence[bool]) -> tuple[TokenView, ...]:
    transcript = panel.transcript
    if transcript is None:
        return ()
    if not transcript.words:
        return (TokenView(transcript.text, "", False, ""),) if transcript.text.strip() else ()
    return tuple(
        TokenView(
            word.text,
            f"{word.start_s:.2f}" if word.start_s is not None and panel.sounds else "",
            is_copied,
            f"{word.probability:.0%}" if doubt else "",
        )
        for word, is_copied, doubt in zip(transcript.words, copied, _doubtful(transcript), strict=True)
    )


def _source(transcript: Transcript | None) -> str:
    if transcript is None:
        return "There is no transcript."
    if transcript.source is TranscriptSource.CORRECTED:
        return "The agent corrected these words."
    if transcript.source is TranscriptSource.TYPED:
        return "These words were typed."
    heard = f"Heard by {transcript.engine} ({transcript.model})"
    if transcript.reliability is None:
        return f"{heard}."
    return f"{heard}, reliability {transcript.reliability:.0%}."
