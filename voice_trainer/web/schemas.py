"""The shapes of the JSON interface, where they are not those of a score (`exports.score_json`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.queue import Waiting
from voice_trainer.domain.scenario import Scenario
from voice_trainer.exports.score_json import score_object
from voice_trainer.ports import AttemptSummary


class Fault(BaseModel):
    """What went wrong and what to do about it."""

    code: str
    message: str
    remedy: str


class Problem(BaseModel):
    """Any answer that is not the one asked for."""

    error: Fault


# Every route may answer with it.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {"model": Problem, "description": "The request is not as described here."},
    "default": {"model": Problem, "description": "What went wrong and what to do about it."},
}


class CallOut(BaseModel):
    """A practice call, as far as one may know it before it is taken."""

    id: str
    title: str
    industry: str
    kind: str
    difficulty: int = Field(ge=1, le=5)
    turns: int
    skills: list[str]
    customer: str
    about: str

    @classmethod
    def of(cls, call: Scenario) -> CallOut:
        """From the domain's value."""
        return cls(
            id=call.id,
            title=call.title,
            industry=call.industry,
            kind=call.kind.value,
            difficulty=call.difficulty,
            turns=len(call.turns),
            skills=list(call.skills),
            customer=call.persona.name,
            about=call.persona.about,
        )


class ConsentOut(BaseModel):
    """What is asked, and whether this person agreed to it."""

    version: str
    text: str
    given_at: datetime | None


class ConsentIn(BaseModel):
    """The version of the text that was agreed to."""

    version: str = Field(min_length=1, max_length=64)


class SummaryOut(BaseModel):
    """A line of the list of attempts."""

    id: str
    person: str
    created_at: datetime
    scenario: str
    title: str
    takes: int
    listening: int | None
    delivery: int | None

    @classmethod
    def of(cls, line: AttemptSummary) -> SummaryOut:
        """From the store's line."""
        return cls(
            id=line.id,
            person=line.person,
            created_at=line.created_at,
            scenario=line.scenario_id,
            title=line.title,
            takes=line.takes,
            listening=line.listening_points,
            delivery=line.delivery_points,
        )


class SummariesOut(BaseModel):
    """A page of the list, newest first; `following` is the offset of the next page, null at the end."""

    attempts: list[SummaryOut]
    following: int | None


class TakeOut(BaseModel):
    """One recorded reply; `score` as `voice-trainer score --json` writes it, null before it is judged."""

    id: str
    turn: str
    number: int
    state: str
    created_at: datetime
    duration_s: float | None
    has_sound: bool
    recovered: bool
    score: dict[str, Any] | None


class AttemptOut(BaseModel):
    """One run through a call."""

    id: str
    person: str
    created_at: datetime
    scenario: str
    title: str
    takes: list[TakeOut]


class WordsIn(BaseModel):
    """What was really said."""

    said: str = Field(min_length=1, max_length=10_000, pattern=r"\S")


class Accepted(BaseModel):
    """It is under way; `stages` tells how far it is."""

    stages: str


class CallStateOut(BaseModel):
    """Where a call stands: what the customer says now (null where it is over), and how tense they are.

    `temperature` is of the customer of the call, who is made up: 0 at ease, 100 beside oneself.
    """

    attempt: str
    turn: str | None
    says: str | None
    asks_again: bool
    temperature: int
    temperatures: list[int]
    last_take: str | None


class DeskLineOut(BaseModel):
    """An attempt on the desk, and why it stands where it stands.

    `reliability`: the lowest of its transcripts (0..1) where one is low; `stands_out`: its listening points
    and the others' median on the same turn; `done`: looked at, and nothing is open.
    """

    attempt: str
    person: str
    created_at: datetime
    call: str
    title: str
    takes: list[str]
    disputes: int
    reliability: float | None
    not_scored: list[str]
    stands_out: tuple[int, int] | None
    done: bool

    @classmethod
    def of(cls, one: Waiting) -> DeskLineOut:
        """From the domain's value."""
        return cls(
            attempt=one.line.attempt_id,
            person=one.line.person,
            created_at=one.line.created_at,
            call=one.line.scenario_id,
            title=one.line.title,
            takes=[take.take_id for take in one.line.takes],
            disputes=one.disputes,
            reliability=one.reliability,
            not_scored=[criterion.value for criterion in one.withheld],
            stands_out=one.unusual,
            done=one.done,
        )


def attempt_out(attempt: Attempt) -> AttemptOut:
    """From the domain's value."""
    return AttemptOut(
        id=attempt.id,
        person=attempt.person,
        created_at=attempt.created_at,
        scenario=attempt.scenario.id,
        title=attempt.scenario.title,
        takes=[take_out(attempt, take) for take in attempt.takes],
    )


def take_out(attempt: Attempt, take: Take) -> TakeOut:
    """From the domain's value."""
    score = None
    if take.score is not None:
        score = score_object(
            take.id,
            scenario_id=attempt.scenario.id,
            turn_id=take.turn_id,
            transcript=take.transcript,
            delivery=take.delivery,
            listening=take.listening,
            score=take.score,
        )
    return TakeOut(
        id=take.id,
        turn=take.turn_id,
        number=take.number,
        state=take.state.value,
        created_at=take.created_at,
        duration_s=take.duration_s,
        has_sound=take.audio_key is not None,
        recovered=take.recovered,
        score=score,
    )
