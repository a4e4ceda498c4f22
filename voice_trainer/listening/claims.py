"""What a declared fact claims, made ready for comparison once and remembered."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from voice_trainer.domain.scenario import Fact
from voice_trainer.listening.lexicon import Axis, Hit, Lexicon, find_stems, lexicon_for, stems_of
from voice_trainer.listening.moments import Moment, find_moments
from voice_trainer.listening.quantities import Quantity, QuantityKind, find_quantities, parse_value
from voice_trainer.listening.text import Tokens, tokens_of_text

_SCOPE = 4  # a negation reaches this many words ahead
_DENIES_NOTHING = frozenset(
    {"wonder", "only", "just", "doubt", "matter", "more", "less", "surprise", "second", "good"}
)
_BREAKS = frozenset(
    {
        "but",
        "and",
        "because",
        "so",
        "although",
        "though",
    }
)
Things = tuple[frozenset[tuple[str, ...]], ...]  # each by all its names, as stemmed phrases
_SUBJECTS = frozenset({"you", "we", "they", "he", "she", "i"})


@dataclass(frozen=True, slots=True)
class Side:
    """Which pole of an axis a text takes, and where."""

    axis: str
    positive: bool
    hit: Hit


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact made comparable."""

    fact: Fact
    groups: tuple[frozenset[tuple[str, ...]], ...]  # declared keys, as stemmed phrases
    content: tuple[str, ...]  # stems of the fact's own content words
    values: tuple[Quantity, ...]
    moments: tuple[Moment, ...]  # when it was: never expected back, but not to be contradicted
    confusable: frozenset[tuple[str, ...]]
    kinds: tuple[tuple[Things, Things], ...]  # of each kind it names things of: those, and the others
    sides: dict[str, bool]  # axis -> pole, where the fact takes one pole only
    opposed: frozenset[str]  # axes on which the contrary takes the other pole
    polarity: dict[str, bool]  # content stem -> negated
    turned: frozenset[str]  # content stems that the contrary negates the other way
    contrary_content: frozenset[str]  # what only the contrary says

    @property
    def id(self) -> str:
        """The fact's id."""
        return self.fact.id


@functools.lru_cache(maxsize=2048)
def claim_of(fact: Fact, language: str) -> Claim:
    """Make a fact comparable. Only its text is needed; keys, values and contrary sharpen it."""
    lexicon = lexicon_for(language)
    tokens = tokens_of_text(fact.text)
    contrary = tokens_of_text(fact.contrary)
    sides = _one_sided(tokens, lexicon)
    other = _one_sided(contrary, lexicon)
    content = _content(tokens, lexicon)
    polarity = polarity_of(tokens, lexicon)
    return Claim(
        fact=fact,
        groups=tuple(frozenset(_key(key) for key in group) for group in fact.keys if group),
        content=content,
        values=_expected(fact, tokens),
        moments=find_moments(tokens.items, find_quantities(tokens.items)),
        confusable=frozenset(stems_of(" ".join(tokens_of_text(c).texts)) for c in fact.confusable),
        kinds=_kinds(tokens, lexicon),
        sides=sides,
        opposed=frozenset(axis for axis, pole in other.items() if sides.get(axis, not pole) != pole),
        polarity=polarity,
        turned=frozenset(
            word for word, no in polarity_of(contrary, lexicon).items() if polarity.get(word, no) != no
        ),
        contrary_content=frozenset(_content(contrary, lexicon)) - set(content),
    )


def _kinds(tokens: Tokens, lexicon: Lexicon) -> tuple[tuple[Things, Things], ...]:
    """The lexicon knows many kinds: which of them a fact names is looked up once."""
    stems = set(tokens.stems)
    found = []
    for kind in lexicon.things:
        named = tuple(
            one
            for one in kind
            if any(phrase[0] in stems for phrase in one) and any(find_stems(tokens.stems, one))
        )
        if named:
            found.append((named, tuple(one for one in kind if one not in named)))
    return tuple(found)


def _key(key: str) -> tuple[str, ...]:
    return tuple(tokens_of_text(key).stems)


