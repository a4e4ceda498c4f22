"""Faults between the parts of a call: ids, where `then` leads, loops, what offers answer.

Works on the plain values, so that a coach sees these beside every other fault of a half-wrong file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from voice_trainer.library.documents import Place

MAX_TURNS_IN_LOOP = 8
REACTIONS = ("calmer", "same", "angrier")

Fault = tuple[Place, str, str]


@dataclass(frozen=True, slots=True)
class _Outline:
    """As much of a turn as its neighbours need."""

    index: int
    id: str
    then: dict[str, str]
    facts: tuple[tuple[int, str], ...]

    @property
    def may_end(self) -> bool:
        return any(reaction not in self.then for reaction in REACTIONS)


def structural_faults(values: Mapping[str, Any]) -> list[Fault]:
    """Everything wrong between the parts of a call."""
    turns = list(_outlines(values))
    faults = [*_duplicate_ids(turns), *_unknown_targets(turns), *_offer_faults(values, turns)]
    faults += _summary_faults(values)
    graph = {turn.id: turn for turn in turns}
    if turns and len(turns) == len(_entries(values, "turns")):  # a broken turn would make others look cut off
        faults += _unreachable(turns, graph)
        faults += _endless_loops(turns, graph)
    return faults


def _entries(values: Mapping[str, Any], key: str) -> list[Any]:
    found = values.get(key)
    return found if isinstance(found, list) else []


def _outlines(values: Mapping[str, Any]) -> Iterator[_Outline]:
    for index, turn in enumerate(_entries(values, "turns")):
        if not isinstance(turn, dict) or not isinstance(turn.get("id"), str):
            continue
        then = turn.get("then")
        targets = then.items() if isinstance(then, dict) else ()
        facts = enumerate(_entries(turn, "facts"))
        yield _Outline(
            index,
            turn["id"],
            {key: target for key, target in targets if isinstance(target, str)},
            tuple((i, f["id"]) for i, f in facts if isinstance(f, dict) and isinstance(f.get("id"), str)),
        )


def _duplicate_ids(turns: list[_Outline]) -> Iterator[Fault]:
    seen: set[str] = set()
    for turn in turns:
        if turn.id in seen:
            yield ("turns", turn.index, "id"), f"Two turns have the id `{turn.id}`.", "Give one another id."
        seen.add(turn.id)
        facts: set[str] = set()
        for index, fact_id in turn.facts:
            if fact_id in facts:
                place: Place = ("turns", turn.index, "facts", index, "id")
                yield place, f"Two facts of this turn have the id `{fact_id}`.", "Give one another id."
            facts.add(fact_id)


def _unknown_targets(turns: list[_Outline]) -> Iterator[Fault]:
    known = [turn.id for turn in turns]
    for turn in turns:
        for reaction, target in turn.then.items():
            if target not in known:
                yield (
                    ("turns", turn.index, "then", reaction),
                    f"There is no turn `{target}`.",
                    f"Turns here: {', '.join(known)}. Leave the reaction out to end the call.",
                )


def _summary_faults(values: Mapping[str, Any]) -> Iterator[Fault]:
    turns = _entries(values, "turns")
    if turns and isinstance(turns[0], dict) and turns[0].get("asks_summary") is True:
        yield (
            ("turns", 0, "asks_summary"),
            "The opening asks for a summary, and nothing was said before it.",
            "Move it to a later turn, or remove it.",
        )


def _offer_faults(values: Mapping[str, Any], turns: list[_Outline]) -> Iterator[Fault]:
    offers = _entries(values, "offers")
    if offers and values.get("kind") == "complaint":
        yield ("offers",), "Offers belong to sales calls.", "Remove them, or write `kind: sales`."
    known = {fact_id for turn in turns for _, fact_id in turn.facts}
    for index, offer in enumerate(offers):
        fits = offer.get("fits") if isinstance(offer, dict) else None
        for position, fact_id in enumerate(fits if isinstance(fits, list) else []):
            if isinstance(fact_id, str) and fact_id not in known:
                yield (
                    ("offers", index, "fits", position),
                    f"No turn has a fact `{fact_id}`.",
                    f"Facts of this call: {', '.join(sorted(known)) or 'none'}.",
                )


def _reachable(start: str, graph: Mapping[str, _Outline]) -> set[str]:
    """Turns that can follow `start`, itself only if a loop leads back."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        turn = graph.get(waiting.pop())
        for target in turn.then.values() if turn else ():
            if target in graph and target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _unreachable(turns: list[_Outline], graph: Mapping[str, _Outline]) -> Iterator[Fault]:
    heard = _reachable(turns[0].id, graph) | {turns[0].id}
    for turn in turns:
        if turn.id not in heard:
            yield (
                ("turns", turn.index, "id"),
                f"No reply ever leads to the turn `{turn.id}`.",
                f"Name it in a `then:` of an earlier turn (`angrier: {turn.id}`), or remove it.",
            )


def _endless_loops(turns: list[_Outline], graph: Mapping[str, _Outline]) -> Iterator[Fault]:
    follows = {turn.id: _reachable(turn.id, graph) for turn in turns}
    told: set[str] = set()
    for turn in turns:
        if turn.id not in follows[turn.id] or turn.id in told:
            continue
        loop = {other for other in follows[turn.id] if turn.id in follows[other]}
        if any(_turns_to_exit(start, loop, graph) > MAX_TURNS_IN_LOOP for start in loop):
            told |= loop
            yield (
                ("turns", turn.index, "then"),
                f"The call can go round {', '.join(sorted(loop))} for more than {MAX_TURNS_IN_LOOP} turns.",
                "Lead one reaction out of the loop, or leave it out so that the call ends.",
            )


def _turns_to_exit(start: str, loop: set[str], graph: Mapping[str, _Outline]) -> int:
    """Turns heard, at best, from `start` to the one that may leave the loop; over the limit if none."""
    ring, seen = {start}, {start}
    for heard in range(1, MAX_TURNS_IN_LOOP + 1):
        if any(graph[i].may_end or set(graph[i].then.values()) - loop for i in ring):
            return heard
        ring = {target for i in ring for target in graph[i].then.values()} - seen
        seen |= ring
    return MAX_TURNS_IN_LOOP + 1
