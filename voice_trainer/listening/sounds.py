"""Whether two words sound alike: a recogniser's slip must not become a lesson."""

from __future__ import annotations

import functools
import re

_RULES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"[^a-z]", ""),
        (r"^(kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"tch|ch|sh|j|dge|tion|sion", "S"),
        (r"ph", "f"),
        (r"ght", "t"),
        (r"gh", ""),
        (r"th", "T"),
        (r"ck|qu|q|c(?![eiy])|x", "k"),
        (r"c|z", "s"),
        (r"v", "f"),
        (r"d", "t"),
        (r"b", "p"),
        (r"g", "k"),
        (r"(.)\1+", r"\1"),
        (r"(?<!^)[aeiouyhw]+", "a"),
        (r"a$", ""),
    )
)


@functools.lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """A rough phonetic skeleton: voiced and voiceless made one, inner vowels one letter."""
    code = word.lower()
    for pattern, replacement in _RULES:
        code = pattern.sub(replacement, code)
    return code


def sounds_alike(one: str, two: str) -> bool:
    """Whether two words or phrases may have been taken for one another.

    ``fifteen`` and ``fifty``, ``coffee`` and ``copy`` do; ``three`` and ``eight`` do not.
    """
    from rapidfuzz.distance import JaroWinkler

    first, second = sound_of(one.replace(" ", "")), sound_of(two.replace(" ", ""))
    if min(len(first), len(second)) < 3:
        return first == second and len(first) == 2
    return bool(JaroWinkler.similarity(first, second) >= 0.84)
