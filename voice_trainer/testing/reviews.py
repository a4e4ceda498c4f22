"""The port `ReviewStore` in memory; `tests/unit/test_review_store.py` holds it to the real one's contract."""

from __future__ import annotations

from collections.abc import Collection

from voice_trainer.domain.attempt import Attempt, TakeState
from voice_trainer.domain.queue import DeskLine, desk_line, desk_take
from voice_trainer.domain.review import Override, Remark, Review
from voice_trainer.testing.stores import MemoryAttemptStore


class MemoryReviewStore:
    """Remarks over the attempts of a `MemoryAttemptStore`: where an attempt is gone, so are its remarks."""

    def __init__(self, attempts: MemoryAttemptStore) -> None:
        self._attempts = attempts
        self._remarks: dict[str, dict[str, Remark]] = {}

    def add(self, attempt_id: str, remark: Remark) -> None:
        """Append; the same id again changes nothing."""
        attempt = self._attempts.get(attempt_id)
        self._remarks.setdefault(attempt.id, {}).setdefault(remark.id, remark)

    def review(self, attempt_id: str) -> Review:
        """All of one attempt, oldest first."""
        if attempt_id not in {line.id for line in self._attempts.summaries(limit=10**6)}:
            return Review()
        found = self._remarks.get(attempt_id, {}).values()
        return Review(tuple(sorted(found, key=lambda remark: (remark.created_at, remark.id))))

    def remove(self, attempt_id: str, remark_id: str) -> None:
        """Take back one remark; one that is gone already is fine."""
        self._remarks.get(attempt_id, {}).pop(remark_id, None)

    def overrides(self) -> list[Override]:
        """The newest points of each coach for each criterion of each take, oldest first."""
        found = [override for one in self._remarks for override in self.review(one).overrides]
        return sorted(found, key=lambda override: (override.created_at, override.id))

    def desk(self, *, limit: int = 200, among: Collection[str] | None = None) -> list[DeskLine]:
        """The newest attempts that hold a judged take; only those of `among`."""
        attempts = (self._attempts.get(line.id) for line in self._attempts.summaries(limit=10**6))
        lines = [self._line(attempt) for attempt in attempts]
        return [line for line in lines if line.takes and (among is None or line.attempt_id in among)][:limit]

    def _line(self, attempt: Attempt) -> DeskLine:
        takes = tuple(
            desk_take(take.id, take.turn_id, score=take.score, transcript=take.transcript)
            for take in attempt.takes
            if take.score is not None and take.state is not TakeState.DISCARDED
        )
        scenario = attempt.scenario
        return desk_line(
            attempt.id,
            attempt.person,
            attempt.created_at,
            scenario.id,
            scenario.title,
            takes=takes,
            review=self.review(attempt.id),
        )
