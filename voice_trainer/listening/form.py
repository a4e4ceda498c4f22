"""Whether a reply has the form of a reflection, whatever it speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import MoveKind
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.text import Tokens

_SECOND_PERSON = frozenset({"you", "your", "yours", "yourself"})
_WH = frozenset({"what", "which", "who", "whose", "when", "where", "why", "how"})
_ASKING = frozenset(
    {"do", "did", "does", "are", "is", "was", "were", "have", "has", "can", "could", "would", "will"}
    | {"should", "am", "may", "might"}
)
_ASKED = frozenset({"you", "it", "that", "there", "they", "he", "she", "we", "this", "your", "i"})
_LEADING = frozenset({"so", "and", "ok", "now", "well", "but", "then"})
_FIRST_PERSON = frozenset({"i", "me", "my"})
_OWN_COST = 1.5  # for each share of words that speak of oneself
_LIFTED = 0.3  # what a statement said as a question keeps back of a reflection
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


def left_with_them(tokens: Tokens, form: float, *, lexicon: Lexicon) -> float:
    """Measure the form of a reflection where there are no declared facts to tell it by.

    Parameters
    ----------
    form
        What `reflective_form` found, 0..1.

    Returns
    -------
    float
        0..1. A reply that ends with a question leaves the customer with work to do, however it began,
        and one that speaks of the agent gives advice or tells a story. One that checks ("have I got
        that?") loses nothing, and a statement said as a question ("you'd like it back?") little.
    """
    opened = {i for hit in lexicon.reflection.find(tokens) for i in range(hit.first, hit.last)}
    own = sum(1 for i, t in enumerate(tokens.items) if t.text in _FIRST_PERSON and i not in opened)
    form -= _OWN_COST * own / max(len(tokens), 1)
    first = _last_sentence(tokens)
    if tokens.items[-1:] and tokens.items[-1].end == "?":
        checks = lexicon.moves["check"].first(tokens, first) is not None
        asks = _is_interrogative(tokens.texts[first:]) and not checks
        form -= 1.0 if asks else 0.0 if checks else _LIFTED
    return round(max(0.0, (1.0 + form) / 2), 3)


def _last_sentence(tokens: Tokens) -> int:
    for index in range(len(tokens) - 2, -1, -1):
        if tokens.items[index].end and tokens.items[index].end in ".?!":
            return index + 1
    return 0


def _is_interrogative(texts: list[str]) -> bool:
    """Whether a verb stands before its subject, or a question word opens."""
    while texts and texts[0] in _LEADING:
        texts = texts[1:]
    if texts and texts[0] in _WH:
        return True
    nexts = zip(texts, [*texts[1:], ""], [*texts[2:], "", ""], strict=False)
    return any(one in _ASKING and (two if two != "not" else three) in _ASKED for one, two, three in nexts)
