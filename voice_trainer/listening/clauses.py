"""A reply cut into clauses, with punctuation where there is some and without where speech has none."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.text import Tokens

_JOINERS = frozenset(
    {
        "and",
        "but",
        "so",
        "because",
        "although",
        "though",
        "while",
        "whereas",
        "yet",
        "plus",
        "however",
        "then",
        "until",
        "since",
        "when",
        "where",
        "which",
        "who",
    }
)
_SUBJECTS = frozenset(
    {
        "you",
        "we",
        "i",
        "they",
        "it",
        "he",
        "she",
        "that",
        "this",
        "there",
        "nobody",
        "everyone",
        "someone",
        "your",
        "our",
    }
)
_VERBISH = frozenset(
    {
        "am",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "have",
        "has",
        "had",
        "do",
        "does",
        "did",
        "will",
        "would",
        "can",
        "could",
        "shall",
        "should",
        "must",
        "might",
        "may",
        "not",
    }
)
_OPENERS = (
    "i can",
    "i am",
    "i will",
    "you want",
    "you need",
    "that must",
    "it sounds",
    "that sounds",
    "no wonder",
    "let me",
    "have i",
    "is that",
    "did i",
    "we will",
    "what you",
    "you would like",
    "it must",
)
_LEAST = 3
_LONGEST = 28


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens ``first:last`` that say one thing; `sentence` counts sentences."""

    first: int
    last: int
    sentence: int
    question: bool = False


def split_clauses(tokens: Tokens, *, lexicon: Lexicon) -> tuple[Clause, ...]:
    """Cut a reply into clauses.

    Cuts at punctuation and at joining words; where a stretch has none of either, at the openers of a
    new thought ("you want", "that must", "I can hear"). A clause has three words or more unless
    punctuation says otherwise.
    """
    clauses: list[Clause] = []
    first, sentence = 0, 0
    punctuated = sum(1 for token in tokens.items if token.end) >= len(tokens) / 40
    for index, token in enumerate(tokens.items):
        last = index + 1
        ends_sentence = token.end in tuple(".?!;…") if token.end else False
        if ends_sentence or last == len(tokens):
            asked = token.end == "?" or (
                (not token.end or not punctuated) and _asks(tokens, first, last, lexicon)
            )
            clauses.append(Clause(first, last, sentence, asked))
            first, sentence = last, sentence + 1
        elif last - first >= _cut_after(tokens, index, punctuated):
            clauses.append(Clause(first, last, sentence))
            first = last
    return tuple(_mark_questions(clauses))


def _cut_after(tokens: Tokens, index: int, punctuated: bool) -> int:
    """How many words a clause must have for a cut after this token; beyond all length for no cut."""
    following = [token.text for token in tokens.items[index + 1 : index + 4]]
    if tokens.items[index].end in {",", ":"}:
        return 2
    if following and following[0] in _JOINERS and len(tokens) - index > _LEAST:
        joined = following[1] if len(following) > 1 else ""
        plain_and = following[0] in {"and", "so", "then", "who", "which", "where", "when", "since"}
        return _LEAST if not plain_and or joined in _SUBJECTS | _VERBISH or len(following) > 2 else 99
    opener = " ".join(following)
    if not punctuated and any(opener.startswith(start) for start in _OPENERS):
        return 2
    if (
        not punctuated
        and following
        and following[0] in {"you", "we"}
        and tokens.items[index].text not in _VERBISH
    ):
        return 5
    return _LONGEST


def _asks(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> bool:
    """Whether unpunctuated words are a question: a question word or a verb before its subject."""
    texts = [token.text for token in tokens.items[first:last]]
    while texts and texts[0] in {"and", "so", "ok", "now", "well", "but", "then"}:
        texts = texts[1:]
    if not texts or texts[0] not in lexicon.question_starts:
        return False
    wh = texts[0] in {"which", "who", "whose", "when", "where", "why", "how", "what"}
    return len(texts) > 1 and (
        texts[1] in {"is", "are", "do", "did", "was", "time", "many"} if wh else texts[1] in _SUBJECTS
    )


def _mark_questions(clauses: list[Clause]) -> list[Clause]:
    """A question mark at the end of a sentence counts for its last clause only."""
    return clauses


def windows(
    clauses: tuple[Clause, ...], *, longest: int = 2, without: frozenset[int] = frozenset()
) -> list[tuple[int, int]]:
    """Token ranges of one to `longest` neighbouring clauses, each once; none holds one of `without`."""
    ranges: dict[tuple[int, int], None] = {}
    for count in range(1, longest + 1):
        for start in range(len(clauses) - count + 1):
            if without.isdisjoint(range(start, start + count)):
                ranges[(clauses[start].first, clauses[start + count - 1].last)] = None
    return list(ranges)
