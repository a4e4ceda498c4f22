"""Whether a reply has the form of a reflection, whatever it speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import MoveKind
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.text import Tokens

_SECOND_PERSON = frozenset({"you", "your", "yours", "yourself"})
_FULL_SHARE = 0.07  # of words; beyond it more "you" makes no more reflection


def reflective_form(
    tokens: Tokens, *, clauses: Sequence[Clause], kinds: Sequence[MoveKind | None], lexicon: Lexicon
) -> float:
    """Measure the form of a reflection.

    Returns
    -------
    float
        0..1: the customer is spoken to (second person), sentences open as reflections do, and few
        clauses ask, advise or quote rules. 0 for an empty reply.
    """
    if not clauses or not len(tokens):
        return 0.0
    second = sum(1 for token in tokens.items if token.text in _SECOND_PERSON) / len(tokens)
    stems = sum(1 for clause in clauses if lexicon.reflection.first(tokens, clause.first, clause.last))
    telling = sum(1 for kind in kinds if kind in (MoveKind.PARAPHRASE, MoveKind.ACKNOWLEDGE, MoveKind.CHECK))
    other = sum(1 for kind in kinds if kind in (MoveKind.QUESTION, MoveKind.OFFER, MoveKind.POLICY))
    spoken_to = min(1.0, second / _FULL_SHARE)
    opened = min(1.0, 2.0 * stems / len(clauses))
    # Whatever else a question does, it hands the work back to the customer; checking does not.
    asked = sum(
        1
        for clause, kind in zip(clauses, kinds, strict=True)
        if clause.question and kind not in (MoveKind.CHECK, MoveKind.QUESTION, MoveKind.OFFER)
    )
    telling, other = max(telling - asked, 0), other + asked
    balance = telling / (telling + other) if telling + other else 0.0
    return round(balance * (0.5 * spoken_to + 0.5 * opened), 3)
