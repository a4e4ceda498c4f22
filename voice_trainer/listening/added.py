"""Claims the customer never made: values and things that appear nowhere in their words."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import FactFinding, FactStatus, MoveKind
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.quantities import Quantity, QuantityKind
from voice_trainer.listening.spoken import Reply
from voice_trainer.listening.text import Tokens, tokens_of_text
from voice_trainer.ports import Embedder

_STRANGE_BELOW = 0.16  # likeness to everything the customer said
_LEAST_CONTENT = 2
_TOLD = frozenset({MoveKind.PARAPHRASE, None})


def find_added(
    reply: Reply,
    *,
    kinds: Sequence[MoveKind | None],
    facts: Sequence[FactFinding],
    feeling: frozenset[int],
    turn: Turn,
    scenario: Scenario | None,
    known: Tokens,
    known_quantities: Sequence[Quantity],
    lexicon: Lexicon,
    embedder: Embedder | None,
) -> tuple[Heard, ...]:
    """Stretches of the reply that tell the customer something they did not say.

    Only telling clauses are looked at, never offers, questions or feelings. Without an embedder only
    foreign values are found: a word that is merely another word for the customer's is not foreign.
    """
    found: list[tuple[int, int]] = []
    for index, clause in enumerate(reply.clauses):
        if kinds[index] not in _TOLD or index in feeling or clause.question:
            continue
        if _foreign_value(reply, clause.first, clause.last, known_quantities):
            found.append((clause.first, clause.last))
    found += _strange_clauses(
        reply,
        kinds=kinds,
        feeling=feeling,
        familiar=_customer_sentences(turn, scenario),
        known=known,
        lexicon=lexicon,
        embedder=embedder,
    )
    bent = [
        f.heard.text for f in facts if f.heard and f.status in (FactStatus.CONTRADICTED, FactStatus.UNSURE)
    ]
    heard = [reply.tokens.heard(first, last) for first, last in sorted(set(found))]
    return tuple(h for h in heard if h is not None and not any(h.text in text for text in bent))


def _foreign_value(reply: Reply, first: int, last: int, known: Sequence[Quantity]) -> bool:
    return any(
        first <= quantity.first < last
        and not quantity.loose
        and not quantity.hedged
        and quantity.kind not in (QuantityKind.TIMES, QuantityKind.CLOCK)
        and max(quantity.amounts) > 2
        and not any(other.agrees(quantity) for other in known)
        for quantity in reply.quantities
    )


def _strange_clauses(
    reply: Reply,
    *,
    kinds: Sequence[MoveKind | None],
    feeling: frozenset[int],
    familiar: Sequence[str],
    known: Tokens,
    lexicon: Lexicon,
    embedder: Embedder | None,
) -> list[tuple[int, int]]:
    if embedder is None or reply.vectors is None:
        return []
    rows = {bounds: row for row, bounds in enumerate(reply.embedded)}
    sentences = embedder.embed(familiar)
    strange: list[tuple[int, int]] = []
    stems = set(known.stems)
    for index, clause in enumerate(reply.clauses):
        if kinds[index] is not MoveKind.PARAPHRASE or index in feeling or clause.question:
            continue
        content = [t for t in reply.tokens.items[clause.first : clause.last] if lexicon.is_content(t.text)]
        foreign = [token for token in content if token.stem not in stems]
        if len(foreign) < max(_LEAST_CONTENT, len(content)):
            continue  # it shares a word with the customer, or says next to nothing
        vector = reply.vectors[rows[(clause.first, clause.last)]]
        if float((sentences @ vector).max()) < _STRANGE_BELOW:
            strange.append((clause.first, clause.last))
    return strange


def _customer_sentences(turn: Turn, scenario: Scenario | None) -> list[str]:
    tokens = tokens_of_text(turn.says)
    sentences: list[str] = []
    first = 0
    for index, token in enumerate(tokens.items):
        if (token.end and token.end in ".?!;") or index == len(tokens) - 1:
            heard = tokens.heard(first, index + 1)
            sentences.append(heard.text if heard else "")
            first = index + 1
    sentences += [fact.text for fact in turn.facts]
    sentences += [turn.wish.text] if turn.wish else []
    if scenario is not None:
        sentences += [scenario.title, scenario.persona.about]
    return [sentence for sentence in sentences if sentence] or [turn.says or "-"]
