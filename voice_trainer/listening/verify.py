"""Second question about a fact: is what was said of it right? Third: could it be a misheard word?"""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.listening.claims import Claim, polarity_of, sides_of
from voice_trainer.listening.lexicon import Hit, Lexicon, find_stems
from voice_trainer.listening.moments import Moment
from voice_trainer.listening.quantities import Quantity, parse_value
from voice_trainer.listening.sounds import sounds_alike
from voice_trainer.listening.spoken import Alignment, Reply
from voice_trainer.listening.text import Tokens, tokens_of_text

CERTAIN_FROM = 0.5  # a decisive word trusted less than this may have been misheard
ALIKE_CERTAIN_FROM = 0.85  # the same, where the wrong word sounds like the right one
_SPOKEN_OF = 0.2
_CONTRARY_MARGIN = 0.08
_GOOD_TURN_MARGIN, _ROSY_MARGIN = -0.02, 0.05
_ABOUT_THEM = frozenset({"you", "your", "he", "she", "his", "her", "they", "their"})
_LOST_MARGIN = 0.0
_SURE_LIKENESS = 0.6


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was said against a fact: tokens ``first:last``; `doubtful` where it may be misheard."""

    first: int
    last: int
    note: str
    doubtful: bool
    weight: float = 1.0  # how sure, 0..1


@dataclass(frozen=True, slots=True)
class Background:
    """What the customer said, to tell their other values and words from new ones."""

    tokens: Tokens
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    offers: tuple[tuple[int, int], ...]  # token ranges of the reply that suggest something
    known: Tokens  # all that is known of the customer


def find_conflict(
    reply: Reply, claim: Claim, alignment: Alignment, *, background: Background, lexicon: Lexicon
) -> Conflict | None:
    """The strongest sign that the fact was given back wrong, None where there is none."""
    if alignment.strength < _SPOKEN_OF:
        return _stand_in_named(reply, claim, background)
    return (
        _wrong_value(reply, claim, alignment, background)
        or _wrong_moment(reply, claim, alignment, background)
        or _wrong_thing(reply, claim, alignment, background)
        or _other_pole(reply, claim, alignment, lexicon)
        or _negated(reply, claim, alignment, lexicon)
        or _says_contrary(reply, claim, alignment, background, lexicon)
        or _turned(reply, claim, alignment, background, lexicon)
    )


def _in_offer(first: int, background: Background) -> bool:
    return any(start <= first < end for start, end in background.offers)


def _wrong_value(reply: Reply, claim: Claim, alignment: Alignment, background: Background) -> Conflict | None:
    for expected in claim.values:
        if any(other.agrees(expected) and _same_kind(other, expected) for other in reply.quantities):
            continue
        for other in reply.quantities:
            if not alignment.first <= other.first < alignment.last or _in_offer(other.first, background):
                continue
            if other.loose or other.hedged or not _same_kind(other, expected) or other.unit_lost(expected):
                continue
            if any(known.agrees(other) and _same_kind(known, other) for known in background.quantities):
                continue  # another of the customer's values: it belongs to another fact
            return _value_conflict(reply, expected, other, claim)
    return None


def _wrong_moment(
    reply: Reply, claim: Claim, alignment: Alignment, background: Background
) -> Conflict | None:
    """Told of a time that cannot be the fact's: "last night" for "this morning"."""
    first, last = alignment.first, alignment.last
    heard = [moment for moment in reply.moments if first <= moment.first < last]
    for expected in claim.moments:
        for moment in heard:
            if moment.loose or not moment.excludes(expected) or _in_offer(moment.first, background):
                continue
            if any(not moment.excludes(known) for known in background.moments):
                continue  # another of the customer's times
            said = reply.tokens.plain(moment.first, moment.last)
            wanted = tokens_of_text(claim.fact.text).plain(expected.first, expected.last)
            trust = reply.tokens.probability(moment.first, moment.last)
            doubtful = reply.machine and trust < CERTAIN_FROM
            note = f"we heard {said}; the customer said {wanted}"
            return Conflict(moment.first, moment.last, note, doubtful)
    return None


def _same_kind(one: Quantity, two: Quantity) -> bool:
    """Counts of differently named things are compared too: "two kids" against "five little ones"."""
    if one.kind is two.kind:
        return True
    return one.comparable(two)


def _value_conflict(reply: Reply, expected: Quantity, other: Quantity, claim: Claim) -> Conflict:
    heard = reply.tokens.plain(other.first, other.last)
    wanted = _spoken_form(expected, claim)
    alike = reply.machine and _alike(heard, wanted)
    trust = reply.tokens.probability(other.first, other.last)
    doubtful = reply.machine and trust < (ALIKE_CERTAIN_FROM if alike else CERTAIN_FROM)
    return Conflict(other.first, other.last, f"we heard {heard}; the customer said {wanted}", doubtful)


