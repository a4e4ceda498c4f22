"""The words of service talk, per language, from small versioned data files."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from voice_trainer.listening.text import Tokens, stem

FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found in tokens ``first:last``."""

    first: int
    last: int


class Phrases:
    """Patterns over normalised words, matched at word boundaries."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        # A caret or dollar in a pattern means the bounds of the stretch searched.
        self._regex = re.compile("|".join(rf"(?<!\S)(?:{pattern.strip()})(?!\S)" for pattern in patterns))
        self._empty = not patterns

    def find(self, tokens: Tokens, first: int = 0, last: int | None = None) -> Iterator[Hit]:
        """All matches within tokens ``first:last``, from left to right."""
        last = len(tokens) if last is None else last
        if self._empty or first >= last:
            return
        texts = [token.text for token in tokens.items[first:last]]
        starts: dict[int, int] = {}
        ends: dict[int, int] = {}
        offset = 0
        for index, text in enumerate(texts):
            starts[offset] = first + index
            ends[offset + len(text)] = first + index + 1
            offset += len(text) + 1
        for match in self._regex.finditer(" ".join(texts)):
            found = match.group().strip()
            if not found:
                continue
            begin = match.start() + len(match.group()) - len(match.group().lstrip())
            yield Hit(starts[begin], ends[begin + len(found)])

    def first(self, tokens: Tokens, first: int = 0, last: int | None = None) -> Hit | None:
        """The first match, None where there is none."""
        return next(self.find(tokens, first, last), None)


@dataclass(frozen=True, slots=True)
class Axis:
    """Two opposites, each as a set of stemmed phrases."""

    name: str
    positive: frozenset[tuple[str, ...]]
    negative: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything a language needs to be listened to."""

    language: str
    version: int
    function_words: frozenset[str]
    generic_stems: frozenset[str]
    negations: frozenset[str]
    irrealis: Phrases
    emotions: Mapping[str, frozenset[tuple[str, ...]]]
    near_emotions: Mapping[str, frozenset[str]]  # families beside each family, both ways
    recognition: Phrases
    sympathy: tuple[str, ...]  # sentences of somebody who feels with the customer, to be like
    canned: Phrases
    not_validating: Phrases
    missteps: Mapping[str, Phrases]
    moves: Mapping[str, Phrases]
    question_starts: frozenset[str]
    reflection: Phrases
    wanting: Phrases
    permission: Phrases
    easy_no: Phrases
    good_turn: Phrases  # announce that something went well
    rosy: Phrases  # call something good; a weaker sign
    axes: tuple[Axis, ...]
    things: tuple[tuple[frozenset[tuple[str, ...]], ...], ...]  # kinds of things, each apart from the others

    def is_content(self, word: str) -> bool:
        """Whether a word carries a claim of its own."""
        return word not in self.function_words and stem(word) not in self.generic_stems


def stems_of(phrase: str) -> tuple[str, ...]:
    """A phrase as stems: "worn-out" and "worn out" are the same."""
    return tuple(stem(word) for word in phrase.replace("-", " ").split())


@functools.cache
def lexicon_for(language: str) -> Lexicon:
    """The lexicon of a BCP 47 language; English where a language has none of its own yet."""
    primary = language.partition("-")[0].lower() or FALLBACK_LANGUAGE
    folder = resources.files("voice_trainer.listening") / "data"
    file = folder / f"{primary}.toml"
    if not file.is_file():
        file = folder / f"{FALLBACK_LANGUAGE}.toml"
    return _build(tomllib.loads(file.read_text(encoding="utf-8")))


def _build(data: dict[str, Any]) -> Lexicon:
    moves = dict(data["moves"])
    starts = frozenset(moves.pop("question_starts").split())
    return Lexicon(
        language=data["language"],
        version=data["version"],
        function_words=frozenset(data["function_words"]["words"].split()),
        generic_stems=frozenset(stem(word) for word in data["generic_words"]["words"].split()),
        negations=frozenset(data["negation"]["words"].split()),
        irrealis=Phrases((data["negation"]["irrealis"].replace("\n", "").strip(),)),
        emotions={
            family: frozenset(tuple(word.split("-")) for word in words.split())
            for family, words in data["emotions"].items()
        },
        near_emotions=_both_ways(data.get("near_emotions", {})),
        recognition=Phrases(tuple(data["recognition"]["patterns"])),
        sympathy=tuple(data["recognition"].get("sympathy", ())),
        canned=Phrases(tuple(data["recognition"]["canned"])),
        not_validating=Phrases(tuple(data["recognition"]["not_validating"])),
        missteps={kind: Phrases(tuple(patterns)) for kind, patterns in data["missteps"].items()},
        moves={kind: Phrases(tuple(patterns)) for kind, patterns in moves.items()},
        question_starts=starts,
        reflection=Phrases(tuple(data["reflection"]["stems"])),
        wanting=Phrases(tuple(data["wanting"]["patterns"])),
        permission=Phrases(tuple(data["help"]["permission"])),
        easy_no=Phrases(tuple(data["help"]["easy_no"])),
        good_turn=Phrases(tuple(data["turning"]["good_turn"])),
        rosy=Phrases(tuple(data["turning"]["rosy"])),
        axes=tuple(
            Axis(name, _phrases(sides[0]), _phrases(sides[1])) for name, sides in data["axes"].items()
        ),
        things=tuple(
            tuple(_phrases(one) for one in kind.split(";")) for kind in data.get("things", {}).values()
        ),
    )


def _phrases(alternatives: str) -> frozenset[tuple[str, ...]]:
    return frozenset(stems_of(phrase) for phrase in alternatives.split("|"))


def _both_ways(pairs: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one, others in pairs.items():
        for other in others.split():
            found[one] = found.get(one, frozenset()) | {other}
            found[other] = found.get(other, frozenset()) | {one}
    return found


def find_stems(
    stems: list[str], phrases: frozenset[tuple[str, ...]], *, first: int = 0, last: int | None = None
) -> Iterator[Hit]:
    """Where one of the stemmed phrases stands; the longest at each place."""
    last = len(stems) if last is None else last
    longest = max((len(phrase) for phrase in phrases), default=0)
    position = first
    while position < last:
        for length in range(min(longest, last - position), 0, -1):
            if tuple(stems[position : position + length]) in phrases:
                yield Hit(position, position + length)
                position += length - 1
                break
        position += 1
