"""How a call went: turn after turn, how tense the customer was, and what is said next.

Everything here follows from the takes and the scenario, so nothing of it is stored and a new judgement
changes it. The temperature describes the customer of the scenario, who is made up; it leans on the agent's
tone where that was measured, and so never reaches HR (neither does a reaction).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.scenario import Reaction, Scenario, Turn

TURNS_MAX = 8
ASKED_AGAIN_MAX = 2  # "Sorry, I didn't catch that": then the call goes on, and nothing is held against anyone
ASKING_AGAIN = "Sorry, I didn't catch that."

# How tense each feeling is, 0 (at ease) to 100 (beside oneself). Other words count as UNNAMED.
TEMPERATURES = {
    "calm": 10,
    "relieved": 15,
    "confused": 35,
    "resigned": 40,
    "hurt": 48,
    "anxious": 52,
    "frustrated": 60,
    "angry": 78,
    "furious": 94,
}
# Words that calls use for one of these; how a word is spoken follows this table, too.
FEELINGS = {
    "annoyed": "frustrated", "fed up": "frustrated", "exasperated": "frustrated", "irritated": "frustrated",
    "impatient": "frustrated", "outraged": "furious", "livid": "furious", "worried": "anxious",
    "nervous": "anxious", "overwhelmed": "anxious", "desperate": "anxious", "scared": "anxious",
    "upset": "hurt", "let down": "hurt", "disappointed": "hurt", "ashamed": "hurt", "embarrassed": "hurt",
    "guilty": "hurt", "sad": "hurt", "exhausted": "resigned", "tired": "resigned", "unsure": "confused",
    "cautious": "confused", "lost": "confused", "glad": "relieved", "grateful": "relieved",
    "reassured": "relieved", "content": "calm", "friendly": "calm", "hopeful": "calm", "curious": "calm",
}  # fmt: skip
UNNAMED = 35
_A_STEP_OF_DIFFICULTY = 3
_MOVES = {Reaction.CALMER: -22, Reaction.SAME: 0, Reaction.ANGRIER: 18}
_LEAST_CHANGE = 6  # so much a reaction changes at least, whatever feeling the next turn declares
_DRIFT_MAX = 12  # and so much the next turn's feeling may change where the reply changed nothing


def feeling_of(word: str) -> str:
    """The feeling of `TEMPERATURES` that a call's own word stands for; empty for a word that is not known."""
    known = " ".join(word.casefold().split())
    return known if known in TEMPERATURES else FEELINGS.get(known, "")


def temperature_of(emotion: str, *, difficulty: int = 3) -> int:
    """How tense a customer is who feels so, 0..100; the harder the call, the tenser."""
    base = TEMPERATURES.get(feeling_of(emotion), UNNAMED)
    return _within(base + _A_STEP_OF_DIFFICULTY * (difficulty - 3))


def temperature_after(before: int, reaction: Reaction, *, upcoming: Turn | None, difficulty: int = 3) -> int:
    """How tense the customer is after a reply, on the way into the turn `upcoming` (None: the call ends).

    Half is the reply's doing and half the feeling that the next turn declares; but a customer who was heard
    is never tenser than before, and one who was brushed off never calmer.
    """
    moved = before + _MOVES[reaction]
    if upcoming is not None:
        moved = round((moved + temperature_of(upcoming.emotion, difficulty=difficulty)) / 2)
    if reaction is Reaction.CALMER:
        moved = min(moved, before - _LEAST_CHANGE)
    elif reaction is Reaction.ANGRIER:
        moved = max(moved, before + _LEAST_CHANGE)
    else:
        moved = min(max(moved, before - _DRIFT_MAX), before + _DRIFT_MAX)
    return _within(moved)


@dataclass(frozen=True, slots=True)
class CallStep:
    """One turn of a call as it went: the takes that answered it, and how tense the customer spoke it."""

    turn: Turn
    temperature: int  # 0..100
    takes: tuple[Take, ...]  # in order, without those thrown away

    @property
    def decisive(self) -> Take:
        """The take that the customer reacted to: the newest that could be judged, else the newest."""
        heard = [take for take in self.takes if caught(take)]
        return (heard or list(self.takes))[-1]

    @property
    def answered(self) -> bool:
        """Whether a reply could be judged."""
        return caught(self.decisive)

    @property
    def missed_in_a_row(self) -> int:
        """How many takes at the end of the step could not be judged."""
        count = 0
        for take in reversed(self.takes):
            if take.score is None or caught(take):
                break
            count += 1
        return count

    @property
    def reaction(self) -> Reaction:
        """How the customer took it; the same where nothing could be judged."""
        score = self.decisive.score
        return score.reaction if score is not None and self.answered else Reaction.SAME

    @property
    def reason(self) -> str:
        """Why, addressed to the agent; empty where nothing was judged yet."""
        score = self.decisive.score
        return score.reaction_reason if score is not None else ""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """A call so far.

    `upcoming` is the turn the customer says now, None where the call is over; `asks_again` says that it is
    the last one once more, since nothing could be judged. `temperature` is the customer's now, 0..100.
    """

    steps: tuple[CallStep, ...]
    temperature: int
    upcoming: Turn | None
    asks_again: bool = False

    @property
    def temperatures(self) -> tuple[int, ...]:
        """One for each turn as the customer spoke it, and the one after the last reply."""
        spoken = tuple(step.temperature for step in self.steps)
        return spoken if self.asks_again else (*spoken, self.temperature)


