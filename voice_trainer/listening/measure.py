"""A reply and a turn of a call in, everything that was given back (and bent) out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voice_trainer.domain.listening import (
    EmotionFinding,
    EmotionStatus,
    FactFinding,
    FactStatus,
    HelpFinding,
    Listening,
    Misstep,
    MoveKind,
    WishFinding,
)
from voice_trainer.domain.measurement import Heard, Measurement, NotScored, Span
from voice_trainer.domain.scenario import CallKind, Fact, Scenario, Turn
from voice_trainer.domain.transcript import Transcript
from voice_trainer.listening.added import find_added
from voice_trainer.listening.claims import Claim, claim_of
from voice_trainer.listening.clauses import split_clauses
from voice_trainer.listening.copying import Copying, find_copied
from voice_trainer.listening.emotion import find_emotion
from voice_trainer.listening.facts import judge_facts, status_of
from voice_trainer.listening.form import left_with_them, reflective_form
from voice_trainer.listening.helpfulness import find_help
from voice_trainer.listening.idioms import credit_idioms
from voice_trainer.listening.lexicon import Lexicon, lexicon_for
from voice_trainer.listening.missteps import find_missteps
from voice_trainer.listening.moments import find_moments
from voice_trainer.listening.moves import carries_no_fact, classify_clauses, join_moves
from voice_trainer.listening.quantities import find_quantities
from voice_trainer.listening.spoken import Alignment, Reply, align, prepare
from voice_trainer.listening.text import Tokens, tokens_of, tokens_of_text
from voice_trainer.listening.verify import Background
from voice_trainer.ports import Embedder

_WISH_ID = "wish"
_LANGUAGE = "en-GB"


def measure_listening(
    transcript: Transcript,
    turn: Turn,
    *,
    scenario: Scenario,
    embedder: Embedder | None = None,
    carried: frozenset[str] = frozenset(),
) -> Listening:
    """Measure what a reply gave back of one turn.

    Parameters
    ----------
    transcript
        The reply; words may carry times and the recogniser's trust in them.
    turn, scenario
        What was said, and the call it belongs to.
    embedder
        Sentence embeddings; None compares by keys and words alone.
    carried
        Ids of facts already given back earlier in the call: not repeating them is no miss.

    Returns
    -------
    Listening
        Fact statuses with confidence 0..1 (None times in typed replies), wish, feeling, moves in
        order, missteps, added claims, copied share (0..1) and reflective form (0..1). `withheld`
        says why nothing could be measured, e.g. an empty reply.
    """
    return _measure(transcript, turn, scenario=scenario, embedder=embedder, carried=carried)


def measure_indicative(
    transcript: Transcript, complaint: str, *, embedder: Embedder | None = None
) -> Listening:
    """Measure a reply against a complaint without a scenario.

    The complaint's own sentences stand in for facts, its feeling words for the declared feeling;
    the result is marked `indicative`.
    """
    turn = turn_of_complaint(complaint)
    found = _measure(transcript, turn, scenario=None, embedder=embedder)
    if found.reflective_form.value is None:
        return replace(found, indicative=True)
    form = left_with_them(tokens_of(transcript), found.reflective_form.value, lexicon=lexicon_for(_LANGUAGE))
    return replace(found, reflective_form=replace(found.reflective_form, value=form), indicative=True)


def turn_of_complaint(complaint: str) -> Turn:
    """A turn made of the complaint alone: sentences with something to give back are facts."""
    lexicon = lexicon_for(_LANGUAGE)
    tokens = tokens_of_text(complaint)
    facts: list[Fact] = []
    for number, clause in enumerate(_sentences(tokens, lexicon), start=1):
        heard = tokens.heard(*clause)
        content = [t for t in tokens.items[clause[0] : clause[1]] if lexicon.is_content(t.text)]
        if heard and len(content) >= 2:
            facts.append(Fact(f"said-{number}", heard.text))
    stems = " ".join(tokens.stems)
    felt = [
        " ".join(words)
        for family in lexicon.emotions.values()
        for words in family
        if f" {' '.join(words)} " in f" {stems} "
    ]
    return Turn("opening", complaint, emotion=felt[0] if felt else "", facts=tuple(facts))


def _sentences(tokens: Tokens, lexicon: Lexicon) -> list[tuple[int, int]]:
    clauses = split_clauses(tokens, lexicon=lexicon)
    spans: dict[int, tuple[int, int]] = {}
    for clause in clauses:
        first = spans.get(clause.sentence, (clause.first, clause.last))[0]
        spans[clause.sentence] = (first, clause.last)
    return list(spans.values())


@dataclass(frozen=True, slots=True)
class _Analysis:
    """What every finding about a reply starts from."""

    lexicon: Lexicon
    reply: Reply
    claims: tuple[Claim, ...]
    alignments: tuple[Alignment, ...]
    wished: tuple[Alignment, ...]  # none where the turn declares no wish
    emotion: EmotionFinding
    feeling: frozenset[int]  # clauses that answer the feeling
    kinds: tuple[MoveKind | None, ...]  # one a clause
    background: Background
    barred: frozenset[int]  # clauses that cannot give anything back


def _analyse(
    transcript: Transcript, tokens: Tokens, turn: Turn, *, language: str, embedder: Embedder | None
) -> _Analysis:
    lexicon = lexicon_for(language)
    clauses = split_clauses(tokens, lexicon=lexicon)
    barred = carries_no_fact(tokens, clauses=clauses, lexicon=lexicon)
    reply = prepare(tokens, clauses=clauses, barred=barred, embedder=embedder, source=transcript.source)
    claims = tuple(claim_of(fact, language) for fact in turn.facts)
    wishes = [claim_of(Fact(_WISH_ID, turn.wish.text), language)] if turn.wish else []
    wanting = [(hit.first, hit.last) for hit in lexicon.wanting.find(tokens)]
    alignments = align(reply, claims, embedder=embedder)
    wished = align(reply, wishes, embedder=embedder, favoured=wanting)
    emotion = find_emotion(reply, turn, barred=barred, lexicon=lexicon, embedder=embedder)
    feeling = _feeling_clauses(reply, emotion)
    kinds = classify_clauses(
        tokens,
        clauses=clauses,
        reflecting=_reflecting(reply, alignments + wished),
        feeling=feeling,
        barred=barred,
        lexicon=lexicon,
    )
    return _Analysis(
        lexicon=lexicon,
        reply=reply,
        claims=claims,
        alignments=tuple(alignments),
        wished=tuple(wished),
        emotion=emotion,
        feeling=feeling,
        kinds=tuple(kinds),
        background=_background(turn, reply, kinds),
        barred=barred,
    )


def _measure(
    transcript: Transcript,
    turn: Turn,
    *,
    scenario: Scenario | None,
    embedder: Embedder | None,
    carried: frozenset[str] = frozenset(),
) -> Listening:
    tokens = tokens_of(transcript)
    if not len(tokens):
        return _nothing_said(turn)
    language = scenario.language if scenario else _LANGUAGE
    analysis = _analyse(transcript, tokens, turn, language=language, embedder=embedder)
    reply, lexicon, kinds = analysis.reply, analysis.lexicon, analysis.kinds
    facts = judge_facts(
        reply,
        analysis.claims,
        analysis.alignments,
        background=replace(analysis.background, known=_everything_said(turn, scenario)),
        carried=carried,
        lexicon=lexicon,
    )
    # What may be a distant wording of a missed fact is judged before that fact is credited for it.
    added = _added(analysis, facts, turn, scenario, embedder)
    if embedder is not None:
        facts = credit_idioms(
            reply,
            facts,
            alignments=analysis.alignments,
            kinds=kinds,
            silent=analysis.feeling | analysis.barred,
            lexicon=lexicon,
        )
    copying = find_copied(tokens, turn.says)
    form = reflective_form(tokens, clauses=reply.clauses, kinds=kinds, lexicon=lexicon)
    help_findings: tuple[HelpFinding, ...] = ()
    selling: tuple[Misstep, ...] = ()
    sales = scenario is not None and scenario.kind is CallKind.SALES
    if sales and scenario is not None:
        help_findings, selling = find_help(
            reply, scenario=scenario, facts=facts, kinds=kinds, lexicon=lexicon, embedder=embedder
        )
    return Listening(
        facts=facts,
        wish=_wish(reply, analysis.wished),
        emotion=analysis.emotion,
        moves=join_moves(tokens, clauses=reply.clauses, kinds=kinds),
        missteps=_missteps(analysis, copying, sales) + selling,
        added=added,
        copied=tuple(h for run in copying.runs if (h := tokens.heard(*run)) is not None),
        copied_share=_copied_share(tokens, copying),
        reflective_form=Measurement("reflective_form", form, "share"),
        help=help_findings,
    )


def _missteps(analysis: _Analysis, copying: Copying, sales: bool) -> tuple[Misstep, ...]:
    return find_missteps(
        analysis.reply.tokens,
        complaint=analysis.background.tokens,
        clauses=analysis.reply.clauses,
        kinds=analysis.kinds,
        copying=copying,
        feeling=analysis.feeling,
        sales=sales,
        lexicon=analysis.lexicon,
    )


def _added(
    analysis: _Analysis,
    facts: tuple[FactFinding, ...],
    turn: Turn,
    scenario: Scenario | None,
    embedder: Embedder | None,
) -> tuple[Heard, ...]:
    return find_added(
        analysis.reply,
        kinds=analysis.kinds,
        facts=facts,
        wish=_wish(analysis.reply, analysis.wished).status,
        feeling=analysis.feeling,
        barred=analysis.barred,
        turn=turn,
        scenario=scenario,
        known=_everything_said(turn, scenario),
        known_quantities=analysis.background.quantities,
        lexicon=analysis.lexicon,
        embedder=embedder,
    )


def _everything_said(turn: Turn, scenario: Scenario | None) -> Tokens:
    """The customer's words and what is known of them: none of it is news to anybody in the call."""
    texts = [turn.says, *(fact.text for fact in turn.facts), turn.wish.text if turn.wish else ""]
    texts += [scenario.title, scenario.persona.name, scenario.persona.about] if scenario else []
    return tokens_of_text(" . ".join(text for text in texts if text))


