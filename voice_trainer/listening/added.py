"""Claims the customer never made: values and things that appear nowhere in their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voice_trainer.domain.listening import FactFinding, FactStatus, MoveKind
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.listening.clauses import Clause, split_clauses
from voice_trainer.listening.lexicon import Lexicon, find_stems
from voice_trainer.listening.quantities import Quantity, QuantityKind
from voice_trainer.listening.spoken import Reply
from voice_trainer.listening.text import Tokens, tokens_of_text
from voice_trainer.ports import Embedder

_STRANGE_BELOW = 0.46  # likeness to everything the customer said
_SYMPATHY_FROM = 0.33  # likeness to words of sympathy, which claim nothing
_FOREIGN_BELOW = 0.585  # likeness of a word to each word of the customer; synonyms are closer
_LEAST_FOREIGN, _FOREIGN_SHARE = 2, 0.5
_SMALL_COUNT = 4  # "three phones" may be the customer's own sum: "me and my two teenagers"
_TOLD = frozenset({MoveKind.PARAPHRASE, MoveKind.ACKNOWLEDGE, None})
_LEADING = frozenset({"and", "but", "plus", "now", "even", "also", "because", "that", "then"})
_SOMEBODY = frozenset(
    {"you", "your", "he", "she", "they", "it", "we", "who", "which", "his", "her", "their", "our"}
)
_SUBJECTS = _SOMEBODY | {"the"}
_ARTICLES = frozenset({"a", "an", "some"})
_TURNED = frozenset({MoveKind.CHECK, MoveKind.OFFER, MoveKind.QUESTION})
_OWNING = frozenset({"have", "sell", "stock", "offer", "do"})
_BEYOND_COUNT = 99


def find_added(
    reply: Reply,
    *,
    kinds: Sequence[MoveKind | None],
    facts: Sequence[FactFinding],
    wish: FactStatus | None,
    feeling: frozenset[int],
    barred: frozenset[int],
    turn: Turn,
    scenario: Scenario | None,
    known: Tokens,
    known_quantities: Sequence[Quantity],
    lexicon: Lexicon,
    embedder: Embedder | None,
) -> tuple[Heard, ...]:
    """Stretches of the reply that tell the customer something they did not say.

    Only telling clauses are looked at, never offers, questions or feelings. A strange clause may be a
    distant wording of a fact (or the wish) that was not found elsewhere, and only what is left over was
    invented. Without an embedder only foreign values are found: a word
    that is merely another word for the customer's is not foreign.
    """
    telling = [
        index
        for index, clause in enumerate(reply.clauses[: _listened_until(reply, kinds)])
        if kinds[index] in _TOLD
        and index not in feeling | barred
        and not clause.question
        and _tells(reply.tokens, clause)
        and not lexicon.wanting.first(reply.tokens, clause.first, clause.last)
    ]
    given = [f.heard.text for f in facts if f.heard]
    found = {
        index
        for index in telling
        if kinds[index] is not MoveKind.ACKNOWLEDGE
        and _foreign_value(reply, reply.clauses[index], known_quantities)
        and not any(_text(reply, reply.clauses[index]) in text for text in given)
    }
    strange = _strange_clauses(
        reply,
        [index for index in telling if index not in found],
        familiar=_customer_sentences(turn, scenario, lexicon),
        known=known,
        lexicon=lexicon,
        embedder=embedder,
    )
    # The strangest are left over: what is most like the customer's words stands for what was not found.
    found |= set(strange[: max(0, len(strange) - _standing_for([*(f.status for f in facts), wish]))])
    bent = [
        f.heard.text for f in facts if f.heard and f.status in (FactStatus.CONTRADICTED, FactStatus.UNSURE)
    ]
    heard = [
        reply.tokens.heard(reply.clauses[index].first, reply.clauses[index].last) for index in sorted(found)
    ]
    return tuple(h for h in heard if h is not None and not any(h.text in text for text in bent))


def _standing_for(statuses: Sequence[FactStatus | None]) -> int:
    """How many strange clauses may be other words for what was not found, or not wholly.

    A fact told in idioms takes as many clauses as it likes, so one that was missed excuses them all.
    """
    return sum(
        _BEYOND_COUNT if status is FactStatus.MISSED else 1 if status is FactStatus.PARTLY else 0
        for status in statuses
    )


def _listened_until(reply: Reply, kinds: Sequence[MoveKind | None]) -> int:
    """Index of the first clause with which the reply turns from giving back to checking or offering."""
    told = False
    for index, kind in enumerate(kinds):
        if told and (kind in _TURNED or _presents(reply.tokens, reply.clauses[index])):
            return index
        told = told or kind is MoveKind.PARAPHRASE
    return len(kinds) if told else 0


def _text(reply: Reply, clause: Clause) -> str:
    heard = reply.tokens.heard(clause.first, clause.last)
    return heard.text if heard else ""


def _tells(tokens: Tokens, clause: Clause) -> bool:
    """Whether a clause claims something of somebody: "and your boss has threatened ...".

    What begins with "so" draws from what was said, and "with", "when", "while" only dress it up.
    """
    texts = tokens.texts[clause.first : clause.last]
    while texts and texts[0] in _LEADING:
        texts = texts[1:]
    return bool(texts) and texts[0] in _SUBJECTS and bool(_SOMEBODY & set(texts))


def _presents(tokens: Tokens, clause: Clause) -> bool:
    """Whether a clause shows what there is to be had: "we have a cover", "there is a cabin"."""
    texts = tokens.texts[clause.first : clause.last]
    owned = "we" in texts[:2] and bool(_OWNING & set(texts[:4]))
    return (owned or texts[:2] == ["there", "is"]) and bool(_ARTICLES & set(texts[:5]))


def _foreign_value(reply: Reply, clause: Clause, known: Sequence[Quantity]) -> bool:
    return any(
        clause.first <= quantity.first < clause.last
        and not quantity.loose
        and not quantity.hedged
        and quantity.kind not in (QuantityKind.TIMES, QuantityKind.CLOCK)
        and max(quantity.amounts) > _SMALL_COUNT
        and not any(other.agrees(quantity) for other in known)
        for quantity in reply.quantities
    )


def _strange_clauses(
    reply: Reply,
    telling: Sequence[int],
    *,
    familiar: Sequence[str],
    known: Tokens,
    lexicon: Lexicon,
    embedder: Embedder | None,
) -> list[int]:
    """Indexes of clauses unlike all that the customer said, the strangest first."""
    if embedder is None or reply.vectors is None:
        return []
    rows = {bounds: row for row, bounds in enumerate(reply.embedded)}
    sentences = np.asarray(embedder.embed(familiar))
    sympathy = np.asarray(embedder.embed(lexicon.sympathy))
    felt = frozenset().union(*lexicon.emotions.values())
    stems = set(known.stems)
    strange: list[tuple[float, int]] = []
    for index in telling:
        clause = reply.clauses[index]
        if next(find_stems(reply.tokens.stems, felt, first=clause.first, last=clause.last), None):
            continue
        content = [t for t in reply.tokens.items[clause.first : clause.last] if lexicon.is_content(t.text)]
        foreign = [token.text for token in content if token.stem not in stems and token.text.isalpha()]
        vector = reply.vectors[rows[(clause.first, clause.last)]]
        likeness = float((sentences @ vector).max())
        enough = max(_LEAST_FOREIGN, _FOREIGN_SHARE * len(content))
        if len(foreign) < enough or likeness >= _STRANGE_BELOW or _felt(sympathy, vector):
            continue
        if _foreign_words(foreign, known, lexicon, embedder) >= enough:
            strange.append((likeness, index))
    return [index for _, index in sorted(strange)]


def _felt(sympathy: NDArray[np.float32], vector: NDArray[np.float32]) -> bool:
    return bool(len(sympathy)) and float((sympathy @ vector).max()) >= _SYMPATHY_FROM


def _foreign_words(words: Sequence[str], known: Tokens, lexicon: Lexicon, embedder: Embedder) -> int:
    """How many of the words are no other words for something the customer said."""
    said = sorted({token.text for token in known.items if lexicon.is_content(token.text)})
    if not said:
        return len(words)
    nearest = (np.asarray(embedder.embed(words)) @ np.asarray(embedder.embed(said)).T).max(axis=1)
    return int((nearest < _FOREIGN_BELOW).sum())


def _customer_sentences(turn: Turn, scenario: Scenario | None, lexicon: Lexicon) -> list[str]:
    tokens = tokens_of_text(turn.says)
    sentences: list[str] = []
    first = 0
    for index, token in enumerate(tokens.items):
        if (token.end and token.end in ".?!;") or index == len(tokens) - 1:
            heard = tokens.heard(first, index + 1)
            sentences.append(heard.text if heard else "")
            first = index + 1
    heard_clauses = [tokens.heard(c.first, c.last) for c in split_clauses(tokens, lexicon=lexicon)]
    sentences += [heard.text for heard in heard_clauses if heard]
    sentences += [fact.text for fact in turn.facts]
    sentences += [turn.wish.text] if turn.wish else []
    if scenario is not None:
        sentences += [scenario.title, scenario.persona.about]
    return list(dict.fromkeys(sentence for sentence in sentences if sentence)) or [turn.says or "-"]
