"""What makes a valid call judge replies badly: warnings for the coach who wrote it.

A fact can only be heard coming back if the customer said it, and a value, a key or a confusable word
that disagrees with the customer's own words turns a good reply into a poor score.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from voice_trainer.domain.scenario import CallKind, Fact, Scenario, Turn
from voice_trainer.library.documents import Place
from voice_trainer.library.hearing import said_by
from voice_trainer.library.words import content_stems, holds, holds_value, stems
from voice_trainer.listening.feelings import likely_meant

MAX_SPOKEN_WORDS = 120  # some 50 seconds; nobody can give more than that back
SAME_FACT = 0.8  # shared content words of two facts, above which they say the same
OWN_WORDS = 0.34  # content words of a fact, below which the customer hardly said it

Warned = tuple[Place, str, str]


def quality_warnings(scenario: Scenario) -> list[Warned]:
    """Everything in a valid scenario that would make its judgement worse."""
    warned = list(_whole_call(scenario))
    for index, turn in enumerate(scenario.turns):
        place: Place = ("turns", index)
        warned += _turn(turn, place)
        warned += _feelings(turn, scenario.language, place)
        for position, fact in enumerate(turn.facts):
            said = said_by(scenario, turn)
            warned += _fact(fact, turn, said, (*place, "facts", position))
        warned += _pairs(turn, place)
    return warned


def _whole_call(scenario: Scenario) -> Iterator[Warned]:
    opening = scenario.opening
    if not opening.facts:
        yield (
            ("turns", 0),
            "The opening declares no facts, so its paraphrase is not scored.",
            "Add `facts:` with one or two things the customer says.",
        )
    if not opening.emotion:
        yield (
            ("turns", 0),
            "The opening declares no emotion, so naming it cannot be recognised.",
            "Add `emotion: frustrated` and, if others are right too, `accept_emotions: [annoyed]`.",
        )
    if scenario.kind is CallKind.COMPLAINT and "helpfulness" in scenario.skills:
        yield (
            ("skills",),
            "Helpfulness is scored on sales calls only.",
            "Take `helpfulness` out of `skills`, or write `kind: sales`.",
        )


def _turn(turn: Turn, place: Place) -> Iterator[Warned]:
    words = len(turn.says.split())
    if words > MAX_SPOKEN_WORDS:
        yield (
            (*place, "says"),
            f"The customer speaks {words} words at once; {MAX_SPOKEN_WORDS} are about 50 seconds.",
            "Shorten it, or move part of it to the next turn.",
        )
    if turn.facts and not turn.model_replies:
        yield (
            place,
            "There is no model reply, so the agent sees no example afterwards.",
            "Add `model_replies:` with one good reply.",
        )


def _feelings(turn: Turn, language: str, place: Place) -> Iterator[Warned]:
    for name in filter(None, (turn.emotion, *turn.accept_emotions)):
        if meant := likely_meant(name, language=language):
            yield (
                (*place, "emotion" if name == turn.emotion else "accept_emotions"),
                f"`{name}` is no feeling that is known here, so other words for it do not count.",
                f"Did you mean `{meant}`?",
            )


def _fact(fact: Fact, turn: Turn, said: str, place: Place) -> Iterator[Warned]:
    yield from _contrary(fact, place)
    yield from _keys(fact, turn, said, place)
    for index, value in enumerate(fact.values):
        if not holds_value(said, value):
            yield (
                (*place, "values", index),
                f"The customer does not say `{value}`.",
                "Write the value as the customer says it (numbers as digits are fine).",
            )
    for index, wrong in enumerate(fact.confusable):
        if holds(turn.says, wrong) or holds(fact.text, wrong):
            yield (
                (*place, "confusable", index),
                f"The customer says `{wrong}` too, so a right reply would be called wrong.",
                "Take it out of `confusable`.",
            )
    if _said_share(fact, said) < OWN_WORDS:
        yield (
            (*place, "text"),
            "The customer hardly says this, so a reply cannot give it back.",
            "Use the customer's words, or add `keys:` with the words to listen for.",
        )


def _said_share(fact: Fact, said: str) -> float:
    """How much of a fact the customer says: of its content words or of its keys, whichever is more (0..1)."""
    meaning = content_stems(fact.text)
    words = len(meaning & content_stems(said)) / len(meaning) if meaning else 1.0
    groups = [any(holds(said, key) for key in group) for group in fact.keys]
    return max(words, sum(groups) / len(groups) if groups else 0.0)


def _contrary(fact: Fact, place: Place) -> Iterator[Warned]:
    if fact.contrary and (stems(fact.contrary) == stems(fact.text) or _same(fact.contrary, fact.text)):
        yield (
            (*place, "contrary"),
            "The contrary says the same as the text.",
            "Turn it false: what did not happen?",
        )


def _keys(fact: Fact, turn: Turn, said: str, place: Place) -> Iterator[Warned]:
    for index, group in enumerate(fact.keys):
        where = (*place, "keys", index)
        if not any(holds(said, key) or holds(fact.text, key) for key in group):
            yield (
                where,
                f"The customer says none of these words: {', '.join(group)}.",
                "Add the word the customer uses, so that a reply with that word counts.",
            )
        if turn.model_replies and not any(holds(reply, key) for reply in turn.model_replies for key in group):
            yield (
                where,
                f"No model reply of this turn has one of these words: {', '.join(group)}.",
                "Add the word that the model replies use.",
            )


def _pairs(turn: Turn, place: Place) -> Iterator[Warned]:
    for (_, one), (position, other) in combinations(enumerate(turn.facts), 2):
        where = (*place, "facts", position)
        if _same(one.text, other.text):
            yield (
                where,
                f"The facts `{one.id}` and `{other.id}` say nearly the same.",
                "Join them, or word each as a thing of its own.",
            )
        elif (one.contrary and _same(one.contrary, other.text)) or (
            other.contrary and _same(other.contrary, one.text)
        ):
            yield (
                where,
                f"The facts `{one.id}` and `{other.id}` contradict each other.",
                "Compare `contrary` of one with `text` of the other.",
            )


def _same(one: str, other: str) -> bool:
    """Nearly the same words, negations included: "came" and "never came" differ."""
    first, second = content_stems(one), content_stems(other)
    if not first or not second or _negated(one) != _negated(other):
        return False
    return len(first & second) / len(first | second) >= SAME_FACT


def _negated(text: str) -> bool:
    words = text.lower().replace("’", "'").split()
    return any(word in ("not", "no", "never", "nobody", "nothing") or word.endswith("n't") for word in words)