def _spoken_form(expected: Quantity, claim: Claim) -> str:
    if claim.fact.values:
        for value in claim.fact.values:
            if parse_value(value) == expected:
                return value
    return tokens_of_text(claim.fact.text).plain(expected.first, expected.last)


def _alike(heard: str, wanted: str) -> bool:
    return any(
        sounds_alike(one, two)
        for one in heard.split()
        for two in wanted.split()
        if one != two and len(one) > 2
    )


def _wrong_thing(reply: Reply, claim: Claim, alignment: Alignment, background: Background) -> Conflict | None:
    """A thing the scenario calls confusable, or another of its kind, named instead of the right one."""
    known = background.tokens.stems
    first, last = _sentence(reply, alignment)
    wrong = claim.confusable
    if alignment.strength >= _SPOKEN_OF:  # else it may be another call's, and the fact is just missed
        wrong |= _others_of_kind(reply, claim, background)
    for hit in find_stems(reply.tokens.stems, wrong, first=first, last=last):
        phrase = tuple(reply.tokens.stems[hit.first : hit.last])
        if any(tuple(known[at : at + len(phrase)]) == phrase for at in range(len(known))):
            continue  # the customer speaks of it too
        if _in_offer(hit.first, background):
            continue
        heard = reply.tokens.plain(hit.first, hit.last)
        trust = reply.tokens.probability(hit.first, hit.last)
        limit = ALIKE_CERTAIN_FROM if _alike(heard, claim.fact.text) else CERTAIN_FROM
        note = f"we heard {heard}, which the customer did not speak of"
        return Conflict(hit.first, hit.last, note, reply.machine and trust < limit)
    return None


def _others_of_kind(reply: Reply, claim: Claim, background: Background) -> frozenset[tuple[str, ...]]:
    """What the customer never spoke of and is of one kind with a thing of the fact that the reply lacks.

    "Your brother" where the fact is about a husband who is not named; "husband and brother" would pass.
    """
    stems = reply.tokens.stems
    others: set[tuple[str, ...]] = set()
    for named, strange in claim.kinds:
        if any(next(find_stems(stems, one), None) for one in named):
            continue
        for one in strange:
            if not next(find_stems(background.known.stems, one), None):
                others |= one
    return frozenset(others)


def _stand_in_named(reply: Reply, claim: Claim, background: Background) -> Conflict | None:
    """A confusable thing told of the customer where the fact itself is nowhere: "your boiler" for the car."""
    for clause in reply.clauses:
        told = set(reply.tokens.texts[clause.first : clause.last])
        if clause.question or not told & _ABOUT_THEM:
            continue
        at = Alignment(clause.first, clause.last, 0.0, 0.0, 0.0)
        conflict = _wrong_thing(reply, claim, at, background)
        if conflict is not None and clause.first <= conflict.first < clause.last:
            return conflict
    return None


def _sentence(reply: Reply, alignment: Alignment) -> tuple[int, int]:
    """The alignment widened to its whole sentence."""
    inside = {c.sentence for c in reply.clauses if alignment.first <= c.first < alignment.last}
    around = [c for c in reply.clauses if c.sentence in inside]
    return around[0].first, around[-1].last


def _other_pole(reply: Reply, claim: Claim, alignment: Alignment, lexicon: Lexicon) -> Conflict | None:
    """The opposite of what the fact says: "went through" for "bounced".

    Where the author gave a contrary, only the axes on which it opposes the fact count.
    """
    poles = poles_taken(reply, alignment, lexicon)
    for axis, taken in poles.items():
        wanted = claim.sides.get(axis)
        if wanted is None or any(pole == wanted for pole, _ in taken):
            continue
        hit = taken[0][1]
        decisive = axis in claim.opposed if claim.fact.contrary else True
        if decisive and _shares_subject(reply, claim, alignment, hit):
            return _conflict_at(reply, hit)
    return None


def poles_taken(reply: Reply, alignment: Alignment, lexicon: Lexicon) -> dict[str, list[tuple[bool, Hit]]]:
    """The poles taken where the fact is spoken of, an axis at a time."""
    taken: dict[str, list[tuple[bool, Hit]]] = {}
    for side in sides_of(
        reply.tokens, first=alignment.first, last=alignment.last, lexicon=lexicon, real_only=True
    ):
        taken.setdefault(side.axis, []).append((side.positive, side.hit))
    return taken


