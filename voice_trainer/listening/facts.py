"""The status of each fact: is it spoken of, is it right, and how sure are we?"""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import FactFinding, FactStatus
from voice_trainer.listening.claims import Claim
from voice_trainer.listening.lexicon import Lexicon
from voice_trainer.listening.spoken import PARTLY_FROM, REFLECTED_FROM, Alignment, Reply
from voice_trainer.listening.verify import Background, find_conflict


def judge_facts(
    reply: Reply,
    claims: Sequence[Claim],
    alignments: Sequence[Alignment],
    *,
    background: Background,
    carried: frozenset[str],
    lexicon: Lexicon,
) -> tuple[FactFinding, ...]:
    """One finding a fact, in the order of the turn.

    `carried` facts were given back earlier in the call: hearing nothing of them is no miss, but
    bending them is still a fault.
    """
    return tuple(
        _judge(reply, claim, alignment, background=background, carried=claim.id in carried, lexicon=lexicon)
        for claim, alignment in zip(claims, alignments, strict=True)
    )


def _judge(
    reply: Reply,
    claim: Claim,
    alignment: Alignment,
    *,
    background: Background,
    carried: bool,
    lexicon: Lexicon,
) -> FactFinding:
    conflict = find_conflict(reply, claim, alignment, background=background, lexicon=lexicon)
    if conflict is not None:
        status = FactStatus.UNSURE if conflict.doubtful else FactStatus.CONTRADICTED
        heard = reply.tokens.heard(min(conflict.first, alignment.first), max(conflict.last, alignment.last))
        confidence = round(conflict.weight * min(1.0, 0.5 + alignment.strength / 2), 2)
        return FactFinding(claim.id, status, heard, confidence, conflict.note)
    if carried and alignment.strength < REFLECTED_FROM:
        return FactFinding(claim.id, FactStatus.REFLECTED, None, 0.9, "given back earlier in the call")
    status = status_of(alignment.strength)
    heard = reply.tokens.heard(alignment.first, alignment.last) if status is not FactStatus.MISSED else None
    return FactFinding(claim.id, status, heard, _confidence(alignment.strength), "")


def status_of(strength: float) -> FactStatus:
    """The status for how fully a fact is spoken of (0..1)."""
    if strength >= REFLECTED_FROM:
        return FactStatus.REFLECTED
    return FactStatus.PARTLY if strength >= PARTLY_FROM else FactStatus.MISSED


def _confidence(strength: float) -> float:
    """Low beside a threshold, high away from it."""
    distance = min(abs(strength - REFLECTED_FROM), abs(strength - PARTLY_FROM))
    return round(min(1.0, 0.5 + 2.5 * distance), 2)
