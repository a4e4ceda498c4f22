"""Which call to take today: the skill that is due, at a difficulty that follows success, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from voice_trainer.domain.attempt import TakeState
from voice_trainer.domain.progress import PractisedTake, in_order
from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS
from voice_trainer.domain.scenario import CallKind, Scenario
from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion
from voice_trainer.domain.summary import TakeOutcome, attempt_outcome
from voice_trainer.errors import ScenarioError
from voice_trainer.ports import Clock, GrowthStore
from voice_trainer.practice.scheduling import SkillDue, skills_due

EASIEST, HARDEST = 1, 5
IN_A_ROW = 2  # calls that must go well, or badly, before the difficulty moves
RECENT = timedelta(days=3)  # a call just practised is remembered, not mastered
SKILL_NAMES = {
    Criterion.PACE: "pace",
    Criterion.TONE_CALMNESS: "steadiness",
    Criterion.PARAPHRASE: "paraphrase",
    Criterion.VALIDATION: "validation",
    Criterion.ORDER: "order",
    Criterion.HELPFULNESS: "helpfulness",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A call, the skill it is meant for, and why, in one sentence for the agent."""

    scenario: Scenario
    skill: Criterion
    level: int  # 1..5, the difficulty that suits now
    because: str


@dataclass(frozen=True, slots=True)
class _Call:
    """A whole call that was taken."""

    scenario_id: str
    at: datetime
    difficulty: int
    listening_points: int | None


def suggest(calls: Sequence[Scenario], *, person: str, store: GrowthStore, clock: Clock) -> Suggestion:
    """Today's call; raises `ScenarioError` ``scenarios_missing`` where there is none."""
    if not calls:
        raise ScenarioError(
            "scenarios_missing", "There is no call to practise.", remedy="Name a file with --scenario FILE."
        )
    now = clock.now()
    takes = store.practised(person)
    taken = _calls(takes)
    level = level_after(taken_points(takes))
    due = skills_due(person, store, takes=takes, now=now)
    skill, why = _skill(due, calls, now=now)
    last = {call.scenario_id: call.at for call in taken}
    call = min(_training(calls, skill), key=lambda s: _fitness(s, level=level, last=last, now=now))
    return Suggestion(call, skill, level, f"{why}; this call trains it at difficulty {call.difficulty} of 5.")


def taken_points(takes: Iterable[PractisedTake]) -> list[tuple[int, int]]:
    """Difficulty and listening points of every whole call that was scored, oldest first."""
    return [(c.difficulty, c.listening_points) for c in _calls(takes) if c.listening_points is not None]


def level_after(calls: Iterable[tuple[int, int]]) -> int:
    """The difficulty that suits after these calls (difficulty, listening points): one up, one down.

    Two calls in a row in the top band at the level or above move it up, two in the low band at the level or
    below move it down; anything between begins the count again.
    """
    level, good, poor = EASIEST, 0, 0
    for difficulty, points in calls:
        good = good + 1 if points >= TOP_POINTS and difficulty >= level else 0
        poor = poor + 1 if points < MIDDLE_POINTS and difficulty <= level else 0
        if good == IN_A_ROW:
            level, good = min(HARDEST, level + 1), 0
        elif poor == IN_A_ROW:
            level, poor = max(EASIEST, level - 1), 0
    return level


def _calls(takes: Iterable[PractisedTake]) -> list[_Call]:
    """Whole calls, oldest first."""
    attempts: dict[str, list[PractisedTake]] = {}
    for take in in_order(takes):
        if take.drill is None:
            attempts.setdefault(take.attempt_id, []).append(take)
    return [
        _Call(
            of_call[-1].scenario_id,
            of_call[-1].at,
            of_call[-1].difficulty,
            attempt_outcome(
                TakeOutcome(t.turn_id, t.number, TakeState.SCORED, t.listening_points, None) for t in of_call
            ).listening_points,
        )
        for of_call in attempts.values()
    ]


def _skill(due: Sequence[SkillDue], calls: Sequence[Scenario], *, now: datetime) -> tuple[Criterion, str]:
    """The skill for today and the beginning of the sentence."""
    possible = [one for one in due if _training(calls, one.skill, strictly=True)]
    overdue = [one for one in possible if one.due <= now]
    if overdue:
        one = overdue[0]
        ago = _days_ago(one.last_at, now)
        return one.skill, f"{_name(one.skill)} is due again ({one.last_points} points {ago})"
    known = {one.skill for one in due}
    # Pace and steadiness come along with every call; steadiness needs a baseline before it can be measured.
    fresh = next((s for s in CONTENT_CRITERIA if s not in known and _training(calls, s, strictly=True)), None)
    if fresh is not None:
        return fresh, f"{_name(fresh)} has no score yet"
    if not possible:
        return Criterion.PARAPHRASE, "Paraphrase is where listening begins"
    one = possible[0]
    return one.skill, f"Nothing is due today, {SKILL_NAMES[one.skill]} comes up next (on {_day(one.due)})"


def _training(calls: Sequence[Scenario], skill: Criterion, *, strictly: bool = False) -> list[Scenario]:
    """Calls meant for the skill; all of them where none is, unless `strictly`."""
    kind = CallKind.SALES if skill is Criterion.HELPFULNESS else None
    meant = [call for call in calls if skill.value in call.skills and kind in (None, call.kind)]
    return meant or ([] if strictly else list(calls))


def _fitness(
    call: Scenario, *, level: int, last: dict[str, datetime], now: datetime
) -> tuple[bool, int, datetime, str]:
    """Smaller is better: not lately, near the level (the easier of two), the longest ago."""
    at = last.get(call.id)
    lately = at is not None and now - at < RECENT
    distance = 2 * abs(call.difficulty - level) + (call.difficulty > level)
    return lately, distance, at or datetime.min.replace(tzinfo=UTC), call.id


def _name(skill: Criterion) -> str:
    return SKILL_NAMES[skill].capitalize()


def _day(at: datetime) -> str:
    return f"{at:%A} {at.day} {at:%B}"


def _days_ago(at: datetime, now: datetime) -> str:
    days = (now - at).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
