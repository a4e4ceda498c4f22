"""What weakens a reply, each with the words heard."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.domain.listening import Misstep, MisstepKind, MoveKind
from voice_trainer.listening.claims import is_negated
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.copying import Copying
from voice_trainer.listening.lexicon import Hit, Lexicon
from voice_trainer.listening.text import Tokens

_COPIED_SHARE, _COPIED_RUN, _SHORT_RUN = 0.30, 0.25, 7
_LIST_SHARE, _LIST_LEAST = 0.30, 8
_WEAK_LIST_SHARE = 0.42
_SOLVING = (MoveKind.OFFER, MoveKind.POLICY)
_HEARING = (MoveKind.ACKNOWLEDGE, MoveKind.PARAPHRASE, MoveKind.CHECK)


def find_missteps(
    tokens: Tokens,
    *,
    complaint: Tokens,
    clauses: Sequence[Clause],
    kinds: Sequence[MoveKind | None],
    copying: Copying,
    feeling: frozenset[int],
    sales: bool,
    lexicon: Lexicon,
) -> tuple[Misstep, ...]:
    """All missteps, at most one of a kind, each with its first words.

    `feeling` holds the indexes of clauses that answer the customer's feeling.
    """
    found: list[tuple[MisstepKind, Hit | None]] = [
        (MisstepKind.COPIED, _copied(tokens, copying)),
        (MisstepKind.WORD_LIST, _word_list(tokens, lexicon)),
        *((kind, _phrase(tokens, name, complaint, lexicon)) for kind, name in _PHRASES),
        (MisstepKind.BUT_AFTER_VALIDATION, _but(tokens, clauses, kinds, feeling, lexicon)),
        (MisstepKind.SOLUTION_FIRST, _solution_first(clauses, kinds)),
        (MisstepKind.QUESTIONS_ONLY, _questions_only(clauses, kinds)),
    ]
    if sales:
        found += [
            (MisstepKind.URGENCY, _phrase(tokens, "urgency", complaint, lexicon)),
            (MisstepKind.EXAGGERATION, _phrase(tokens, "exaggeration", complaint, lexicon)),
        ]
    return tuple(Misstep(kind, tokens.heard(hit.first, hit.last)) for kind, hit in found if hit is not None)


_PHRASES = (
    (MisstepKind.BLAME, "blame"),
    (MisstepKind.CALM_DOWN, "calm_down"),
    (MisstepKind.MINIMISING, "minimising"),
    (MisstepKind.CANNED, "canned"),
    (MisstepKind.POLICY_SHIELD, "policy_shield"),
)


def _phrase(tokens: Tokens, name: str, complaint: Tokens, lexicon: Lexicon) -> Hit | None:
    """The first phrase of that kind that the customer did not use: repeating theirs is listening."""
    said = f" {' '.join(complaint.stems)} "
    for hit in lexicon.missteps[name].find(tokens):
        denied = is_negated(tokens, hit.first, floor=0, lexicon=lexicon)  # "it is not your fault"
        if not denied and f" {' '.join(tokens.stems[hit.first : hit.last])} " not in said:
            return hit
    return None


def _copied(tokens: Tokens, copying: Copying) -> Hit | None:
    if not copying.runs or not len(tokens):
        return None
    longest = max(copying.runs, key=lambda run: run[1] - run[0])
    long_run = copying.longest >= _SHORT_RUN and copying.longest / len(tokens) > _COPIED_RUN
    return Hit(*longest) if copying.share > _COPIED_SHARE or long_run else None


def function_word_share(tokens: Tokens, lexicon: Lexicon) -> float:
    """Share (0..1) of words that only tie others together; running English has about half."""
    tying = sum(1 for token in tokens.items if token.text in lexicon.function_words)
    return tying / len(tokens) if len(tokens) else 0.0


def _word_list(tokens: Tokens, lexicon: Lexicon) -> Hit | None:
    if len(tokens) < _LIST_LEAST:
        return None
    share = function_word_share(tokens, lexicon)
    addressed = any(token.text in {"you", "your", "we", "i"} for token in tokens.items)
    jumbled = not any(token.end for token in tokens.items) and not _has_grammar(tokens)
    if share < _LIST_SHARE or (share < _WEAK_LIST_SHARE and not addressed) or jumbled:
        return Hit(0, len(tokens))
    return None


def _has_grammar(tokens: Tokens) -> bool:
    """Whether function words lead to what they must: a subject to a verb, an article to a noun."""
    subjects = {"you", "we", "i", "it", "they", "he", "she", "that", "this", "there"}
    leads = {"the", "a", "an", "your", "our", "my", "to", "of", "for", "in", "on", "with", "at"}
    pairs = zip(tokens.texts, tokens.texts[1:], strict=False)
    good = sum(1 for one, two in pairs if one in subjects | leads and two not in leads)
    return good >= len(tokens) * 0.08


def _but(
    tokens: Tokens,
    clauses: Sequence[Clause],
    kinds: Sequence[MoveKind | None],
    feeling: frozenset[int],
    lexicon: Lexicon,
) -> Hit | None:
    """A "but" that takes the validation back: right after it, and not with another reflection."""
    for index in range(1, len(clauses)):
        acknowledged = index - 1 in feeling or kinds[index - 1] is MoveKind.ACKNOWLEDGE
        taken_back = index not in feeling and kinds[index] is not MoveKind.PARAPHRASE
        if acknowledged and taken_back:
            clause = clauses[index]
            hit = lexicon.missteps["but_after_validation"].first(
                tokens, clause.first, min(clause.first + 3, clause.last)
            )
            if hit:
                return Hit(clauses[index - 1].first, clause.last)
    return None


def _solution_first(clauses: Sequence[Clause], kinds: Sequence[MoveKind | None]) -> Hit | None:
    for clause, kind in zip(clauses, kinds, strict=True):
        if kind in _HEARING:
            return None
        if kind in _SOLVING:
            return Hit(clause.first, clause.last)
    return None


def _questions_only(clauses: Sequence[Clause], kinds: Sequence[MoveKind | None]) -> Hit | None:
    asked = [clause for clause, kind in zip(clauses, kinds, strict=True) if kind is MoveKind.QUESTION]
    others = [kind for kind in kinds if kind not in (MoveKind.QUESTION, MoveKind.CLOSING, None)]
    return Hit(asked[0].first, asked[-1].last) if asked and not others else None
