"""The YAML of a practice call as pydantic models: the edge where files become domain values.

Types are strict (no `1` for `"1"`), an unknown key is an error, and everything but the starred fields
of the format is optional.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from voice_trainer.domain.scenario import (
    CallKind,
    Fact,
    Gender,
    Offer,
    Persona,
    Reaction,
    Scenario,
    Turn,
    Wish,
)

KEBAB_CASE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
BCP_47 = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"

Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=4000)]
Kebab = Annotated[str, StringConstraints(strict=True, pattern=KEBAB_CASE, max_length=80)]
Language = Annotated[str, StringConstraints(strict=True, pattern=BCP_47)]
Whole = Annotated[int, Field(strict=True)]
Skill = Literal["pace", "tone_calmness", "paraphrase", "validation", "order", "helpfulness"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonaFile(_Part):
    """Who is calling."""

    name: Text
    voice: Literal["female", "male"]
    about: Text | None = None


class WishFile(_Part):
    """What the customer wants."""

    text: Text


class FactFile(_Part):
    """Something a good paraphrase gives back."""

    id: Kebab
    text: Text
    contrary: Text | None = None
    keys: list[Annotated[list[Text], Field(min_length=1)]] = []
    values: list[Text] = []
    confusable: list[Text] = []
    weight: Annotated[float, Field(strict=True, gt=0, le=100, allow_inf_nan=False)] = 1.0


class OfferFile(_Part):
    """Something that may be suggested on a sales call."""

    name: Text
    fits: list[Text] = []


class TurnFile(_Part):
    """One thing the customer says."""

    id: Kebab
    says: Text
    emotion: Text | None = None
    accept_emotions: list[Text] = []
    wish: WishFile | None = None
    facts: Annotated[list[FactFile], Field(max_length=40)] = []
    model_replies: list[Text] = []
    then: dict[Literal["calmer", "same", "angrier"], Text] = {}
    asks_summary: Annotated[bool, Field(strict=True)] = False


class ScenarioFile(_Part):
    """A whole file."""

    id: Kebab
    version: Annotated[Whole, Field(ge=1)]
    title: Text
    industry: Kebab
    language: Language
    kind: Literal["complaint", "sales"]
    difficulty: Annotated[Whole, Field(ge=1, le=5)]
    skills: list[Skill] = []
    persona: PersonaFile | None = None
    turns: Annotated[list[TurnFile], Field(min_length=1, max_length=60)]
    offers: list[OfferFile] = []


def to_domain(file: ScenarioFile) -> Scenario:
    """The domain's scenario from a valid file."""
    persona = file.persona
    return Scenario(
        id=file.id,
        version=file.version,
        title=_one_line(file.title),
        industry=file.industry,
        language=file.language,
        kind=CallKind(file.kind),
        difficulty=file.difficulty,
        turns=tuple(_turn(turn) for turn in file.turns),
        skills=tuple(file.skills),
        persona=Persona("the customer", Gender.FEMALE)
        if persona is None
        else Persona(persona.name, Gender(persona.voice), _one_line(persona.about or "")),
        offers=tuple(Offer(_one_line(offer.name), tuple(offer.fits)) for offer in file.offers),
    )


def _turn(turn: TurnFile) -> Turn:
    return Turn(
        id=turn.id,
        says=_one_line(turn.says),
        emotion=turn.emotion or "",
        accept_emotions=tuple(turn.accept_emotions),
        wish=None if turn.wish is None else Wish(_one_line(turn.wish.text)),
        facts=tuple(_fact(fact) for fact in turn.facts),
        model_replies=tuple(_one_line(reply) for reply in turn.model_replies),
        # in the order of the enum, so that the order of writing never changes the snapshot's hash
        then=tuple((reaction, turn.then[reaction.value]) for reaction in Reaction if reaction in turn.then),
        asks_summary=turn.asks_summary,
    )


def _fact(fact: FactFile) -> Fact:
    return Fact(
        id=fact.id,
        text=_one_line(fact.text),
        contrary=_one_line(fact.contrary or ""),
        keys=tuple(tuple(group) for group in fact.keys),
        values=tuple(fact.values),
        confusable=tuple(fact.confusable),
        weight=fact.weight,
    )


def _one_line(text: str) -> str:
    """Folded YAML leaves line ends inside; what is spoken or shown has none."""
    return " ".join(text.split())
