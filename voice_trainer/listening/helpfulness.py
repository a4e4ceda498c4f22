"""On sales calls: whether a suggestion helps the customer or only sells."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import (
    FactFinding,
    FactStatus,
    HelpFinding,
    HelpKind,
    Misstep,
    MisstepKind,
    MoveKind,
)
from voice_trainer.domain.scenario import Offer, Scenario
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Hit, Lexicon
from voice_trainer.listening.spoken import Reply
from voice_trainer.listening.text import tokens_of_text
from voice_trainer.ports import Embedder

_NAMED_FROM, _LIKE_FROM = 0.5, 0.55
_FEW = 2
_FEATURES = 4


def find_help(
    reply: Reply,
    *,
    scenario: Scenario,
    facts: Sequence[FactFinding],
    kinds: Sequence[MoveKind | None],
    lexicon: Lexicon,
    embedder: Embedder | None,
) -> tuple[tuple[HelpFinding, ...], tuple[Misstep, ...]]:
    """Signs of help found or not, and the missteps of selling.

    An offer fits when the scenario says that it answers a fact the customer has stated in this turn
    or, where the fact belongs to another turn, anywhere in the call.
    """
    tokens = reply.tokens
    named = _offers_named(reply, scenario.offers, kinds, lexicon, embedder)
    fitting = [hit for offer, hit in named if offer.fits]
    unfit = [hit for offer, hit in named if not offer.fits]
    offers = [c for c, kind in zip(reply.clauses, kinds, strict=True) if kind is MoveKind.OFFER]
    permission = lexicon.permission.first(tokens)
    easy_no = lexicon.easy_no.first(tokens)
    need = _need_first(reply, facts, kinds)
    few = bool(offers or named) and len(named) <= _FEW and _features(reply, offers, lexicon) < _FEATURES
    findings = (
        _finding(reply, HelpKind.NEED_FIRST, need),
        _finding(reply, HelpKind.FITTING_OFFER, fitting[0] if fitting else None),
        _finding(reply, HelpKind.FEW_OPTIONS, _span(offers) if few else None),
        _finding(reply, HelpKind.PERMISSION, permission),
        _finding(reply, HelpKind.EASY_NO, easy_no),
    )
    missteps: list[Misstep] = []
    if unfit:
        missteps.append(Misstep(MisstepKind.UNFIT_OFFER, tokens.heard(unfit[0].first, unfit[0].last)))
    if len(named) > _FEW or _features(reply, offers, lexicon) >= _FEATURES:
        span = _span(offers) or (named[0][1] if named else None)
        heard = tokens.heard(span.first, span.last) if span else None
        missteps.append(Misstep(MisstepKind.FEATURE_LIST, heard))
    return findings, tuple(missteps)


def _finding(reply: Reply, kind: HelpKind, hit: Hit | None) -> HelpFinding:
    return HelpFinding(kind, hit is not None, reply.tokens.heard(hit.first, hit.last) if hit else None)


def _span(clauses: Sequence[Clause]) -> Hit | None:
    return Hit(clauses[0].first, clauses[-1].last) if clauses else None


def _need_first(reply: Reply, facts: Sequence[FactFinding], kinds: Sequence[MoveKind | None]) -> Hit | None:
    """The first paraphrase, where it comes before any offer and gives a fact back."""
    given = any(fact.status in (FactStatus.REFLECTED, FactStatus.PARTLY) for fact in facts)
    for clause, kind in zip(reply.clauses, kinds, strict=True):
        if kind is MoveKind.OFFER:
            return None
        if kind is MoveKind.PARAPHRASE and given:
            return Hit(clause.first, clause.last)
    return None


def _offers_named(
    reply: Reply,
    offers: Sequence[Offer],
    kinds: Sequence[MoveKind | None],
    lexicon: Lexicon,
    embedder: Embedder | None,
) -> list[tuple[Offer, Hit]]:
    """Declared offers that the reply names, each at the clause that names it best."""
    suggesting = [
        clause
        for clause, kind in zip(reply.clauses, kinds, strict=True)
        if kind not in (MoveKind.ACKNOWLEDGE, MoveKind.CLOSING)
    ]
    found: dict[tuple[int, int], tuple[float, Offer]] = {}
    for offer in offers:
        wanted = {t.stem for t in tokens_of_text(offer.name).items if lexicon.is_content(t.text)}
        scored = [(_named(reply, clause, wanted, offer, embedder), clause) for clause in suggesting]
        value, clause = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if clause is None or value < _NAMED_FROM:
            continue
        key = (clause.first, clause.last)
        if key not in found or found[key][0] < value:
            found[key] = (value, offer)  # two offers of like names: the closer one was meant
    return [(offer, Hit(*key)) for key, (_, offer) in found.items()]


def _named(reply: Reply, clause: Clause, wanted: set[str], offer: Offer, embedder: Embedder | None) -> float:
    stems = set(reply.tokens.stems[clause.first : clause.last])
    share = len(wanted & stems) / len(wanted) if wanted else 0.0
    if embedder is None or reply.vectors is None:
        return share
    row = reply.embedded.index((clause.first, clause.last))
    likeness = float(reply.vectors[row] @ embedder.embed([offer.name])[0])
    return max(share, 0.5 * share + 0.5 * likeness if likeness >= _LIKE_FROM else 0.0)


def _features(reply: Reply, offers: Sequence[Clause], lexicon: Lexicon) -> int:
    """How many things one run of offering counts up: items parted by commas or "and"."""
    most = 0
    for sentence in {clause.sentence for clause in offers}:
        clauses = [clause for clause in reply.clauses if clause.sentence == sentence]
        items = 0
        for clause in clauses:
            stems = [t for t in reply.tokens.items[clause.first : clause.last] if lexicon.is_content(t.text)]
            items += 1 if stems and clause.last - clause.first <= 8 else 0
        most = max(most, items)
    return most
