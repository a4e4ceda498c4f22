"""The customer's feeling as the agent names it before answering, against what the call declares."""

from __future__ import annotations

import difflib

from voice_trainer.domain.feeling import FeelingMatch, NamedFeeling
from voice_trainer.domain.scenario import Turn
from voice_trainer.listening.lexicon import Lexicon, find_stems, lexicon_for
from voice_trainer.listening.text import stem, tokens_of_text

_SLIP_FROM = 0.85  # likeness of letters: "furios" to "furious" .92, "flustered" to "frustrated" .74
SEVERAL = 3  # families; a word may belong to two, so this is two feelings named, or three


def name_feeling(said: str, *, turn: Turn, language: str) -> NamedFeeling | None:
    """Compare a word or a short phrase with the turn's emotion and those it accepts.

    Right are the call's own words and other words for them, near is a feeling that lies beside one of them;
    of several words the best counts, and a whole list of feelings is at best near. None where the turn
    declares no feeling: there is nothing to compare.
    """
    declared = [name for name in (turn.emotion, *turn.accept_emotions) if name]
    if not declared:
        return None
    lexicon = lexicon_for(language)
    own = {_words(name) for name in declared} | {_stems(name) for name in declared}
    families = {family for family, words in lexicon.emotions.items() if own & words}
    beside = {near for family in families for near in lexicon.near_emotions.get(family, ())}
    spoken = _families(said, lexicon)
    if families & spoken or any(_holds(said, words) for words in own):
        match = FeelingMatch.RIGHT if len(spoken) <= SEVERAL else FeelingMatch.NEAR
    elif beside & spoken:
        match = FeelingMatch.NEAR
    else:
        match = FeelingMatch.OTHER if spoken else FeelingMatch.UNKNOWN
    return NamedFeeling(said.strip(), match, declared[0])


def likely_meant(feeling: str, *, language: str) -> str | None:
    """The known feeling of which this is a slip of the pen ("furios"); None for known and for rare ones."""
    lexicon = lexicon_for(language)
    known = [" ".join(words) for family in lexicon.emotions.values() for words in family]
    if feeling.lower() in known:
        return None
    return next(iter(difflib.get_close_matches(feeling.lower(), known, n=1, cutoff=_SLIP_FROM)), None)


def _families(said: str, lexicon: Lexicon) -> set[str]:
    return {family for family, words in lexicon.emotions.items() if any(_holds(said, one) for one in words)}


def _holds(said: str, words: tuple[str, ...]) -> bool:
    tokens = tokens_of_text(said)
    phrase = frozenset({words})
    return any(find_stems(tokens.texts, phrase)) or any(find_stems(tokens.stems, phrase))


def _words(name: str) -> tuple[str, ...]:
    return tuple(name.lower().replace("-", " ").split())


def _stems(name: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in _words(name))
