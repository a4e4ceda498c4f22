"""Judged takes as short as a test wants them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.feeling import NamedFeeling
from voice_trainer.domain.progress import PractisedTake
from voice_trainer.domain.scenario import CallKind, Fact, Reaction, Scenario, Turn
from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion, CriterionScore, Feedback, Score
from voice_trainer.testing.stores import MemoryAttemptStore, MemoryGrowthStore

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
CONTENT = (Criterion.PARAPHRASE, Criterion.VALIDATION, Criterion.ORDER)


def call(
    scenario_id: str,
    *,
    difficulty: int = 1,
    skills: tuple[Criterion, ...] = CONTENT,
    kind: CallKind = CallKind.COMPLAINT,
) -> Scenario:
    """A call of one short turn that fits every drill."""
    turn = Turn(
        "opening", f"It is late again, says {scenario_id}.", "angry", facts=(Fact("late", "it is late"),)
    )
    names = tuple(skill.value for skill in skills)
    title = scenario_id.replace("-", " ").capitalize()
    return Scenario(scenario_id, 1, title, "retail", "en-GB", kind, difficulty, (turn,), names)


def judged(
    points: int | None,
    *,
    day: float = 0.0,
    skill: Criterion = Criterion.PARAPHRASE,
    rubric: str = "1",
    drill: bool = False,
    name: str | None = None,
    turn: str = "opening",
    feeling: NamedFeeling | None = None,
) -> PractisedTake:
    """One take; `points` None was not scored."""
    return PractisedTake(
        name or f"attempt-{day:g}",
        f"{turn}-1",
        turn,
        1,
        START + timedelta(days=day),
        "late",
        "Late again",
        1,
        skill if drill else None,
        rubric,
        {} if points is None else {skill: points},
        frozenset({skill} if points is None else ()),
        None if drill else points,
        feeling,
    )


def stores() -> tuple[MemoryAttemptStore, MemoryGrowthStore]:
    """An empty store of attempts, and what they add up to."""
    attempts = MemoryAttemptStore()
    return attempts, MemoryGrowthStore(attempts)


def attempt(
    scenario: Scenario,
    points: Mapping[Criterion, int],
    *,
    day: float = 0.0,
    drill: Criterion | None = None,
    person: str = "ann",
) -> Attempt:
    """A call that was taken and judged."""
    at = START + timedelta(days=day)
    criteria = tuple(CriterionScore(skill, got, "band") for skill, got in points.items())
    content = [got for skill, got in points.items() if skill in CONTENT_CRITERIA]
    listening = round(sum(content) / len(content)) if content else None
    score = Score("1", criteria, listening, None, Feedback("s", "c", "t"), Reaction.SAME)
    take = Take("opening-1", "opening", 1, at, TakeState.SCORED, score=score)
    name = f"{scenario.id}-{day:g}"
    return Attempt(name, person, at, scenario, "ab" * 32, (take,), drill=drill)
