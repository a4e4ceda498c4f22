"""How the customer's feeling was answered: named, recognised in general, canned, or not at all."""

from __future__ import annotations

import numpy as np

from voice_trainer.domain.listening import EmotionFinding, EmotionStatus
from voice_trainer.domain.scenario import Turn
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Hit, Lexicon, find_stems
from voice_trainer.listening.spoken import Reply
from voice_trainer.listening.text import Tokens, stem, tokens_of_text
from voice_trainer.ports import Embedder

_FIRST_PERSON_LOOK_BACK = 3
_FELT_FROM, _FELT_WORDS = 0.42, 4  # likeness to words of sympathy, and the least words of such a clause


def find_emotion(
    reply: Reply,
    turn: Turn,
    *,
    barred: frozenset[int] = frozenset(),
    lexicon: Lexicon,
    embedder: Embedder | None = None,
) -> EmotionFinding:
    """Judge the validation of the customer's feeling.

    Returns
    -------
    EmotionFinding
        NAMED for the declared feeling, one the scenario accepts, or one of their families;
        GENERIC for another feeling named or the weight of the matter recognised ("no wonder");
        NONE for nothing, and for set phrases alone (`canned` is then true).
    """
    tokens, clauses = reply.tokens, reply.clauses
    wanted = _wanted(turn, lexicon)
    own = _first_valid(tokens, wanted, clauses, lexicon)
    if own:
        return EmotionFinding(EmotionStatus.NAMED, tokens.heard(own.first, own.last))
    # "Forgotten" is no feeling where a forgotten password is what the customer rings about.
    told = frozenset(tokens_of_text(" ".join(fact.text for fact in turn.facts)).texts)
    every = frozenset().union(*lexicon.emotions.values()) - {(word,) for word in told}
    other = _first_valid(tokens, every, clauses, lexicon)
    recognised = other or _recognised(tokens, lexicon) or _felt_with(reply, barred, lexicon, embedder)
    if recognised:
        return EmotionFinding(EmotionStatus.GENERIC, tokens.heard(recognised.first, recognised.last))
    canned = lexicon.canned.first(tokens)
    if canned:
        return EmotionFinding(EmotionStatus.NONE, tokens.heard(canned.first, canned.last), canned=True)
    return EmotionFinding(EmotionStatus.NONE)


def _wanted(turn: Turn, lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    names = {
        tuple(name.lower().replace("-", " ").split())
        for name in (turn.emotion, *turn.accept_emotions)
        if name
    }
    families = [words for words in lexicon.emotions.values() if names & words]
    stems = {tuple(stem(word) for word in name) for name in names}
    return frozenset(names | stems).union(*families)


def _first_valid(
    tokens: Tokens, words: frozenset[tuple[str, ...]], clauses: tuple[Clause, ...], lexicon: Lexicon
) -> Hit | None:
    if not words:
        return None
    spoken, stems = find_stems(tokens.texts, words), find_stems(tokens.stems, words)
    hits = sorted({*spoken, *stems}, key=lambda hit: hit.first)
    return next((hit for hit in hits if _is_customers(tokens, hit, clauses, lexicon)), None)


def _is_customers(tokens: Tokens, hit: Hit, clauses: tuple[Clause, ...], lexicon: Lexicon) -> bool:
    """Not the agent's own feeling, not one ordered away, not part of a set phrase or an apology."""
    clause = next((c for c in clauses if c.first <= hit.first < c.last), None)
    first, last = (clause.first, clause.last) if clause else (0, len(tokens))
    before = [
        token.text for token in tokens.items[max(first, hit.first - _FIRST_PERSON_LOOK_BACK) : hit.first]
    ]
    if "am" in before or before[-1:] == ["i"]:
        return False
    around = [*lexicon.missteps["calm_down"].find(tokens, first, last)]
    around += lexicon.canned.find(tokens, first, last)
    around += [
        Hit(found.first, found.last + 1)
        for found in lexicon.not_validating.find(tokens, max(first, hit.first - 5), min(hit.last + 2, last))
    ]
    return not any(found.first <= hit.first < found.last for found in around)


def _felt_with(
    reply: Reply, barred: frozenset[int], lexicon: Lexicon, embedder: Embedder | None
) -> Hit | None:
    """A clause that speaks as those do who feel with somebody: "that'd wear anyone's patience thin"."""
    if embedder is None or reply.vectors is None or not lexicon.sympathy:
        return None
    alike = (np.asarray(embedder.embed(lexicon.sympathy)) @ reply.vectors.T).max(axis=0)
    rows = {bounds: row for row, bounds in enumerate(reply.embedded)}
    polite = (lexicon.moves["closing"], lexicon.moves["check"], lexicon.canned)
    for index, clause in enumerate(reply.clauses):
        if index in barred or clause.last - clause.first < _FELT_WORDS:
            continue
        if any(phrases.first(reply.tokens, clause.first, clause.last) for phrases in polite):
            continue
        if alike[rows[(clause.first, clause.last)]] >= _FELT_FROM:
            return Hit(clause.first, clause.last)
    return None


def _recognised(tokens: Tokens, lexicon: Lexicon) -> Hit | None:
    canned = list(lexicon.canned.find(tokens))
    for hit in lexicon.recognition.find(tokens):
        if not any(found.first <= hit.first and hit.last <= found.last for found in canned):
            return hit
    return None