def _expected(fact: Fact, tokens: Tokens) -> tuple[Quantity, ...]:
    if fact.values:
        return tuple(quantity for value in fact.values if (quantity := parse_value(value)))
    return tuple(
        quantity
        for quantity in find_quantities(tokens.items)
        if not quantity.loose and quantity.kind is not QuantityKind.CLOCK
    )


def _content(tokens: Tokens, lexicon: Lexicon) -> tuple[str, ...]:
    inside = {i for q in find_quantities(tokens.items) for i in range(q.first, q.last)}
    return tuple(
        dict.fromkeys(
            token.stem
            for index, token in enumerate(tokens.items)
            if index not in inside and lexicon.is_content(token.text)
        )
    )


def is_negated(tokens: Tokens, at: int, *, floor: int, lexicon: Lexicon) -> bool:
    """Whether a negation reaches the token: "has not arrived", "nobody came"."""
    negated = False
    for index in range(at - 1, max(floor, at - _SCOPE - 1) - 1, -1):
        token = tokens.items[index]
        if token.end or token.text in _BREAKS:
            break
        if token.text in lexicon.negations and _denies(tokens, index):
            negated = not negated
    return negated


def _denies(tokens: Tokens, at: int) -> bool:
    """Whether a negation is one: "no wonder" and "not only" deny nothing, "no one" does.

    "You no ended up" is no English: there the recogniser put the "no" in.
    """
    text = tokens.items[at].text
    following = tokens.items[at + 1].text if at + 1 < len(tokens) else ""
    if text in {"no", "not"} and following in _DENIES_NOTHING:
        return False
    spoken_of = at > 0 and not tokens.items[at - 1].end and tokens.items[at - 1].text in _SUBJECTS
    return not (text == "no" and spoken_of and following != "longer")


def sides_of(
    tokens: Tokens, *, first: int = 0, last: int | None = None, lexicon: Lexicon, real_only: bool = False
) -> Iterator[Side]:
    """The poles taken in tokens ``first:last``.

    With `real_only`, what was hoped, promised or wanted is left out ("was supposed to come").
    """
    last = len(tokens) if last is None else last
    unreal = [*lexicon.irrealis.find(tokens, first, last)] if real_only else []
    for axis in lexicon.axes:
        yield from _axis_sides(tokens, axis, bounds=(first, last), unreal=unreal, lexicon=lexicon)


def _axis_sides(
    tokens: Tokens,
    axis: Axis,
    *,
    bounds: tuple[int, int],
    unreal: list[Hit],
    lexicon: Lexicon,
) -> Iterator[Side]:
    first, last = bounds
    stems = tokens.stems
    for positive, phrases in ((True, axis.positive), (False, axis.negative)):
        for hit in find_stems(stems, phrases, first=first, last=last):
            if any(0 <= hit.first - word.last <= _SCOPE for word in unreal):
                continue
            starts_negated = tokens.items[hit.first].text in lexicon.negations
            flipped = not starts_negated and is_negated(tokens, hit.first, floor=first, lexicon=lexicon)
            yield Side(axis.name, positive != flipped, hit)


def _one_sided(tokens: Tokens, lexicon: Lexicon) -> dict[str, bool]:
    poles: dict[str, set[bool]] = {}
    for side in sides_of(tokens, lexicon=lexicon, real_only=True):
        poles.setdefault(side.axis, set()).add(side.positive)
    return {axis: next(iter(taken)) for axis, taken in poles.items() if len(taken) == 1}


def polarity_of(
    tokens: Tokens, lexicon: Lexicon, *, first: int = 0, last: int | None = None
) -> dict[str, bool]:
    """Content stems of tokens ``first:last`` and whether each is negated; stems with both are left out."""
    seen: dict[str, set[bool]] = {}
    last = len(tokens) if last is None else last
    unreal = [*lexicon.irrealis.find(tokens, first, last)]
    for index in range(first, last):
        token = tokens.items[index]
        if not lexicon.is_content(token.text) or any(0 <= index - word.last <= _SCOPE for word in unreal):
            continue
        seen.setdefault(token.stem, set()).add(is_negated(tokens, index, floor=first, lexicon=lexicon))
    return {stem: next(iter(poles)) for stem, poles in seen.items() if len(poles) == 1}
