"""A minute on one skill: a short turn of some call, an answer of seconds, that one criterion, and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from voice_trainer.domain.attempt import Take
from voice_trainer.domain.progress import PractisedTake
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Criterion, CriterionScore
from voice_trainer.errors import UsageError
from voice_trainer.ports import GrowthStore
from voice_trainer.practice.events import Emit, ignore
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.scheduling import skills_due
from voice_trainer.practice.session import Desk, PracticeSession
from voice_trainer.practice.suggestion import level_after, taken_points
from voice_trainer.scoring.content_rules import CALM_EMOTIONS

LONGEST_S = 20.0
SHORT_WORDS = 45  # what the customer says: some 18 seconds
PACE_GOAL_WPM = 140
LIMITS = Limits(trailing_silence_s=1.5, longest_s=LONGEST_S, wait_for_speech_s=15.0)


@dataclass(frozen=True, slots=True)
class Drill:
    """One exercise."""

    skill: Criterion
    title: str
    task: str
    fits: Callable[[Turn], bool]


DRILLS = {
    drill.skill: drill
    for drill in (
        Drill(
            Criterion.PARAPHRASE,
            "Say it back in one sentence",
            "Give back what the customer said, in your own words and in one sentence. Solve nothing.",
            lambda turn: 1 <= len(turn.facts) <= 2,
        ),
        Drill(
            Criterion.VALIDATION,
            "Name the feeling",
            "Tell the customer what they seem to feel, and why that makes sense. Solve nothing.",
            lambda turn: turn.emotion.lower() not in CALM_EMOTIONS,
        ),
        Drill(
            Criterion.ORDER,
            "Hear, give back, check",
            "Name the feeling, say the facts back, ask whether you have it right. Only then would you solve.",
            lambda turn: bool(turn.facts) and turn.emotion.lower() not in CALM_EMOTIONS,
        ),
        Drill(
            Criterion.PACE,
            f"Slow to {PACE_GOAL_WPM}",
            f"Answer in two or three sentences at about {PACE_GOAL_WPM} words a minute.",
            lambda turn: bool(turn.facts),
        ),
        Drill(
            Criterion.TONE_CALMNESS,
            "Keep it level",
            "Answer in two or three sentences as you would read to a friend, however sharp the customer is.",
            lambda turn: bool(turn.facts) and turn.emotion.lower() not in CALM_EMOTIONS,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class DrillTurn:
    """What is drilled on: a turn, and the call it belongs to."""

    scenario: Scenario
    turn: Turn


def drill_for(skill: Criterion) -> Drill:
    """The exercise; raises `UsageError` ``drill_unknown`` for a skill that has none."""
    if skill not in DRILLS:
        raise UsageError(
            "drill_unknown",
            f"There is no drill for {skill.value}.",
            remedy=f"Choose one of: {', '.join(one.value for one in DRILLS)}.",
        )
    return DRILLS[skill]


def choose_turn(
    calls: Sequence[Scenario],
    skill: Criterion,
    *,
    practised: Iterable[PractisedTake] = (),
    skipping: Iterable[tuple[str, str]] = (),
) -> DrillTurn:
    """A short turn that fits, near the person's level, that was drilled least.

    `skipping` names turns (scenario id, turn id) heard just now; they come again only after all others.
    """
    takes = list(practised)
    level = level_after(taken_points(takes))
    drilled = Counter((t.scenario_id, t.turn_id) for t in takes if t.drill is skill)
    drilled.update(skipping)
    fits = drill_for(skill).fits
    every = [DrillTurn(call, turn) for call in calls for turn in call.turns]
    found = [one for one in every if fits(one.turn)] or every
    if not found:
        raise UsageError(
            "scenarios_missing", "There is no call to drill on.", remedy="Run `voice-trainer scenarios list`."
        )

    def fitness(one: DrillTurn) -> tuple[int, bool, int, int, str, str]:
        words = len(one.turn.says.split())
        name = (one.scenario.id, one.turn.id)
        return drilled[name], words > SHORT_WORDS, abs(one.scenario.difficulty - level), words, *name

    return min(found, key=fitness)


def drill_session(
    desk: Desk,
    skill: Criterion,
    *,
    on: DrillTurn,
    scenario_sha256: str,
    person: str,
    emit: Emit = ignore,
) -> PracticeSession:
    """A session like any other, with short answers, whose takes count for the one skill."""
    return PracticeSession(
        replace(desk, limits=LIMITS),
        scenario=on.scenario,
        scenario_sha256=scenario_sha256,
        person=person,
        drill=skill,
        emit=emit,
    )


def skill_due(person: str, store: GrowthStore, *, takes: Iterable[PractisedTake], now: datetime) -> Criterion:
    """The drillable skill due first; paraphrase for a beginner."""
    due = skills_due(person, store, takes=takes, now=now)
    return next((one.skill for one in due if one.skill in DRILLS), Criterion.PARAPHRASE)


def drilled_score(take: Take, skill: Criterion) -> CriterionScore | None:
    """The one criterion of a judged take; None where the take was not judged."""
    return take.score.criterion(skill) if take.score else None
