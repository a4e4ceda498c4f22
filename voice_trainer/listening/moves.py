"""The reply as a sequence of moves: what each clause does, in order."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import Move, MoveKind
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.text import Tokens

_OPENING_WORDS = 4  # an offer is made where a clause begins; later it is told of
# What may be told by its words alone, in the order in which the stronger sign wins.
_BY_PATTERN = (
    (MoveKind.CLOSING, "closing"),
    (MoveKind.CHECK, "check"),
    (MoveKind.POLICY, "policy"),
    (MoveKind.ACKNOWLEDGE, "acknowledge"),
    (MoveKind.OFFER, "offer"),
)


def classify_clauses(
    tokens: Tokens,
    *,
    clauses: Sequence[Clause],
    reflecting: frozenset[int],
    feeling: frozenset[int],
    barred: frozenset[int] = frozenset(),
    lexicon: Lexicon,
) -> list[MoveKind | None]:
    """One kind a clause, None where it does nothing of its own.

    Parameters
    ----------
    reflecting
        Indexes of clauses that speak of a fact or the wish.
    feeling
        Indexes of clauses that answer the customer's feeling.
    barred
        Indexes of clauses that cannot give anything back, see `carries_no_fact`.
    """
    kinds: list[MoveKind | None] = []
    for index, clause in enumerate(clauses):
        kind = _kind(tokens, clause, index in reflecting, index in feeling, lexicon)
        if kind is None and kinds and clause.sentence == clauses[index - 1].sentence:
            kind = kinds[-1]  # the rest of a sentence goes on doing what it began
        kinds.append(None if kind is MoveKind.PARAPHRASE and index in barred else kind)
    return kinds


def _kind(tokens: Tokens, clause: Clause, reflects: bool, feels: bool, lexicon: Lexicon) -> MoveKind | None:
    hits = {
        kind: hit
        for kind, name in _BY_PATTERN
        if (hit := lexicon.moves[name].first(tokens, clause.first, clause.last))
    }
    for kind in (MoveKind.CLOSING, MoveKind.CHECK, MoveKind.POLICY):
        if kind in hits and not (reflects and kind is not MoveKind.CHECK):
            return kind
    offer = hits.get(MoveKind.OFFER)
    if offer and offer.first == clause.first and feels:
        return MoveKind.OFFER  # where a full stop was lost, the feeling comes after the offer
    if feels:
        return MoveKind.ACKNOWLEDGE
    if offer and offer.first - clause.first <= _OPENING_WORDS:
        return MoveKind.OFFER
    if clause.question and not reflects:
        return MoveKind.QUESTION
    if reflects:
        return MoveKind.PARAPHRASE
    if MoveKind.ACKNOWLEDGE in hits:
        return MoveKind.ACKNOWLEDGE
    texts = [token.text for token in tokens.items[clause.first : clause.last]]
    if "you" in texts[:4] and lexicon.reflection.first(tokens, clause.first, clause.last):
        return MoveKind.PARAPHRASE
    return None


def carries_no_fact(tokens: Tokens, *, clauses: Sequence[Clause], lexicon: Lexicon) -> frozenset[int]:
    """Indexes of clauses that offer, quote policy, blame or soothe: none of that gives a fact back.

    "I can send you another one on Friday" shares words with what the customer said and reflects nothing.
    """
    names = (lexicon.moves["policy"], lexicon.missteps["calm_down"], lexicon.missteps["blame"])
    barred = set()
    for index, clause in enumerate(clauses):
        offer = lexicon.moves["offer"].first(tokens, clause.first, clause.last)
        offers = offer is not None and offer.first - clause.first <= _OPENING_WORDS
        if offers or any(phrases.first(tokens, clause.first, clause.last) for phrases in names):
            barred.add(index)
    return frozenset(barred)


def join_moves(
    tokens: Tokens, *, clauses: Sequence[Clause], kinds: Sequence[MoveKind | None]
) -> tuple[Move, ...]:
    """Neighbouring clauses of one kind become one move, with its words and times."""
    moves: list[tuple[MoveKind, int, int]] = []
    for clause, kind in zip(clauses, kinds, strict=True):
        if kind is None:
            continue
        if moves and moves[-1][0] is kind:
            moves[-1] = (kind, moves[-1][1], clause.last)
        else:
            moves.append((kind, clause.first, clause.last))
    return tuple(
        Move(kind, heard) for kind, first, last in moves if (heard := tokens.heard(first, last)) is not None
    )
