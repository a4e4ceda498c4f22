"""What people add to a machine's judgement: comment, override, dispute, answer. Scores stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from voice_trainer.domain.agreement import Agreement, agreement, band_index
from voice_trainer.domain.score import Criterion


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark on a take as a whole, on a moment (`start_s`) or on a span (`start_s` to `end_s`)."""

    id: str
    take_id: str
    author: str
    created_at: datetime
    text: str
    start_s: float | None = None
    end_s: float | None = None
    kind: Literal["comment"] = "comment"


@dataclass(frozen=True, slots=True)
class Override:
    """A coach's points for one criterion, beside the machine's.

    `machine_points` and `rubric_version` are as they were when the coach judged (None: not scored), so that
    agreement can be counted although a take is scored again later.
    """

    id: str
    take_id: str
    author: str
    created_at: datetime
    criterion: Criterion
    points: int  # 0..100
    reason: str
    machine_points: int | None = None
    rubric_version: str = ""
    kind: Literal["override"] = "override"


@dataclass(frozen=True, slots=True)
class Dispute:
    """The agent says that the machine is wrong about one item, with a word why.

    `item` names a criterion (``pace``), a fact (``fact:late``), ``wish``, ``emotion`` or an added claim
    (``added:0``).
    """

    id: str
    take_id: str
    author: str
    created_at: datetime
    item: str
    text: str
    kind: Literal["dispute"] = "dispute"


@dataclass(frozen=True, slots=True)
class Answer:
    """A coach's word on a dispute; it settles it."""

    id: str
    take_id: str
    author: str
    created_at: datetime
    dispute_id: str
    text: str
    kind: Literal["answer"] = "answer"


Remark = Comment | Override | Dispute | Answer


@dataclass(frozen=True, slots=True)
class Review:
    """All that people added to one attempt, oldest first."""

    remarks: tuple[Remark, ...] = field(default=())

    def of_take(self, take_id: str) -> Review:
        """What concerns one take."""
        return Review(tuple(r for r in self.remarks if r.take_id == take_id))

    @property
    def comments(self) -> tuple[Comment, ...]:
        """Comments in the order of their time in the take, those on the whole take first."""
        found = [r for r in self.remarks if isinstance(r, Comment)]
        return tuple(sorted(found, key=lambda c: (-1.0 if c.start_s is None else c.start_s, c.created_at)))

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The newest of each coach for each criterion of each take."""
        return newest_overrides(r for r in self.remarks if isinstance(r, Override))

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """All of them, settled ones too."""
        return tuple(r for r in self.remarks if isinstance(r, Dispute))

    @property
    def open_disputes(self) -> tuple[Dispute, ...]:
        """Those that nobody answered yet, and whose criterion was not overridden since."""
        answered = {r.dispute_id for r in self.remarks if isinstance(r, Answer)}

        def settled(dispute: Dispute) -> bool:
            since = (
                o.take_id == dispute.take_id and o.criterion == dispute.item
                for o in self.overrides
                if o.created_at >= dispute.created_at
            )
            return dispute.id in answered or any(since)

        return tuple(d for d in self.disputes if not settled(d))

    def answer(self, dispute: Dispute) -> Answer | None:
        """The newest answer to a dispute."""
        found = [r for r in self.remarks if isinstance(r, Answer) and r.dispute_id == dispute.id]
        return found[-1] if found else None


def newest_overrides(overrides: Iterable[Override]) -> tuple[Override, ...]:
    """The newest of each coach for each criterion of each take: a coach may think again."""
    newest: dict[tuple[str, Criterion, str], Override] = {}
    for override in sorted(overrides, key=lambda o: (o.created_at, o.id)):
        newest[override.take_id, override.criterion, override.author] = override
    return tuple(newest.values())


def agreement_with_machine(overrides: Iterable[Override]) -> dict[Criterion, Agreement]:
    """How far coaches agree with the machine, by criterion.

    Judgements of what the machine did not score are left out: there is nothing to compare.
    """
    pairs: dict[Criterion, list[tuple[int, int]]] = {}
    for override in overrides:
        if override.machine_points is not None:
            bands = band_index(override.points), band_index(override.machine_points)
            pairs.setdefault(override.criterion, []).append(bands)
    return {criterion: agreement(pairs[criterion]) for criterion in Criterion if criterion in pairs}
