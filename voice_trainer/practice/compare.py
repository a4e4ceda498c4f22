"""Two takes of one turn side by side: what became better between them, what worse."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import in_order
from voice_trainer.domain.listening import FactStatus
from voice_trainer.domain.scenario import Turn
from voice_trainer.domain.score import Criterion, Score
from voice_trainer.errors import UsageError


@dataclass(frozen=True, slots=True)
class CriterionPair:
    """One criterion in both takes; None where it was not scored."""

    criterion: Criterion
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class FactPair:
    """What became of one fact in both takes; None where it was not judged."""

    fact_id: str
    before: FactStatus | None
    after: FactStatus | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two judged takes of one turn.

    `same_rubric` is False where they were judged under two versions: their points then stand for themselves
    and no difference may be drawn.
    """

    turn: Turn
    before: Take
    after: Take
    criteria: tuple[CriterionPair, ...]
    facts: tuple[FactPair, ...]
    same_rubric: bool


def compare(
    attempt: Attempt, *, turn_id: str | None = None, numbers: tuple[int, int] | None = None
) -> Comparison:
    """Compare two takes of a turn, by default the first and the best of the turn taken most.

    `numbers` are the takes' own, counted from 1 within the turn. The best is the one of the most listening
    points (of delivery points where none has any); among equals the newest. Where the first is the best
    itself, it stands against the newest.

    Raises
    ------
    UsageError
        ``turn_unknown``, ``take_unknown``, ``nothing_to_compare`` (fewer than two judged takes).
    """
    judged: dict[str, list[Take]] = defaultdict(list)
    for take in in_order(attempt):
        if take.score is not None:
            judged[take.turn_id].append(take)
    if turn_id is not None and attempt.scenario.turn(turn_id) is None:
        raise UsageError(
            "turn_unknown",
            f"The call has no turn `{turn_id}`.",
            remedy=f"Turns with judged takes: {', '.join(judged) or 'none'}.",
        )
    chosen = turn_id or max(judged, key=lambda name: len(judged[name]), default="")
    takes = judged.get(chosen, [])
    if len(takes) < 2:
        raise UsageError(
            "nothing_to_compare",
            "A comparison needs two judged takes of one turn.",
            remedy="Answer a turn again: `a` in the menu after a take.",
        )
    before, after = _first_and_best(takes) if numbers is None else _numbered(takes, numbers)
    turn = attempt.scenario.turn(chosen) or attempt.scenario.opening
    assert before.score is not None
    assert after.score is not None
    same = before.score.rubric_version == after.score.rubric_version
    return Comparison(
        turn, before, after, _criteria(before.score, after.score), _facts(turn, before, after), same
    )


def _first_and_best(takes: list[Take]) -> tuple[Take, Take]:
    first = takes[0]
    best = max(enumerate(takes), key=lambda entry: (*_points(entry[1]), entry[0]))[1]
    return first, (takes[-1] if best is first else best)


def _points(take: Take) -> tuple[int, int]:
    score = take.score
    assert score is not None
    return tuple(-1 if p is None else p for p in (score.listening_points, score.delivery_points))  # type: ignore[return-value]


def _numbered(takes: list[Take], numbers: tuple[int, int]) -> tuple[Take, Take]:
    by_number = {take.number: take for take in takes}
    for number in numbers:
        if number not in by_number:
            raise UsageError(
                "take_unknown",
                f"There is no judged take {number} of this turn.",
                remedy=f"Judged: {', '.join(map(str, by_number))}.",
            )
    return by_number[numbers[0]], by_number[numbers[1]]


def _criteria(before: Score, after: Score) -> tuple[CriterionPair, ...]:
    pairs = []
    for name in Criterion:
        one, other = before.criterion(name), after.criterion(name)
        if one is not None or other is not None:
            pairs.append(CriterionPair(name, one.points if one else None, other.points if other else None))
    return tuple(pairs)


def _facts(turn: Turn, before: Take, after: Take) -> tuple[FactPair, ...]:
    found = [
        {finding.fact_id: finding.status for finding in take.listening.facts} if take.listening else {}
        for take in (before, after)
    ]
    ids = [*dict.fromkeys([*(fact.id for fact in turn.facts), *found[0], *found[1]])]
    return tuple(FactPair(name, found[0].get(name), found[1].get(name)) for name in ids)
