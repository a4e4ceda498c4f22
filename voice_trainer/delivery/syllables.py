"""How many syllables a word has: the CMU dictionary in pocketsphinx's wheel, pyphen where it is silent.

The dictionary is read as a file: nothing of pocketsphinx is imported.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_DICTIONARY = Path("model") / "en-us" / "cmudict-en-us.dict"
_VOWELS = frozenset(
    ["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"]
)
_DIGIT_SYLLABLES = {"0": 2, "7": 2}  # zero and seven; every other digit has one


def syllable_count(word: str) -> int:
    """Syllables of one English word as spoken; 0 for a token without letters or digits.

    Numbers in figures are counted digit by digit, which is how references and dates are mostly read.
    """
    token = re.sub(r"[^a-z0-9'’-]", "", word.lower()).replace("’", "'").strip("'-")
    if not token:
        return 0
    if (known := _dictionary().get(token)) is not None:
        return known
    parts = [part for part in re.split(r"-|(\d)", token) if part]
    if len(parts) > 1 or token.isdigit():
        return sum(
            _DIGIT_SYLLABLES.get(part, 1) if part.isdigit() else syllable_count(part) for part in parts
        )
    return _hyphenated(token)


@cache
def _dictionary() -> dict[str, int]:
    """Word to syllables, of the first pronunciation; empty where the wheel is not installed."""
    spec = find_spec("pocketsphinx")
    if spec is None or not spec.submodule_search_locations:
        return {}
    path = Path(next(iter(spec.submodule_search_locations))) / _DICTIONARY
    if not path.is_file():
        return {}
    counts: dict[str, int] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            word, *phones = line.split()
            if not word.endswith(")"):  # "read(2)" is a second pronunciation
                counts[word] = sum(phone.rstrip("012") in _VOWELS for phone in phones)
    return counts


@cache
def _hyphenated(token: str) -> int:
    import pyphen

    letters = token.replace("'", "")
    if not re.search(r"[aeiouy]", letters):
        return 1
    hyphens = len(pyphen.Pyphen(lang="en_GB").positions(letters))
    # Hyphenation never parts a first letter ("a-mong"): groups of vowels are the other witness.
    groups = len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])e$", "", letters)))
    return max(1, hyphens + 1, round((hyphens + 1 + groups) / 2))
