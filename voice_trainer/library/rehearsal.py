"""Lets the judge hear a call before an agent does: its model replies, and the customer's words parroted.

A model reply below the top band teaches what costs points; words parroted into the top band would teach
that repeating is listening. Both are found only by judging, so this costs a moment for each reply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voice_trainer.domain.rubric import TOP_POINTS
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import CONTENT_CRITERIA, Reason, Score
from voice_trainer.domain.transcript import typed
from voice_trainer.library.quality import Warned
from voice_trainer.listening import measure_listening
from voice_trainer.ports import Embedder
from voice_trainer.scoring import load_rubric, score_take

_SWAPPED = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll", "me": "you",
    "my": "your", "mine": "yours", "myself": "yourself", "we": "you", "we've": "you've", "we're": "you're",
    "our": "your", "us": "you", "you": "we", "you've": "we've", "you're": "we're", "your": "our",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One reply to a turn and what the judge made of it.

    Attributes
    ----------
    number
        Which model reply, from 0; None for the customer's own words.
    points
        ``overall.listening``, 0..100; None where nothing could be scored.
    reason
        What cost most points, as the agent would read it; empty where nothing did.
    """

    turn_index: int
    number: int | None
    reply: str
    points: int | None
    reason: str

    @property
    def is_top(self) -> bool:
        """Whether it reaches the top band."""
        return self.points is not None and self.points >= TOP_POINTS


def rehearse(scenario: Scenario, *, embedder: Embedder | None = None) -> Iterator[Rehearsed]:
    """Judge every model reply, and each turn's complaint given back with the persons swapped.

    Turns without facts are left out: nothing there can be given back. `embedder` None judges by keys
    and words alone, which is faster and a little stricter.
    """
    for index, turn in enumerate(scenario.turns):
        if not turn.facts:
            continue
        for number, reply in enumerate(turn.model_replies):
            yield _judged(scenario, index, number, reply, embedder)
        yield _judged(scenario, index, None, parroted(turn), embedder)


def parroted(turn: Turn) -> str:
    """The customer's words as a parrot gives them back: "I ordered it" becomes "you ordered it"."""
    return " ".join(_SWAPPED.get(word.lower().replace("’", "'"), word) for word in turn.says.split())


def rehearsal_warnings(scenario: Scenario, *, embedder: Embedder | None = None) -> list[Warned]:
    """Model replies that miss the top band, and complaints that reach it when they are parroted."""
    warned: list[Warned] = []
    for heard in rehearse(scenario, embedder=embedder):
        place = ("turns", heard.turn_index)
        if heard.number is None and heard.is_top:
            warned.append(
                (
                    (*place, "says"),
                    f"Repeating the customer word for word earns {heard.points} of 100.",
                    "Give the facts `keys:` with other words for the same, and a `wish:`.",
                )
            )
        elif heard.number is not None and not heard.is_top:
            earned = "nothing" if heard.points is None else f"{heard.points} of 100"
            warned.append(
                (
                    (*place, "model_replies", heard.number),
                    f"This model reply earns {earned} for listening; {TOP_POINTS} is the top band. "
                    f"{heard.reason}".strip(),
                    "Mend the reply, or add its words to `keys:` and `accept_emotions:`.",
                )
            )
    return warned


def _judged(
    scenario: Scenario, turn_index: int, number: int | None, reply: str, embedder: Embedder | None
) -> Rehearsed:
    turn = scenario.turns[turn_index]
    transcript = typed(reply)
    listening = measure_listening(transcript, turn, scenario=scenario, embedder=embedder)
    score = score_take(
        load_rubric(),
        scenario=scenario,
        turn=turn,
        transcript=transcript,
        delivery=None,
        listening=listening,
    )
    return Rehearsed(turn_index, number, reply, score.listening_points, _dearest(score))


def _dearest(score: Score) -> str:
    """The reason that cost most."""
    reasons = [r for c in score.criteria if c.criterion in CONTENT_CRITERIA for r in c.reasons]
    dearest = max(reasons, key=_lost, default=None)
    return dearest.text if dearest is not None and dearest.points_lost > 0 else ""


def _lost(reason: Reason) -> float:
    return reason.points_lost