def follow_call(attempt: Attempt) -> CallSummary:
    """The call as the takes of `attempt` make it."""
    scenario = attempt.scenario
    steps: list[CallStep] = []
    temperature = temperature_of(scenario.opening.emotion, difficulty=scenario.difficulty)
    for turn, takes in _visits(attempt):
        if steps:
            temperature = _after(steps[-1], turn, scenario)
        steps.append(CallStep(turn, temperature, takes))
    if not steps:
        return CallSummary((), temperature, scenario.opening)
    last = steps[-1]
    if last.decisive.score is None:  # recorded, and not judged yet
        return CallSummary(tuple(steps), temperature, last.turn)
    if not last.answered and last.missed_in_a_row <= ASKED_AGAIN_MAX:
        return CallSummary(tuple(steps), temperature, last.turn, asks_again=True)
    following = last.turn.following(last.reaction) if len(steps) < TURNS_MAX else None
    upcoming = scenario.turn(following) if following else None
    return CallSummary(tuple(steps), _after(last, upcoming, scenario), upcoming)


def caught(take: Take) -> bool:
    """Whether the customer understood the reply, that is, whether its words could be judged."""
    return take.listening is not None and take.listening.withheld is None


def in_order(attempt: Attempt) -> list[Take]:
    """The takes as they came, without those thrown away."""
    kept = [take for take in attempt.takes if take.state is not TakeState.DISCARDED]
    return sorted(kept, key=lambda take: (take.created_at, take.number))


def as_judged(attempt: Attempt, take: Take) -> Turn:
    """The turn as a reply to it is judged: one that asks for a summary asks for every fact said so far."""
    turn = attempt.scenario.turn(take.turn_id) or attempt.scenario.opening
    if not turn.asks_summary:
        return turn
    facts = {fact.id: fact for fact in turn.facts}
    for earlier in in_order(attempt):
        heard = attempt.scenario.turn(earlier.turn_id)
        if (earlier.created_at, earlier.number) < (take.created_at, take.number) and heard is not None:
            facts.update((fact.id, fact) for fact in heard.facts if fact.id not in facts)
    return replace(turn, facts=tuple(facts.values()))


def _after(step: CallStep, upcoming: Turn | None, scenario: Scenario) -> int:
    return temperature_after(
        step.temperature, step.reaction, upcoming=upcoming, difficulty=scenario.difficulty
    )


def _visits(attempt: Attempt) -> Iterator[tuple[Turn, tuple[Take, ...]]]:
    """Runs of takes that answer one turn; a turn that leads back to itself begins a run each time."""
    run: list[Take] = []
    for take in in_order(attempt):
        if run and (take.turn_id != run[-1].turn_id or _leads_back(attempt.scenario, run)):
            yield _turn_of(attempt, run[-1]), tuple(run)
            run = []
        run.append(take)
    if run:
        yield _turn_of(attempt, run[-1]), tuple(run)


def _leads_back(scenario: Scenario, run: list[Take]) -> bool:
    """Whether the run is over and its turn is said anew: judged, or asked again as often as is done."""
    turn, last = scenario.turn(run[-1].turn_id), run[-1]
    if turn is None or last.score is None:
        return False
    if caught(last):
        return turn.following(last.score.reaction) == turn.id
    missed = list(takewhile(lambda take: take.score is not None and not caught(take), reversed(run)))
    return len(missed) > ASKED_AGAIN_MAX and turn.following(CallStep(turn, 0, tuple(run)).reaction) == turn.id


def _turn_of(attempt: Attempt, take: Take) -> Turn:
    return attempt.scenario.turn(take.turn_id) or attempt.scenario.opening


def _within(temperature: float) -> int:
    return round(min(100, max(0, temperature)))
