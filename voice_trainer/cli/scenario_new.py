"""The questions of `scenarios new`: one after the other, each asked until its answer can be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from voice_trainer.cli.console import agree, ask, console
from voice_trainer.domain.call import TEMPERATURES, TURNS_MAX, feeling_of
from voice_trainer.domain.scenario import CallKind, Gender, Reaction
from voice_trainer.library.formats import BCP_47, KEBAB_CASE
from voice_trainer.library.writing import slug

_HOW = {
    Reaction.CALMER: "After a reply that lands",
    Reaction.SAME: "After one that changes nothing",
    Reaction.ANGRIER: "After one that brushes the customer off",
}


def ask_for_call(known_ids: Sequence[str]) -> dict[str, Any]:
    """All values of a call, as its file holds them; Ctrl-C leaves at any time and writes nothing."""
    out = console()
    out.print(
        "[head]A new call[/head]. Enter takes what stands in brackets; Ctrl-C leaves, nothing is written."
    )
    title = _text("What is the call called? (The parcel left in the rain)")
    scenario_id = _until(
        "Its id, the file's name",
        lambda a: _problem_of_id(a, known_ids),
        default=slug(title) if slug(title) not in known_ids else f"{slug(title)}-2",
    )
    values: dict[str, Any] = {"id": scenario_id, "version": 1, "title": title}
    values["industry"] = _until("Industry (retail-delivery, banking ...)", _problem_of_word)
    values["language"] = _until(
        "Language", lambda a: "" if re.fullmatch(BCP_47, a) else "Such as en-GB or en-US.", default="en-GB"
    )
    values["kind"] = _choice("What kind of call?", [str(kind) for kind in CallKind])
    values["difficulty"] = int(_choice("How hard, 1 to 5?", list("12345"), default="2"))
    name = _text("The customer's name")
    voice = _choice("Whose voice?", [str(gender) for gender in Gender])
    values["persona"] = {
        "name": name,
        "voice": voice,
        "about": ask("About them, in a line (may stay empty):"),
    }
    values["turns"] = turns = _turns()
    if len(turns) > 1:
        _lead_on(turns)
    if values["kind"] == str(CallKind.SALES):
        values["offers"] = _offers([fact["id"] for turn in turns for fact in turn["facts"]])
    return values


def _turns() -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    while len(turns) < TURNS_MAX:
        number = len(turns) + 1
        console().print(f"\n[head]Turn {number}[/head]")
        ids = [turn["id"] for turn in turns]
        turn_id = _until(
            "Its id",
            lambda a, ids=ids: _problem_of_id(a, ids),  # type: ignore[misc]
            default="opening" if number == 1 else f"turn-{number}",
        )
        says = _text("What does the customer say?")
        feeling = _feeling()
        wish = ask("What do they want? (know when it is coming; may stay empty)")
        turns.append(
            {
                "id": turn_id,
                "says": says,
                "emotion": feeling,
                "wish": {"text": wish} if wish else None,
                "facts": _facts(),
                "model_replies": _many("A reply you would be proud of, as you would say it (Enter ends):"),
            }
        )
        if not agree("Another turn?", default=False):
            break
    return turns


def _feeling() -> str:
    while True:
        said = ask(f"What do they feel? ({', '.join(TEMPERATURES)})", default="frustrated")
        if feeling_of(said) or agree(
            f"“{said}” is spoken in a neutral voice, for it is not one of these. Keep it?", default=False
        ):
            return said


def _facts() -> list[dict[str, Any]]:
    """Facts with what is their contrary and what must come back right."""
    console().print(
        "Facts: what a good reply gives back, each in a sentence (“the parcel was left in the rain”)."
    )
    facts: list[dict[str, Any]] = []
    while text := ask(f"Fact {len(facts) + 1} (Enter ends):"):
        taken = [fact["id"] for fact in facts]
        fact_id = "-".join(slug(text).split("-")[-3:]) or "fact"
        facts.append(
            {
                "id": fact_id if fact_id not in taken else f"{fact_id}-{len(facts) + 1}",
                "text": text,
                "contrary": ask("  The same, turned false (the parcel was left in the dry; may stay empty):"),
                "values": _listed("  Numbers, days or amounts that must come back right, commas between:"),
                "confusable": _listed("  What might be mixed up with it, commas between:"),
            }
        )
    return facts


def _lead_on(turns: list[dict[str, Any]]) -> None:
    """Where each turn leads."""
    ids = [turn["id"] for turn in turns]
    console().print(f"\n[head]Where it leads[/head]. Turns: {', '.join(ids)}; “end” ends the call.")
    for position, turn in enumerate(turns):
        following = ids[position + 1] if position + 1 < len(ids) else "end"
        console().print(f"{turn['id']}:")
        then = {}
        for reaction, how in _HOW.items():
            target = _choice(f"  {how}", [*ids, "end"], default=following)
            if target != "end":
                then[reaction.value] = target
        turn["then"] = then


def _offers(facts: Sequence[str]) -> list[dict[str, Any]]:
    offers: list[dict[str, Any]] = []
    while name := ask(f"What may the agent suggest? Offer {len(offers) + 1} (Enter ends):"):
        shown = ", ".join(facts) or "none"
        fits = _until(
            f"  Which facts does it answer, commas between? ({shown})",
            lambda a: next((f"No fact is called {f}." for f in _split(a) if f not in facts), ""),
            empty=True,
        )
        offers.append({"name": name, "fits": _split(fits)})
    return offers


def _text(question: str) -> str:
    return _until(f"{question}:", lambda a: "" if len(a) <= 4000 else "At most 4000 letters.")


def _until(question: str, problem: Callable[[str], str], *, default: str = "", empty: bool = False) -> str:
    while True:
        answer = ask(question if question.endswith((":", ")", "?")) else f"{question}:", default=default)
        told = problem(answer) if answer else ("" if empty else "This one is needed.")
        if not told:
            return answer
        console().print(told, markup=False)


def _choice(question: str, choices: Sequence[str], *, default: str = "") -> str:
    shown = question if len(choices) > 6 else f"{question} ({'/'.join(choices)})"
    return _until(
        shown,
        lambda a: "" if a in choices else f"One of: {', '.join(choices)}.",
        default=default or choices[0],
    )


def _many(question: str) -> list[str]:
    found: list[str] = []
    while answer := ask(question):
        found.append(answer)
    return found


def _listed(question: str) -> list[str]:
    return _split(ask(question))


def _split(answer: str) -> list[str]:
    return [part.strip() for part in answer.split(",") if part.strip()]


def _problem_of_word(answer: str) -> str:
    return "" if re.fullmatch(KEBAB_CASE, answer) else "Small letters, digits and hyphens: retail-delivery."


def _problem_of_id(answer: str, taken: Sequence[str]) -> str:
    if answer in taken:
        return f"There is one called {answer} already."
    return _problem_of_word(answer)