def _nothing_said(turn: Turn) -> Listening:
    unmeasured = NotScored(
        "no_words", "No words were heard in the reply.", "Speak your reply, or type what you said."
    )
    return Listening(
        facts=tuple(FactFinding(fact.id, FactStatus.MISSED) for fact in turn.facts),
        wish=WishFinding(FactStatus.MISSED if turn.wish else None),
        emotion=EmotionFinding(EmotionStatus.NONE),
        moves=(),
        missteps=(),
        added=(),
        copied=(),
        copied_share=Measurement("copied_share", None, "share", 0.0),
        reflective_form=Measurement("reflective_form", None, "share", 0.0),
        withheld=unmeasured,
    )


def _feeling_clauses(reply: Reply, emotion: EmotionFinding) -> frozenset[int]:
    if emotion.heard is None or emotion.canned or emotion.status is EmotionStatus.NONE:
        return frozenset()
    for index, clause in enumerate(reply.clauses):
        for first in range(clause.first, clause.last):
            for last in range(first + 1, min(first + 14, len(reply.tokens)) + 1):
                if reply.tokens.heard(first, last) == emotion.heard:
                    return frozenset({index})
    return frozenset()


def _reflecting(reply: Reply, alignments: list[Alignment]) -> frozenset[int]:
    spans = [(a.first, a.last) for a in alignments if status_of(a.strength) is not FactStatus.MISSED]
    return frozenset(
        index
        for index, clause in enumerate(reply.clauses)
        if any(first <= clause.first and clause.last <= last for first, last in spans)
    )


