"""A judged take in the terminal: what to keep, what to change, what to try; then the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from voice_trainer.cli.console import clock, console
from voice_trainer.domain.delivery import Delivery, Severity
from voice_trainer.domain.listening import FactStatus, Listening
from voice_trainer.domain.measurement import Heard, NotScored
from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS
from voice_trainer.domain.scenario import Turn
from voice_trainer.domain.score import CriterionScore, Score
from voice_trainer.domain.transcript import Transcript, TranscriptSource
from voice_trainer.exports.wording import CRITERIA, FACTS, REACTIONS

_STYLES = {
    FactStatus.REFLECTED: "good",
    FactStatus.PARTLY: "middle",
    FactStatus.MISSED: "bad",
    FactStatus.CONTRADICTED: "bad",
    FactStatus.UNSURE: "middle",
}


def show_result(
    *,
    turn: Turn,
    transcript: Transcript | None,
    delivery: Delivery | None,
    listening: Listening | None,
    score: Score,
    indicative: bool = False,
) -> None:
    """Everything about one take, most useful first."""
    out = console()
    _show_feedback(score)
    if indicative:
        out.print("[middle]Only an indication: there is no scenario to judge against.[/middle]")
    _show_criteria(score)
    if listening is not None:
        _show_listening(turn, listening)
    if transcript is not None:
        _show_transcript(transcript)
    for problem in delivery.signal.problems if delivery is not None else ():
        mark = "[bad]Sound:[/bad]" if problem.severity is Severity.BLOCKING else "[middle]Sound:[/middle]"
        out.print(f"{mark} {escape(problem.message)} {escape(problem.remedy)}")


def _show_feedback(score: Score) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="head", no_wrap=True)
    grid.add_column(max_width=76)
    grid.add_row("Keep", escape(score.feedback.strength))
    when = _when(score.feedback.evidence[0]) if score.feedback.evidence else ""
    grid.add_row("Change", escape(score.feedback.change + when))
    grid.add_row("Try saying", escape(f"“{score.feedback.try_saying}”"))
    console().print(Padding(grid, (1, 0, 1, 0)))


def _show_criteria(score: Score) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(max_width=80)
    _add_group(grid, "Listening", score.listening_points, score.criteria[2:])
    _add_group(grid, "Delivery", score.delivery_points, score.criteria[:2])
    console().print(grid)
    _, reaction = REACTIONS[score.reaction]
    console().print(f"{reaction}: {score.reaction_reason}.\n", markup=False)


def _add_group(grid: Table, name: str, points: int | None, criteria: Sequence[CriterionScore]) -> None:
    """A group of criteria; a reason not to score that holds for all of them is told once."""
    reasons = {criterion.withheld for criterion in criteria}
    shared = reasons.pop() if len(reasons) == 1 else None
    told = "" if shared is None else _why_not(shared)
    grid.add_row(f"[head]{name}[/head]", f"[head]{_points(points)}[/head]", told)
    for criterion in criteria if shared is None else ():
        _add_criterion(grid, criterion)


def _why_not(why: NotScored | None) -> str:
    text = f"not scored: {why.reason} {why.remedy}" if why else "not scored"
    return f"[quiet]{escape(text.removesuffix(' Nothing to do.'))}[/quiet]"


def _points(points: int | None) -> str:
    return "–" if points is None else str(points)


def _add_criterion(grid: Table, criterion: CriterionScore) -> None:
    name = f"  {CRITERIA[criterion.criterion]}"
    if criterion.points is None:
        grid.add_row(name, "–", _why_not(criterion.withheld))
        return
    style = "good" if criterion.points >= TOP_POINTS else "middle"
    style = style if criterion.points >= MIDDLE_POINTS else "bad"
    detail = next((r.text + _when(*r.heard[:1]) for r in criterion.reasons), "")
    band = f"[{style}]{escape(criterion.band or '')}[/{style}]"
    grid.add_row(name, str(criterion.points), f"{band}. {escape(detail)}" if detail else band)


def _show_listening(turn: Turn, listening: Listening) -> None:
    out = console()
    out.print("[head]What came back[/head]")
    texts = {fact.id: fact.text for fact in turn.facts}
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(max_width=84)
    for finding in listening.facts:
        text = texts.get(finding.fact_id, finding.fact_id)
        note = f" ({finding.note})" if finding.note else ""
        grid.add_row(_status(finding.status), escape(text + note + _quote(finding.heard)))
    if listening.wish.status is not None and turn.wish is not None:
        wish = f"the wish: {turn.wish.text}{_quote(listening.wish.heard)}"
        grid.add_row(_status(listening.wish.status), escape(wish))
    for claim in listening.added:
        grid.add_row("  [bad]! added[/bad]", escape(f"the customer never said this{_quote(claim)}"))
    out.print(grid)
    if listening.moves:
        strip = " > ".join(f"{move.kind}{_when(move.heard)}" for move in listening.moves)
        out.print(f"[head]Order[/head]  {escape(strip)}")


def _status(status: FactStatus) -> str:
    sign, _ = FACTS[status]
    return f"  [{_STYLES[status]}]{sign} {status}[/{_STYLES[status]}]"


def _show_transcript(transcript: Transcript) -> None:
    by = {
        TranscriptSource.MACHINE: f"heard by {transcript.engine}",
        TranscriptSource.CORRECTED: "corrected by you",
        TranscriptSource.TYPED: "typed",
    }[transcript.source]
    if transcript.source is TranscriptSource.MACHINE and transcript.reliability is not None:
        by += f", reliability {transcript.reliability:.0%}"
    console().print(f"[head]Your words[/head] [quiet]({by})[/quiet]")
    console().print(Padding(escape(transcript.text or "(nothing)"), (0, 0, 0, 2)))


def _quote(heard: Heard | None) -> str:
    return "" if heard is None or not heard.text else f": “{heard.text}”{_when(heard)}"


def _when(heard: Heard | None = None) -> str:
    return "" if heard is None or heard.start_s is None else f" (at {clock(heard.start_s)})"
