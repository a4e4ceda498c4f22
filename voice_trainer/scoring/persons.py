"""What is told about the customer, or by the customer, told to the customer."""

from __future__ import annotations

import re

_SOMEBODY_ELSE = (
    r"(?:mother|mum|mom|father|dad|parent|wife|husband|partner|son|daughter|child|children|kid|baby|sister|"
    r"brother|aunt|uncle|cousin|niece|nephew|grand\w+|friend|neighbou?r|landlord|landlady|boss|manager|"
    r"colleague|engineer|driver|doctor|nurse|agent|adviser|advisor)"
)
_THEIRS = (rf"\b(?:the customer's|their|her|his) (?=(?:\w+ )?{_SOMEBODY_ELSE}\b)", "your ")
_OBJECT = (
    r"\b(told|tells?|g[ai]ve|asked|promised|sent|assured|called|left|made|for|to|with) (?:her|him|them)\b",
    r"\1 you",
)
_SUBJECT = (
    (r"\b(?:they|the customer|she|he) (?:are|is)\b", "you are"),
    (r"\b(?:they|the customer|she|he) (?:were|was)\b", "you were"),
    (r"\b(?:they|the customer|she|he) (?:have|has)\b", "you have"),
    (r"\b(?:they|the customer|she|he) does\b", "you do"),
    (r"\b(?:the customer|she|he) (\w{2,})ies\b", r"you \1y"),
    (r"\b(?:the customer|she|he) (\w+(?:sh|ch|ss|x|o))es\b", r"you \1"),
    (r"\b(?:the customer|she|he) (\w+[^s\W])s\b", r"you \1"),
    (r"\b(?:they|the customer|she|he)\b", "you"),
)
_REST = (
    # "Rang her", "told her that": no noun follows.
    (
        r"\bher(?=$|[,;.]| (?:and|or|but|that|to|in|on|at|for|with|about|by|when|after|before|from|back|"
        r"again|an?|the|any\w*|no\w*|once|twice|not)\b)",
        "you",
    ),
    (r"\b(?:the customer's|their|theirs|her|his)\b", "your"),
    (r"\b(?:themselves|themself|herself|himself)\b", "yourself"),
    (r"\b(?:them|him)\b", "you"),
)
# Where nobody else is in it, every pronoun is the customer; else only the one that opens it.
_ALONE = (_OBJECT, *_SUBJECT, *_REST)
_BESIDE_SOMEBODY = (
    _THEIRS,
    *(("^" + pattern, told) for pattern, told in _SUBJECT),
    *((pattern.replace("they|", "").replace("|she|he", ""), told) for pattern, told in _SUBJECT),
    (r"\bthe customer's\b", "your"),
)
_OTHERS = re.compile(rf"\b{_SOMEBODY_ELSE}(?:'s)?\b", re.IGNORECASE)

_OWN_WORDS = re.compile(r"\b(?:I|me|my|mine|myself|we|us|our|ours|you|your|yours)\b", re.IGNORECASE)
_SWAPPED = {
    "i": "you",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "we": "you",
    "us": "you",
    "our": "your",
    "ours": "yours",
    "your": "our",
    "yours": "ours",
    "am": "are",
}
_BEFORE_US = re.compile(
    r"to|with|from|for|at|by|of|on|about|tell|told|ask(?:ed)?|call(?:ed)?|r[ia]ng|(?:tele)?phoned?|e?mail(?:ed)?|"
    r"write|wrote|pay|paid|g[ai]ve|send|sent|reach|trust|contact(?:ed)?"
)
# A sentence's capital is out of place after "so"; a name's is not, and only the small words tell.
_SMALL = re.compile(
    r"(?:the|an?|you|your|our|we|it|they|he|she|there|this|that|no|nobody|every|when|and|but)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+")


def to_second_person(text: str) -> str:
    """A fact told about the customer, or in the customer's own words, told to the customer.

    Where somebody else is in it, he, she and they may be that person and stay as they are, but for the one
    that opens it.
    """
    text = text.strip().rstrip(".")
    return _turned_round(text) if _OWN_WORDS.search(text) else _told_to(text)


def _turned_round(text: str) -> str:
    """ "I rang you about my bill" as "you rang us about your bill"."""
    before = ""

    def swap(found: re.Match[str]) -> str:
        nonlocal before
        word, last, before = found.group().lower(), before, found.group().lower()
        if word == "was" and last == "i":
            return "were"
        if word == "m" and last == "i":
            return "re"
        if word == "you":
            return "us" if _BEFORE_US.fullmatch(last) else "we"
        return _SWAPPED.get(word, found.group())

    said = _WORD.sub(swap, text)
    return said[:1].lower() + said[1:] if _SMALL.match(said) else said


def _told_to(text: str) -> str:
    for pattern, told in _BESIDE_SOMEBODY if _OTHERS.search(text) else _ALONE:
        text = re.sub(pattern, told, text, flags=re.IGNORECASE)
    return text
