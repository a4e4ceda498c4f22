"""A rubric changes: what it would do to scores that exist, before anybody is judged by it.

Measurements are stored with every take, so trying a rubric needs neither sound nor recogniser.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import as_judged
from voice_trainer.domain.rubric import Rubric
from voice_trainer.domain.score import Criterion, Score
from voice_trainer.scoring import score_take


@dataclass(frozen=True, slots=True)
class Drift:
    """What a rubric does to one criterion.

    `before` and `after` are mean points over the takes that both rubrics score (None where there is none);
    `moved` counts takes whose band changes; `scored` counts the takes.
    """

    criterion: Criterion
    scored: int
    before: float | None
    after: float | None
    moved: int


def preview(rubric: Rubric, attempts: Iterable[Attempt], *, current: Rubric) -> list[Drift]:
    """Each criterion under `current` and under `rubric`, on takes that exist. Nothing is saved."""
    pairs: dict[Criterion, list[tuple[int, int]]] = defaultdict(list)
    for attempt in attempts:
        for take in attempt.takes:
            old, new = rescored(attempt, take, current), rescored(attempt, take, rubric)
            if old is None or new is None:
                continue
            for one in old.criteria:
                other = new.criterion(one.criterion)
                if one.points is not None and other is not None and other.points is not None:
                    pairs[one.criterion].append((one.points, other.points))
    return [_drift(criterion, pairs[criterion], current, rubric) for criterion in Criterion]


def rescored(attempt: Attempt, take: Take, rubric: Rubric) -> Score | None:
    """The take's stored measurements under another rubric; None where nothing was measured."""
    if take.delivery is None and take.listening is None:
        return None
    turn = as_judged(attempt, take)
    return score_take(
        rubric,
        scenario=attempt.scenario,
        turn=turn,
        transcript=take.transcript,
        delivery=take.delivery,
        listening=take.listening,
    )


def _drift(criterion: Criterion, pairs: list[tuple[int, int]], current: Rubric, rubric: Rubric) -> Drift:
    old, new = current.criteria[criterion], rubric.criteria[criterion]
    moved = sum(
        old.bands.index(old.band(before)) != new.bands.index(new.band(after)) for before, after in pairs
    )
    before = fmean(points for points, _ in pairs) if pairs else None
    after = fmean(points for _, points in pairs) if pairs else None
    return Drift(criterion, len(pairs), before, after, moved)
