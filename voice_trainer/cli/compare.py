"""Two takes of one turn side by side in the terminal, and as JSON."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from voice_trainer.cli.console import console
from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import as_judged
from voice_trainer.domain.listening import FactStatus
from voice_trainer.exports.wording import CRITERIA, FACTS
from voice_trainer.practice.compare import Comparison


def show_comparison(attempt: Attempt, found: Comparison) -> None:
    """Points with their difference, the facts, then both replies."""
    out = console()
    out.print(f"[head]{escape(attempt.scenario.title)}[/head], turn {escape(found.turn.id)}")
    heads = [f"take {take.number}" for take in (found.before, found.after)]
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for head in heads:
        table.add_column(head, justify="right")
    table.add_column("change", justify="right")
    for name, before, after in _totals(found):
        table.add_row(f"[head]{name}[/head]", _points(before), _points(after), _change(found, before, after))
    for pair in found.criteria:
        change = _change(found, pair.before, pair.after)
        table.add_row(f"  {CRITERIA[pair.criterion]}", _points(pair.before), _points(pair.after), change)
    out.print(table)
    if not found.same_rubric:
        out.print("[middle]Judged under two versions of the rubric: the points cannot be compared.[/middle]")
        out.print(f"`voice-trainer attempts rescore {attempt.id}` judges both alike.", markup=False)
    if found.facts:
        texts = {f.id: f.text for t in (found.before, found.after) for f in as_judged(attempt, t).facts}
        facts = Table(box=None, pad_edge=False, show_header=False)
        facts.add_column(max_width=44)
        facts.add_column()
        facts.add_column()
        for fact in found.facts:
            text = escape(texts.get(fact.fact_id, fact.fact_id))
            facts.add_row(f"  {text}", _status(fact.before), _status(fact.after))
        out.print("\n[head]What came back[/head]")
        out.print(facts)
    words = Table(box=None, pad_edge=False, expand=False)
    for head in heads:
        words.add_column(head, ratio=1, max_width=52)
    words.add_row(*(escape(_said(take)) for take in (found.before, found.after)))
    out.print()
    out.print(words)


def comparison_object(attempt: Attempt, found: Comparison) -> dict[str, object]:
    """As JSON; a difference is null where one was not scored or the rubrics differ."""

    def pair(before: int | None, after: int | None) -> dict[str, int | None]:
        known = found.same_rubric and before is not None and after is not None
        return {"before": before, "after": after, "change": (after or 0) - (before or 0) if known else None}

    return {
        "attempt": attempt.id,
        "turn": found.turn.id,
        "takes": [found.before.id, found.after.id],
        "same_rubric": found.same_rubric,
        "overall": {name.lower(): pair(before, after) for name, before, after in _totals(found)},
        "criteria": {one.criterion.value: pair(one.before, one.after) for one in found.criteria},
        "facts": {one.fact_id: {"before": one.before, "after": one.after} for one in found.facts},
        "said": [_said(found.before), _said(found.after)],
    }


def _totals(found: Comparison) -> list[tuple[str, int | None, int | None]]:
    before, after = found.before.score, found.after.score
    assert before is not None
    assert after is not None
    return [
        ("Listening", before.listening_points, after.listening_points),
        ("Delivery", before.delivery_points, after.delivery_points),
    ]


def _points(points: int | None) -> str:
    return "–" if points is None else str(points)


def _change(found: Comparison, before: int | None, after: int | None) -> str:
    if not found.same_rubric or before is None or after is None:
        return ""
    style = "good" if after > before else "bad" if after < before else "quiet"
    return f"[{style}]{after - before:+d}[/{style}]"


def _status(status: FactStatus | None) -> str:
    return "–" if status is None else f"{FACTS[status][0]} {status}"


def _said(take: Take) -> str:
    return take.transcript.text if take.transcript and take.transcript.text else "(nothing)"