def _shares_subject(reply: Reply, claim: Claim, alignment: Alignment, hit: Hit) -> bool:
    """Whether the same clause speaks of at least one more thing of the fact."""
    clause = next((c for c in reply.clauses if c.first <= hit.first < c.last), None)
    first, last = (clause.first, clause.last) if clause else (alignment.first, alignment.last)
    words = {reply.tokens.items[i].stem for i in range(first, last) if not hit.first <= i < hit.last}
    return bool(words & set(claim.content))


def _conflict_at(reply: Reply, hit: Hit, weight: float = 1.0) -> Conflict:
    clause = next((c for c in reply.clauses if c.first <= hit.first < c.last), None)
    first, last = (clause.first, clause.last) if clause else (hit.first, hit.last)
    trust = reply.tokens.probability(max(first, hit.first - 3), hit.last)
    heard = reply.tokens.plain(first, last)
    return Conflict(first, last, f'we heard "{heard}"', reply.machine and trust < CERTAIN_FROM, weight)


def _negated(reply: Reply, claim: Claim, alignment: Alignment, lexicon: Lexicon) -> Conflict | None:
    """The fact's own words with the negation lost or put in.

    Where the author gave a contrary, only the words that it turns round are decisive.
    """
    heard = polarity_of(reply.tokens, lexicon, first=alignment.first, last=alignment.last)
    shared = [word for word in claim.polarity if word in heard]
    clashing = [word for word in shared if heard[word] != claim.polarity[word]]
    if claim.fact.contrary:
        clashing = [word for word in clashing if word in claim.turned]
    elif alignment.likeness < _SURE_LIKENESS or 2 * len(clashing) <= len(shared):
        return None
    if not clashing or _denied_otherwise(reply, claim, alignment, lexicon):
        return None
    stems = reply.tokens.stems
    at = next(i for i in range(alignment.first, alignment.last) if stems[i] == clashing[-1])
    if claim.polarity[clashing[-1]] and _nearer_to_fact(alignment, at):
        return None
    return _conflict_at(reply, Hit(at, at + 1), 0.8)


def _nearer_to_fact(alignment: Alignment, at: int) -> bool:
    """Whether the clause that lost the negation is like the fact all the same.

    There are more ways to deny than "not": "the account is empty", "outside your plan", "rather than".
    """
    return any(first <= at < last and margin < _LOST_MARGIN for first, last, margin in alignment.margins)


def _denied_otherwise(reply: Reply, claim: Claim, alignment: Alignment, lexicon: Lexicon) -> bool:
    """A denied fact given back with another denial ("nobody came" as "no driver, no call")."""
    fact_denies = any(claim.polarity.values())
    words = reply.tokens.texts[alignment.first : alignment.last]
    return fact_denies and any(word in lexicon.negations for word in words)


def _says_contrary(
    reply: Reply, claim: Claim, alignment: Alignment, background: Background, lexicon: Lexicon
) -> Conflict | None:
    """Closer to the fact turned false than to the fact, in words that only the false one uses."""
    margin = alignment.contrary_likeness - alignment.likeness
    if not claim.fact.contrary or margin < _CONTRARY_MARGIN:
        return None
    if any(
        pole == claim.sides.get(axis)
        for axis, taken in poles_taken(reply, alignment, lexicon).items()
        for pole, _ in taken
    ):
        return None  # it takes the fact's own side
    first, last = alignment.first, alignment.last
    heard = polarity_of(reply.tokens, lexicon, first=first, last=last)
    # "Found no fault" is not "found the fault".
    said = {word for word in reply.tokens.stems[first:last] if not heard.get(word, False)}
    telling = claim.contrary_content & said - set(background.tokens.stems)
    telling -= {word for group in claim.groups for phrase in group for word in phrase}
    return _conflict_at(reply, Hit(first, last), 0.6) if telling else None


def _turned(
    reply: Reply, claim: Claim, alignment: Alignment, background: Background, lexicon: Lexicon
) -> Conflict | None:
    """A clause like the contrary that announces the good turn: "thankfully ...", "a nice long contract".

    Neither sign will do alone: likeness to the contrary misleads (it names the same things), and so do
    the words.
    """
    for first, last, margin in sorted(alignment.margins, key=lambda found: -found[2]):
        for phrases, least in ((lexicon.good_turn, _GOOD_TURN_MARGIN), (lexicon.rosy, _ROSY_MARGIN)):
            hit = phrases.first(reply.tokens, first, last)
            if hit is None or margin < least or _in_offer(first, background):
                continue
            if phrases.first(background.tokens) or phrases.first(tokens_of_text(claim.fact.text)):
                continue  # the customer's own word
            return _conflict_at(reply, Hit(first, last), 0.6)
    return None
