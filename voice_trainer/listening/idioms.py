"""Facts told in words so far from the customer's that no single clause shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voice_trainer.domain.listening import FactFinding, FactStatus, MoveKind
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.spoken import Alignment, Reply

_ANCHORED_SHARE = 0.25  # of the facts must be found outright, or the reply may be about another call
_LEAST_WORDS, _LEAST_CONTENT = 4, 2
_CONFIDENCE = 0.4
_TELLING = frozenset({MoveKind.PARAPHRASE, None})
_SOLVING = frozenset({MoveKind.OFFER, MoveKind.POLICY})


def credit_idioms(
    reply: Reply,
    facts: tuple[FactFinding, ...],
    *,
    alignments: Sequence[Alignment],
    kinds: Sequence[MoveKind | None],
    silent: frozenset[int],
    lexicon: Lexicon,
) -> tuple[FactFinding, ...]:
    """Count a missed fact as partly told where a clause of its own is left to have told it.

    "Each of us spins you another yarn" shares nothing with "told something different every time". But in
    a reply that gives the other facts back, tells at least as many further things as facts are missing
    and asks nothing meanwhile, the likeliest reading is that those are the missing facts. It is a guess:
    such a fact is never more than partly told, and its confidence is low.
    """
    missed = [fact for fact in facts if fact.status is FactStatus.MISSED]
    if not missed or (len(facts) - len(missed)) / len(facts) < _ANCHORED_SHARE:
        return facts
    claimed = [
        (alignment.first, alignment.last)
        for alignment, fact in zip(alignments, facts, strict=True)
        if fact.status is not FactStatus.MISSED
    ]
    solving = next((index for index, kind in enumerate(kinds) if kind in _SOLVING), len(kinds))
    free = [
        clause
        for index, clause in enumerate(reply.clauses[:solving])
        if kinds[index] in _TELLING
        and index not in silent
        and not clause.question
        and clause.last - clause.first >= _LEAST_WORDS
        and _content(reply, clause, lexicon) >= _LEAST_CONTENT
        and not lexicon.wanting.first(reply.tokens, clause.first, clause.last)
        and not any(first <= clause.first and clause.last <= last for first, last in claimed)
    ]
    if len(free) < len(missed):
        return facts
    note = "told in words far from the customer's"
    return tuple(
        replace(fact, status=FactStatus.PARTLY, confidence=_CONFIDENCE, note=note)
        if fact.status is FactStatus.MISSED
        else fact
        for fact in facts
    )


def _content(reply: Reply, clause: Clause, lexicon: Lexicon) -> int:
    return sum(
        1 for token in reply.tokens.items[clause.first : clause.last] if lexicon.is_content(token.text)
    )