def _background(turn: Turn, reply: Reply, kinds: list[MoveKind | None]) -> Background:
    said = tokens_of_text(turn.says)
    facts = [tokens_of_text(fact.text) for fact in turn.facts]
    values = [tokens_of_text(value) for fact in turn.facts for value in fact.values]
    found = [(tokens.items, find_quantities(tokens.items)) for tokens in (said, *facts, *values)]
    quantities = tuple(quantity for _, inside in found for quantity in inside)
    moments = tuple(moment for items, inside in found for moment in find_moments(items, inside))
    offers = tuple(
        (clause.first, clause.last)
        for clause, kind in zip(reply.clauses, kinds, strict=True)
        if kind in (MoveKind.OFFER, MoveKind.POLICY, MoveKind.QUESTION)
    )
    return Background(said, quantities, moments, offers, said)


def _wish(reply: Reply, alignments: Sequence[Alignment]) -> WishFinding:
    if not alignments:
        return WishFinding(None)
    alignment = alignments[0]
    status = status_of(alignment.strength)
    heard = reply.tokens.heard(alignment.first, alignment.last)
    return WishFinding(status, heard if status is not FactStatus.MISSED else None)


def _copied_share(tokens: Tokens, copying: Copying) -> Measurement:
    spans = []
    for run in copying.runs:
        heard = tokens.heard(*run)
        if heard and heard.start_s is not None and heard.end_s is not None:
            spans.append(Span(heard.start_s, heard.end_s, heard.text))
    return Measurement("copied_share", round(copying.share, 3), "share", evidence=tuple(spans))
