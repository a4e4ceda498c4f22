"""How the customer's feeling was answered: named, recognised in general, canned, or not at all."""

from __future__ import annotations

from voice_trainer.domain.listening import EmotionFinding, EmotionStatus
from voice_trainer.domain.scenario import Turn
from voice_trainer.listening.clauses import Clause
from voice_trainer.listening.lexicon import Hit, Lexicon, find_stems
from voice_trainer.listening.text import Tokens, stem

_FIRST_PERSON_LOOK_BACK = 3


def find_emotion(
    tokens: Tokens, turn: Turn, *, clauses: tuple[Clause, ...], lexicon: Lexicon
) -> EmotionFinding:
    """Judge the validation of the customer's feeling.

    Returns
    -------
    EmotionFinding
        NAMED for the declared feeling, one the scenario accepts, or one of their families;
        GENERIC for another feeling named or the weight of the matter recognised ("no wonder");
        NONE for nothing, and for set phrases alone (`canned` is then true).
    """
    wanted = _wanted(turn, lexicon)
    own = _first_valid(tokens, wanted, clauses, lexicon)
    if own:
        return EmotionFinding(EmotionStatus.NAMED, tokens.heard(own.first, own.last))
    every = frozenset().union(*lexicon.emotions.values())
    other = _first_valid(tokens, every, clauses, lexicon)
    recognised = other or _recognised(tokens, lexicon)
    if recognised:
        return EmotionFinding(EmotionStatus.GENERIC, tokens.heard(recognised.first, recognised.last))
    canned = lexicon.canned.first(tokens)
    if canned:
        return EmotionFinding(EmotionStatus.NONE, tokens.heard(canned.first, canned.last), canned=True)
    return EmotionFinding(EmotionStatus.NONE)


def _wanted(turn: Turn, lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    names = {
        tuple(name.lower().replace("-", " ").split())
        for name in (turn.emotion, *turn.accept_emotions)
        if name
    }
    families = [words for words in lexicon.emotions.values() if names & words]
    stems = {tuple(stem(word) for word in name) for name in names}
    return frozenset(names | stems).union(*families)


def _first_valid(
    tokens: Tokens, words: frozenset[tuple[str, ...]], clauses: tuple[Clause, ...], lexicon: Lexicon
) -> Hit | None:
    if not words:
        return None
    spoken, stems = find_stems(tokens.texts, words), find_stems(tokens.stems, words)
    hits = sorted({*spoken, *stems}, key=lambda hit: hit.first)
    return next((hit for hit in hits if _is_customers(tokens, hit, clauses, lexicon)), None)


def _is_customers(tokens: Tokens, hit: Hit, clauses: tuple[Clause, ...], lexicon: Lexicon) -> bool:
    """Not the agent's own feeling, not one ordered away, not part of a set phrase or an apology."""
    clause = next((c for c in clauses if c.first <= hit.first < c.last), None)
    first, last = (clause.first, clause.last) if clause else (0, len(tokens))
    before = [
        token.text for token in tokens.items[max(first, hit.first - _FIRST_PERSON_LOOK_BACK) : hit.first]
    ]
    if "am" in before or before[-1:] == ["i"]:
        return False
    around = [*lexicon.missteps["calm_down"].find(tokens, first, last)]
    around += lexicon.canned.find(tokens, first, last)
    around += [
        Hit(found.first, found.last + 1)
        for found in lexicon.not_validating.find(tokens, max(first, hit.first - 5), min(hit.last + 2, last))
    ]
    return not any(found.first <= hit.first < found.last for found in around)


def _recognised(tokens: Tokens, lexicon: Lexicon) -> Hit | None:
    canned = list(lexicon.canned.find(tokens))
    for hit in lexicon.recognition.find(tokens):
        if not any(found.first <= hit.first and hit.last <= found.last for found in canned):
            return hit
    return None
