"""A practice call: who rings, what they say, what a good reply gives back, and where the call goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallKind(StrEnum):
    """What kind of call is practised."""

    COMPLAINT = "complaint"
    SALES = "sales"


class Gender(StrEnum):
    """Which kind of voice the customer has."""

    FEMALE = "female"
    MALE = "male"


class Reaction(StrEnum):
    """How the customer takes a reply."""

    CALMER = "calmer"
    SAME = "same"
    ANGRIER = "angrier"


@dataclass(frozen=True, slots=True)
class Persona:
    """Who is calling."""

    name: str
    voice: Gender
    about: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the customer wants."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the customer said that a good paraphrase gives back.

    Only `id` and `text` are needed; each further field makes the judgement better.
    """

    id: str
    text: str
    contrary: str = ""
    keys: tuple[tuple[str, ...], ...] = ()  # groups of words, one of each group expected
    values: tuple[str, ...] = ()  # must come back right: "3 weeks", "84 pounds", "tuesday"
    confusable: tuple[str, ...] = ()  # things that are wrong when named instead
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Offer:
    """Something an agent may suggest on a sales call, and the stated facts it answers."""

    name: str
    fits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing the customer says, and which turn follows the reply.

    `asks_summary`: the customer asks what was understood, and every fact said so far in the call counts.
    """

    id: str
    says: str
    emotion: str = ""
    accept_emotions: tuple[str, ...] = ()
    wish: Wish | None = None
    facts: tuple[Fact, ...] = ()
    model_replies: tuple[str, ...] = ()
    then: tuple[tuple[Reaction, str], ...] = ()  # empty: the call ends here
    asks_summary: bool = False

    def following(self, reaction: Reaction) -> str | None:
        """The id of the turn that follows, None where the call ends."""
        return dict(self.then).get(reaction)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole call. The first turn opens it."""

    id: str
    version: int
    title: str
    industry: str
    language: str
    kind: CallKind
    difficulty: int
    turns: tuple[Turn, ...]
    skills: tuple[str, ...] = ()
    persona: Persona = Persona("the customer", Gender.FEMALE)
    offers: tuple[Offer, ...] = ()

    @property
    def opening(self) -> Turn:
        """The turn that opens the call."""
        return self.turns[0]

    def turn(self, turn_id: str) -> Turn | None:
        """The turn of that id."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)
