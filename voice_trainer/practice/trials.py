"""How well listening tells good replies from bad ones, on labelled material."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from voice_trainer.practice.assess import Assessment

WORD_ERROR_RATES = (0.0, 0.1, 0.2, 0.4)
BAND_EDGES = (60, 80)


@dataclass(frozen=True, slots=True)
class LabelledReply:
    """A reply with what its author says of it; gold labels only where given."""

    id: str
    scenario: str
    turn: str | None
    kind: str
    good: bool
    reply: str
    facts: Mapping[str, str] = field(default_factory=dict)
    emotion: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A labelled reply and its judgement; None where it could not be judged at all."""

    reply: LabelledReply
    assessment: Assessment | None

    @property
    def points(self) -> int | None:
        """``overall.listening``; None where not scored."""
        return None if self.assessment is None else self.assessment.score.listening_points


@dataclass(frozen=True, slots=True)
class Share:
    """Successes out of trials."""

    hits: int
    trials: int

    @property
    def value(self) -> float | None:
        """0..1; None without trials."""
        return self.hits / self.trials if self.trials else None

    def __str__(self) -> str:
        return "-" if self.value is None else f"{self.value:.3f} of {self.trials}"


def try_replies(
    replies: Sequence[LabelledReply],
    judge: Callable[[LabelledReply, str], Assessment | None],
    *,
    word_error_rate: float = 0.0,
) -> list[Tried]:
    """Judge every reply, its words first misheard at the given rate (the same way every time)."""
    return [Tried(r, judge(r, misheard(r.reply, word_error_rate, seed=r.id))) for r in replies]


def misheard(text: str, rate: float, *, seed: str) -> str:
    """The words with that share replaced, dropped or doubled; deterministic for a seed."""
    if rate <= 0:
        return text
    dice = random.Random(f"{seed}{rate}")
    words = text.split()
    heard: list[str] = []
    for word in words:
        luck = dice.random() / rate
        if luck < 0.5:
            heard.append(dice.choice(words))
        elif luck < 0.75:
            continue
        elif luck < 1.0:
            heard += [word, dice.choice(words)]
        else:
            heard.append(word)
    return " ".join(heard)


def good_above_bad(tried: Sequence[Tried]) -> dict[str, Share]:
    """Per kind of bad reply: pairs within one turn in which the good one has more points.

    A pair with a reply that was not scored is left out: not measured is not zero. Ties are no success.
    """
    turns: dict[tuple[str, str | None], list[Tried]] = defaultdict(list)
    for one in tried:
        turns[one.reply.scenario, one.reply.turn].append(one)
    wins, pairs = Counter[str](), Counter[str]()
    for entries in turns.values():
        scored = [(t.reply, t.points) for t in entries if t.points is not None]
        for good, high in scored:
            for bad, low in scored:
                if good.good and not bad.good and high is not None and low is not None:
                    pairs[bad.kind] += 1
                    wins[bad.kind] += high > low
    return {kind: Share(wins[kind], pairs[kind]) for kind in sorted(pairs, key=lambda k: wins[k] / pairs[k])}


def together(shares: Mapping[str, Share]) -> Share:
    """All kinds in one."""
    return Share(sum(s.hits for s in shares.values()), sum(s.trials for s in shares.values()))


def pass_rates(tried: Sequence[Tried], edge: int) -> dict[str, Share]:
    """Per kind: replies with `edge` points or more."""
    passed, every = Counter[str](), Counter[str]()
    for one in tried:
        if one.points is not None:
            every[one.reply.kind] += 1
            passed[one.reply.kind] += one.points >= edge
    return {kind: Share(passed[kind], every[kind]) for kind in every}


def fact_confusion(tried: Sequence[Tried]) -> Counter[tuple[str, str]]:
    """How often a gold status was called what: ``(gold, called)``."""
    confusion = Counter[tuple[str, str]]()
    for one in tried:
        if one.assessment is None or one.assessment.listening is None:
            continue
        for finding in one.assessment.listening.facts:
            if (gold := one.reply.facts.get(finding.fact_id)) is not None:
                confusion[gold, str(finding.status)] += 1
    return confusion


def emotion_accuracy(tried: Sequence[Tried]) -> Share:
    """How often the answer to the feeling was called what its author calls it."""
    known = [
        (one.reply.emotion, str(one.assessment.listening.emotion.status))
        for one in tried
        if one.reply.emotion and one.assessment is not None and one.assessment.listening is not None
    ]
    return Share(sum(gold == called for gold, called in known), len(known))


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Chance that a positive lies above a negative, ties half; None where either is missing."""
    if not positives or not negatives:
        return None
    values = sorted([(v, True) for v in positives] + [(v, False) for v in negatives])
    rank_sum, index = 0.0, 0
    while index < len(values):
        end = index
        while end < len(values) and values[end][0] == values[index][0]:
            end += 1
        middle = (index + 1 + end) / 2  # tied values share their mean rank
        rank_sum += middle * sum(positive for _, positive in values[index:end])
        index = end
    n, m = len(positives), len(negatives)
    return (rank_sum - n * (n + 1) / 2) / (n * m)
