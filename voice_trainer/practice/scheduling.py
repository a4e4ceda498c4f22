"""When a skill is due again: spaced repetition (FSRS-6), one card for each person and skill.

A session's points stand for how well the skill was remembered: under 60 again, 60 to 79 hard, from 80 good,
from 90 easy. Points of other rubric versions are no obstacle: a card keeps when, not how many.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voice_trainer.domain.progress import PractisedTake, in_order
from voice_trainer.domain.rubric import MIDDLE_POINTS, TOP_POINTS
from voice_trainer.domain.score import Criterion
from voice_trainer.ports import GrowthStore

if TYPE_CHECKING:
    from fsrs import Card, Rating, Scheduler

EASY_POINTS = 90
LONGEST_DAYS = 30  # every skill comes round at least monthly


@dataclass(frozen=True, slots=True)
class SkillDue:
    """When a skill comes up, and how it went last.

    `recall` is FSRS's estimate, 0..1, of how much of the skill is still there now.
    """

    skill: Criterion
    due: datetime
    last_at: datetime
    last_points: int
    recall: float


def skills_due(
    person: str, store: GrowthStore, *, takes: Iterable[PractisedTake], now: datetime
) -> list[SkillDue]:
    """Every skill that was ever scored, the one due first in front.

    Sessions since the last look are entered now, so nothing is missed however a session ended, and the
    cards are saved.
    """
    scheduler = _scheduler()
    sessions = _sessions(takes)
    cards = {skill: _card(text) for skill, text in store.cards(person).items()}
    changed: dict[Criterion, str] = {}
    for skill, ended in sessions.items():
        card = cards.get(skill) or _new_card(skill)
        for at, points in ended:
            if card.last_review is None or at > card.last_review:
                card, _ = scheduler.review_card(card, _rating(points), at)
                changed[skill] = card.to_json()
        cards[skill] = card
    if changed:
        store.save_cards(person, changed)
    found = [
        SkillDue(skill, card.due, done[-1][0], done[-1][1], scheduler.get_card_retrievability(card, now))
        for skill, card in cards.items()
        if card is not None and (done := sessions.get(skill))
    ]
    return sorted(found, key=lambda one: (one.due, one.recall, list(Criterion).index(one.skill)))


def _sessions(takes: Iterable[PractisedTake]) -> Mapping[Criterion, list[tuple[datetime, int]]]:
    """End and points of each attempt, by skill, oldest first: every turn counts once, by its newest take."""
    by_attempt: dict[tuple[Criterion, str], dict[str, PractisedTake]] = defaultdict(dict)
    for take in in_order(takes):
        for skill in take.points:
            by_attempt[skill, take.attempt_id][take.turn_id] = take
    sessions: dict[Criterion, list[tuple[datetime, int]]] = defaultdict(list)
    for (skill, _), turns in by_attempt.items():
        points = [take.points[skill] for take in turns.values()]
        end = max(take.at for take in turns.values()).astimezone(UTC)
        sessions[skill].append((end, round(sum(points) / len(points))))
    return {skill: sorted(done) for skill, done in sessions.items()}


def _rating(points: int) -> Rating:
    from fsrs import Rating

    if points >= EASY_POINTS:
        return Rating.Easy
    if points >= TOP_POINTS:
        return Rating.Good
    return Rating.Hard if points >= MIDDLE_POINTS else Rating.Again


def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    # Days, not minutes: a skill is no vocabulary. Without fuzzing the same past gives the same day.
    return Scheduler(
        learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS, enable_fuzzing=False
    )


def _new_card(skill: Criterion) -> Card:
    from fsrs import Card

    return Card(card_id=list(Criterion).index(skill))


def _card(text: str) -> Card | None:
    """The card as stored; None where it cannot be read: it is then made anew from the attempts."""
    from fsrs import Card

    try:
        return Card.from_json(text)
    except (ValueError, KeyError, TypeError, json.JSONDecodeError):
        return None
