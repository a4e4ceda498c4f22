"""Spoken words as comparable tokens: lower case, contractions opened, fillers and restarts dropped.

Every token remembers which word of the transcript it came from, so that whatever is found can be
shown in the words that were heard, at the second they were heard.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import snowballstemmer

from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.transcript import Transcript, Word

MAX_WORDS = 5_000  # half an hour of speech; what comes after is not judged

FILLERS = frozenset(
    {
        "um",
        "uh",
        "er",
        "erm",
        "ah",
        "eh",
        "hmm",
        "mm",
        "mhm",
        "uhm",
        "umm",
        "ehm",
    }
)
_PRONOUN_HOSTS = frozenset(
    {
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "that",
        "this",
        "there",
        "who",
        "what",
        "where",
        "how",
        "here",
        "let",
        "everyone",
        "nobody",
        "somebody",
    }
)
_ENDINGS = {
    "n't": ("not",),
    "'re": ("are",),
    "'ve": ("have",),
    "'ll": ("will",),
    "'d": ("would",),
    "'m": ("am",),
}
_IRREGULAR = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "ain't": ("is", "not"),
    "let's": ("let", "us"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("got", "to"),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "hasnt": ("has", "not"),
    "havent": ("have", "not"),
    "isnt": ("is", "not"),
    "wasnt": ("was", "not"),
    "cant": ("can", "not"),
    "wont": ("will", "not"),
    "youve": ("you", "have"),
    "youre": ("you", "are"),
    "thats": ("that", "is"),
    "ive": ("i", "have"),
    "im": ("i", "am"),
    "okay": ("ok",),
}
_MARKUP = re.compile(r"<[^<>]{0,200}>|&[a-z]{2,6};")
_PIECES = re.compile(
    r"[£$€]?\d[\d,]*(?:[.:]\d+)?(?:st|nd|rd|th|%|k|p|am|pm)?(?![a-z0-9])|[^\W_]+(?:'[^\W_]+)*"
)
_STRONG = ".?!;:…"

_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Token:
    """One comparable word.

    `word` indexes the transcript's words; `end` is the punctuation that follows ('' where none).
    """

    text: str
    stem: str
    word: int
    end: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text made comparable, with a way back to the words heard."""

    items: tuple[Token, ...]
    words: tuple[Word, ...]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def texts(self) -> list[str]:
        """The tokens' texts."""
        return [token.text for token in self.items]

    @property
    def stems(self) -> list[str]:
        """The tokens' stems."""
        return [token.stem for token in self.items]

    def plain(self, first: int, last: int) -> str:
        """Tokens ``first:last`` joined by spaces."""
        return " ".join(token.text for token in self.items[first:last])

    def heard(self, first: int, last: int) -> Heard | None:
        """The words as heard behind tokens ``first:last``, with their time."""
        if not self.items[first:last]:
            return None
        one, other = self.items[first].word, self.items[last - 1].word
        words = self.words[one : other + 1]
        return Heard(" ".join(word.text for word in words), words[0].start_s, words[-1].end_s)

    def probability(self, first: int, last: int) -> float:
        """The lowest trust of the recogniser in the words behind tokens ``first:last``."""
        behind = {token.word for token in self.items[first:last]}
        return min((self.words[index].probability for index in behind), default=1.0)


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Snowball's English stem, with the irregular verbs that matter on service calls made one."""
    return _IRREGULAR_STEMS.get(word) or str(_stemmer.stemWord(word))


_IRREGULAR_STEMS = {
    form: base
    for base, forms in {
        "come": "came coming comes",
        "go": "went gone goes going",
        "ring": "rang rung",
        "take": "took taken taking takes",
        "pay": "paid",
        "buy": "bought",
        "tell": "told",
        "say": "said says",
        "give": "gave given giving gives",
        "get": "got gotten",
        "lose": "lost losing loses",
        "send": "sent",
        "sleep": "slept",
        "break": "broke broken",
        "pull": "pulled",
        "swear": "swore sworn",
        "hear": "heard",
        "leave": "left leaving leaves",
        "find": "found",
        "spend": "spent",
        "keep": "kept",
        "feel": "felt",
        "speak": "spoke spoken",
        "write": "wrote written writing writes",
        "child": "children",
        "drive": "drove driven driving drives",
        "run": "ran",
        "begin": "began begun",
        "hold": "held",
        "meet": "met",
        "stand": "stood",
        "think": "thought",
        "bring": "brought",
        "sell": "sold",
        "make": "made making makes",
        "choose": "chose chosen",
        "fall": "fell fallen",
        "wake": "woke woken",
        "wear": "wore worn",
        "woman": "women",
        "man": "men",
        "person": "people persons",
        "foot": "feet",
        "tooth": "teeth",
        "see": "saw seen",
        "know": "knew known",
        "hang": "hung",
        "cut": "cutting",
        "put": "putting",
    }.items()
    for form in forms.split()
}


def _clean(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw).replace("’", "'").replace("‘", "'").replace("`", "'")
    text = _MARKUP.sub(" ", text)
    return "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).lower()


def _open(piece: str) -> tuple[str, ...]:
    """A contraction as its words; a possessive as its noun."""
    if piece in _IRREGULAR:
        return _IRREGULAR[piece]
    for ending, words in _ENDINGS.items():
        if piece.endswith(ending) and len(piece) > len(ending):
            return (piece[: -len(ending)], *words)
    if piece.endswith("'s"):
        host = piece[:-2]
        return (host, "is") if host in _PRONOUN_HOSTS else (host,)
    return tuple(part for part in piece.split("'") if part)


def tokenize(words: Sequence[Word]) -> Tokens:
    """Make the words of a transcript comparable.

    Returns
    -------
    Tokens
        Without fillers, immediate repetitions ("I I"), markup and control characters; at most
        `MAX_WORDS` words are read.
    """
    items: list[Token] = []
    for index, word in enumerate(words[:MAX_WORDS]):
        cleaned = _clean(word.text)
        texts = [text for piece in _PIECES.findall(cleaned) for text in _open(piece)]
        end = cleaned.rstrip("\"')]} ")[-1:]
        end = end if end and end in _STRONG + "," else ("," if cleaned.strip() in {"-", "–", "—"} else "")
        texts = [text for text in texts if text not in FILLERS]
        for text in texts:
            if items and items[-1].text == text and not items[-1].end and text.isalpha() and text != "that":
                continue  # a restart: "you you had"
            items.append(Token(text, stem(text), index))
        if end and items:
            last = items[-1]
            items[-1] = Token(last.text, last.stem, last.word, end)
    return Tokens(tuple(items), tuple(words))


def tokens_of(transcript: Transcript) -> Tokens:
    """The transcript made comparable; where it has a text but no words, the text is read."""
    if transcript.words:
        return tokenize(transcript.words)
    return _tokens_of_text(transcript.text)


def _tokens_of_text(text: str) -> Tokens:
    return tokenize([Word(part, None, None) for part in text.split()])


@functools.lru_cache(maxsize=4096)
def tokens_of_text(text: str) -> Tokens:
    """A written text (a fact, the complaint) made comparable; remembered."""
    return _tokens_of_text(text)
