"""What a coach looks at first: disputes, then doubtful judgements, then what stands out; done work last."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from voice_trainer.domain.review import Dispute, Review
from voice_trainer.domain.score import Criterion, Score
from voice_trainer.domain.transcript import Transcript, TranscriptSource

RELIABILITY_LOW = 0.75  # of a transcript; below, the machine may have judged other words than were said
STANDS_OUT = 2.5  # robust deviations from the others on the same turn (Iglewicz & Hoaglin 1993 use 3.5)
OTHERS_MIN = 5  # fewer say nothing about what is usual
_MAD_TO_SD = 1.4826  # of a normal distribution
_SPREAD_MIN = 5.0  # points: where all did alike, a small difference does not stand out


@dataclass(frozen=True, slots=True)
class DeskTake:
    """As much of a judged take as the queue needs."""

    take_id: str
    turn_id: str
    points: Mapping[Criterion, int]
    withheld: tuple[Criterion, ...]
    listening_points: int | None
    reliability: float | None  # None where nobody could tell
    machine_words: bool  # False once a person typed or corrected them


@dataclass(frozen=True, slots=True)
class DeskLine:
    """An attempt on the desk, with what people have added so far."""

    attempt_id: str
    person: str
    created_at: datetime
    scenario_id: str
    title: str
    takes: tuple[DeskTake, ...]
    open_disputes: int = 0
    remarks: int = 0  # comments, overrides and answers of coaches


def desk_take(take_id: str, turn_id: str, *, score: Score, transcript: Transcript | None) -> DeskTake:
    """A judged take as the queue needs it."""
    return DeskTake(
        take_id,
        turn_id,
        {c.criterion: c.points for c in score.criteria if c.points is not None},
        tuple(c.criterion for c in score.criteria if c.points is None),
        score.listening_points,
        transcript.reliability if transcript else None,
        transcript is not None and transcript.source is TranscriptSource.MACHINE,
    )


def desk_line(
    attempt_id: str,
    person: str,
    created_at: datetime,
    scenario_id: str,
    title: str,
    *,
    takes: tuple[DeskTake, ...],
    review: Review,
) -> DeskLine:
    """An attempt as the queue needs it."""
    remarks = sum(not isinstance(remark, Dispute) for remark in review.remarks)
    disputes = len(review.open_disputes)
    return DeskLine(attempt_id, person, created_at, scenario_id, title, takes, disputes, remarks)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line with why it stands where it stands; `done` once a coach has looked and nothing is open."""

    line: DeskLine
    disputes: int
    reliability: float | None  # the lowest that is low; None where none is
    withheld: tuple[Criterion, ...]
    unusual: tuple[int, int] | None  # listening points, and the others' median on the same turn
    done: bool

    @property
    def needs_a_look(self) -> bool:
        """Whether anything but being new speaks for it."""
        doubtful = self.reliability is not None or bool(self.withheld) or self.unusual is not None
        return not self.done and (self.disputes > 0 or doubtful)


def in_queue(lines: Iterable[DeskLine]) -> list[Waiting]:
    """The order of the desk: the same lines give the same order, whatever order they came in."""
    lines = list(lines)
    usual = _usual(lines)
    return sorted((_waiting(line, usual) for line in lines), key=_place)


def _place(one: Waiting) -> tuple[bool, int, float, int, float, float, str]:
    away = abs(one.unusual[0] - one.unusual[1]) if one.unusual else 0
    return (
        one.done,
        -one.disputes,
        1.0 if one.reliability is None else one.reliability,
        -len(one.withheld),
        -away,
        -one.line.created_at.timestamp(),
        one.line.attempt_id,
    )


def _waiting(line: DeskLine, usual: Mapping[tuple[str, str], Sequence[int]]) -> Waiting:
    low = [
        take.reliability
        for take in line.takes
        if take.machine_words and take.reliability is not None and take.reliability < RELIABILITY_LOW
    ]
    withheld = dict.fromkeys(criterion for take in line.takes for criterion in take.withheld)
    strange = [found for take in line.takes if (found := _unusual(line, take, usual)) is not None]
    return Waiting(
        line,
        disputes=line.open_disputes,
        reliability=min(low, default=None),
        withheld=tuple(withheld),
        unusual=max(strange, key=lambda pair: abs(pair[0] - pair[1]), default=None),
        done=line.remarks > 0 and line.open_disputes == 0,
    )


def _usual(lines: Iterable[DeskLine]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        for take in line.takes:
            if take.listening_points is not None:
                found.setdefault((line.scenario_id, take.turn_id), []).append(take.listening_points)
    return found


def _unusual(
    line: DeskLine, take: DeskTake, usual: Mapping[tuple[str, str], Sequence[int]]
) -> tuple[int, int] | None:
    """The take's points and the median, where they lie far apart by the median absolute deviation."""
    points = take.listening_points
    all_points = usual.get((line.scenario_id, take.turn_id), ())
    if points is None or len(all_points) <= OTHERS_MIN:
        return None
    middle = statistics.median(all_points)
    spread = max(_MAD_TO_SD * statistics.median(abs(p - middle) for p in all_points), _SPREAD_MIN)
    return (points, round(middle)) if abs(points - middle) / spread >= STANDS_OUT else None
