"""First question about a fact: is it spoken of at all, and where in the reply?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_trainer.domain.transcript import TranscriptSource
from voice_trainer.listening.claims import Claim
from voice_trainer.listening.clauses import Clause, windows
from voice_trainer.listening.moments import Moment, find_moments
from voice_trainer.listening.quantities import Quantity, find_quantities
from voice_trainer.listening.sounds import sounds_alike
from voice_trainer.listening.text import Tokens
from voice_trainer.ports import Embedder

REFLECTED_FROM = 0.55
PARTLY_FROM = 0.33
_NARROW, _WIDE = 2, 3  # clauses in a window that is embedded, and in one searched for words
_LIKENESS_FLOOR, _LIKENESS_SPAN = 0.30, 0.35
_WITHOUT_KEYS = 0.35  # likeness alone, where none of the declared keys is heard
_LIKE_CONTRARY_FROM = 0.4
_TRUSTED = 0.9  # a word trusted this much was not misheard
_FAVOUR, _TRACE = 0.25, 0.1
_FULL_COVERAGE = 0.6  # of a fact's content words: a paraphrase changes the rest


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply prepared for comparison with many facts."""

    tokens: Tokens
    clauses: tuple[Clause, ...]
    windows: tuple[tuple[int, int], ...]
    embedded: tuple[tuple[int, int], ...]  # the narrow windows, which alone are embedded
    vectors: NDArray[np.float32] | None  # one row an embedded window; None without an embedder
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    machine: bool  # words come from a recogniser


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a fact is spoken of: tokens ``first:last``, and how fully (0..1)."""

    first: int
    last: int
    strength: float
    likeness: float  # cosine, 0 without an embedder
    coverage: float  # share of keys, or of content words where there are none
    contrary_likeness: float = 0.0
    margins: tuple[tuple[int, int, float], ...] = ()  # clauses like the contrary, by how much more so


def prepare(
    tokens: Tokens,
    *,
    clauses: tuple[Clause, ...],
    barred: frozenset[int],
    embedder: Embedder | None,
    source: TranscriptSource,
) -> Reply:
    """Cut into windows and embed them once for all facts; `barred` clauses are in no window."""
    ranges = windows(clauses, longest=_WIDE, without=barred)
    narrow = windows(clauses, longest=_NARROW)
    vectors = None
    if embedder is not None and ranges:
        texts = [_as_heard(tokens, first, last) for first, last in narrow]
        vectors = np.asarray(embedder.embed(texts), dtype=np.float32)
    quantities = find_quantities(tokens.items)
    return Reply(
        tokens,
        clauses,
        tuple(ranges),
        tuple(narrow),
        vectors,
        quantities,
        find_moments(tokens.items, quantities),
        source is TranscriptSource.MACHINE,
    )


def _as_heard(tokens: Tokens, first: int, last: int) -> str:
    heard = tokens.heard(first, last)
    return heard.text if heard else ""


def align(
    reply: Reply,
    claims: Sequence[Claim],
    *,
    embedder: Embedder | None,
    favoured: Sequence[tuple[int, int]] = (),
) -> list[Alignment]:
    """Where each claim is best spoken of, one alignment a claim.

    A window that holds one of the `favoured` token ranges speaks of the claims more surely, once it
    shows a trace of them: "you want" makes a distant wording of the wish surer.
    """
    if not reply.windows:
        return [Alignment(0, 0, 0.0, 0.0, 0.0) for _ in claims]
    likeness = _likeness(reply, [claim.fact.text for claim in claims], embedder)
    contrary = _likeness(reply, [claim.fact.contrary or claim.fact.text for claim in claims], embedder)
    alignments = []
    for row, claim in enumerate(claims):
        coverage = [_coverage(reply, claim, first, last) for first, last in reply.windows]
        strengths = [
            _strength(claim, share, None if likeness is None else float(likeness[row, index]))
            for index, share in enumerate(coverage)
        ]
        strengths = [
            _favour(strength, bounds, favoured)
            for strength, bounds in zip(strengths, reply.windows, strict=True)
        ]
        # Of equally strong windows the shorter shows the words best.
        best = max(
            range(len(strengths)),
            key=lambda i: (round(strengths[i], 2), reply.windows[i][0] - reply.windows[i][1]),
        )
        first, last = reply.windows[best]
        alignments.append(
            Alignment(
                first,
                last,
                strengths[best],
                0.0 if likeness is None else float(likeness[row, best]),
                coverage[best],
                0.0 if contrary is None or not claim.fact.contrary else float(contrary[row, best]),
                _margins(reply, claim, likeness, contrary, row),
            )
        )
    return alignments


def _margins(
    reply: Reply,
    claim: Claim,
    likeness: NDArray[np.float32] | None,
    contrary: NDArray[np.float32] | None,
    row: int,
) -> tuple[tuple[int, int, float], ...]:
    """Clauses that are like the fact turned false, and how much more so than like the fact."""
    if likeness is None or contrary is None or not claim.fact.contrary:
        return ()
    alone = {(clause.first, clause.last) for clause in reply.clauses}
    return tuple(
        (*bounds, float(contrary[row, i] - likeness[row, i]))
        for i, bounds in enumerate(reply.windows)
        if bounds in alone and contrary[row, i] >= _LIKE_CONTRARY_FROM
    )


def _favour(strength: float, bounds: tuple[int, int], favoured: Sequence[tuple[int, int]]) -> float:
    holds = any(bounds[0] <= first and last <= bounds[1] for first, last in favoured)
    return min(1.0, strength + _FAVOUR) if holds and strength > _TRACE else strength


def _likeness(reply: Reply, texts: Sequence[str], embedder: Embedder | None) -> NDArray[np.float32] | None:
    if embedder is None or reply.vectors is None or not texts:
        return None
    wanted = np.asarray(embedder.embed(list(texts)), dtype=np.float32)
    narrow = wanted @ reply.vectors.T
    # A wide window is as like a fact as the best of what it holds: embedding it too would cost half as
    # much again, and blur what it says.
    result: NDArray[np.float32] = np.zeros((len(texts), len(reply.windows)), dtype=np.float32)
    for column, (first, last) in enumerate(reply.windows):
        inside = [i for i, (start, end) in enumerate(reply.embedded) if first <= start and end <= last]
        result[:, column] = narrow[:, inside].max(axis=1)
    return result


def _strength(claim: Claim, coverage: float, likeness: float | None) -> float:
    if likeness is None:
        return coverage
    alike = float(np.clip((likeness - _LIKENESS_FLOOR) / _LIKENESS_SPAN, 0.0, 1.0))
    if coverage <= 0.0:
        return (_WITHOUT_KEYS if claim.groups else 1.0) * alike
    return 0.5 * alike + 0.5 * coverage


def _coverage(reply: Reply, claim: Claim, first: int, last: int) -> float:
    """Share of what is expected that is heard in tokens ``first:last``."""
    stems = reply.tokens.stems[first:last]
    inside = [quantity for quantity in reply.quantities if first <= quantity.first and quantity.last <= last]
    valued = [_value_heard(value, inside) for value in claim.values]
    if claim.groups:
        keyed = [_group_heard(reply, group, first=first, last=last, inside=inside) for group in claim.groups]
        expected = [*keyed, *valued]
        return sum(expected) / len(expected)
    if not claim.content:
        return sum(valued) / len(valued) if valued else 0.0
    share = sum(1 for stem in claim.content if stem in stems) / len(claim.content)
    covered = min(1.0, share / _FULL_COVERAGE)
    return (covered * 2 + sum(valued)) / (2 + len(valued))


def _value_heard(value: Quantity, inside: Sequence[Quantity]) -> bool:
    return any(
        (other.agrees(value) and (other.comparable(value) or other.kind is value.kind))
        or other.unit_lost(value, whole=True)
        for other in inside
    )


def _group_heard(
    reply: Reply,
    group: frozenset[tuple[str, ...]],
    *,
    first: int,
    last: int,
    inside: Sequence[Quantity],
) -> bool:
    stems = reply.tokens.stems[first:last]
    for phrase in group:
        size = len(phrase)
        if any(tuple(stems[at : at + size]) == phrase for at in range(len(stems) - size + 1)):
            return True
        if size == 1 and phrase[0].isdigit() and any(float(phrase[0]) in q.amounts for q in inside):
            return True
    return reply.machine and any(_misheard(reply, phrase, first, last) for phrase in group)


def _misheard(reply: Reply, phrase: tuple[str, ...], first: int, last: int) -> bool:
    """A key that the recogniser may have turned into a word of the same sound."""
    wanted = " ".join(phrase)
    if len(wanted) < 5:
        return False
    size = len(phrase)
    for at in range(first, last - size + 1):
        heard = " ".join(token.stem for token in reply.tokens.items[at : at + size])
        uncertain = heard[:1] == wanted[:1] and reply.tokens.probability(at, at + size) < _TRUSTED
        if uncertain and sounds_alike(heard, wanted):
            return True
    return False
