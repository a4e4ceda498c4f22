"""One file into one scenario, or an error that names file, line, key and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from voice_trainer.domain.scenario import Scenario
from voice_trainer.errors import ScenarioError
from voice_trainer.library.documents import Document, Place, Unquoted, key_of, read_document
from voice_trainer.library.formats import (
    FactFile,
    OfferFile,
    PersonaFile,
    ScenarioFile,
    TurnFile,
    WishFile,
    to_domain,
)
from voice_trainer.library.problems import Problem, ProblemSeverity
from voice_trainer.library.structure import structural_faults

SUFFIXES = (".yaml", ".yml")

_EXAMPLES = {
    "id": "id: late-coffee-machine",
    "version": "version: 1",
    "title": "title: The coffee machine that never came",
    "industry": "industry: retail-delivery",
    "language": "language: en-GB",
    "kind": "kind: complaint",
    "difficulty": "difficulty: 2",
    "says": "says: I ordered it three weeks ago ...",
    "text": "text: know when it is coming",
    "name": "name: Dana Whitfield",
    "voice": "voice: female",
    "turns": "turns: and below it `- id: opening`",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as far as it could be read: the scenario if nothing is wrong, else what is."""

    scenario: Scenario | None
    problems: tuple[Problem, ...]
    document: Document


def load_scenario(path: Path) -> Scenario:
    """Load one practice call; raises `ScenarioError` naming the file, the line, the key and the remedy."""
    reading = read_scenario(path)
    if reading.scenario is not None:
        return reading.scenario
    first, *others = reading.problems
    more = f" ({len(others)} more: `voice-trainer scenarios check {path}` lists them.)" if others else ""
    place = f"{path}, line {first.line}" if first.line else str(path)
    at = f", {first.key}" if first.key else ""
    code = "scenario_missing" if not path.is_file() else "scenario_invalid"
    raise ScenarioError(code, f"{place}{at}: {first.message}", remedy=f"{first.remedy}{more}")


def read_scenario(path: Path) -> Reading:
    """Read a file and gather everything that is wrong with it; never raises for what a file holds."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        return _unreadable(path, f"The file cannot be read: {reason}.", "Check the name and the permissions.")
    except UnicodeDecodeError as error:
        return _unreadable(
            path,
            f"The file is not UTF-8 text (byte {error.start}).",
            "Save it as UTF-8 in the editor.",
        )
    document = read_document(text)
    problems = [
        Problem(ProblemSeverity.ERROR, path, t.line, t.key, t.message, t.remedy) for t in document.troubles
    ]
    if document.values is None:
        return Reading(None, tuple(problems), document)
    model, faults = _validated(document)
    faults += _naming_faults(path, document.values)
    faults += structural_faults(document.values)
    problems += [
        Problem(ProblemSeverity.ERROR, path, document.line_of(place), key_of(place), message, remedy)
        for place, message, remedy in faults
    ]
    problems.sort(key=lambda p: p.line)
    scenario = to_domain(model) if model is not None and not problems else None
    return Reading(scenario, tuple(problems), document)


def _unreadable(path: Path, message: str, remedy: str) -> Reading:
    return Reading(None, (Problem(ProblemSeverity.ERROR, path, 0, "", message, remedy),), Document())


Fault = tuple[Place, str, str]  # where, what happened, what to do


def _validated(document: Document) -> tuple[ScenarioFile | None, list[Fault]]:
    try:
        return ScenarioFile.model_validate(document.values), []
    except ValidationError as error:
        found: list[dict[str, Any]] = [dict(e) for e in error.errors(include_url=False)]
    meant = {_meant(e["loc"]) for e in found if e["type"] == "extra_forbidden"}
    # a misspelt key is one fault, not an unknown key and a missing one
    return None, [_fault(e, document) for e in found if e["type"] != "missing" or e["loc"] not in meant]


def _meant(place: Place) -> Place:
    near = _nearest_key(place)
    return (*place[:-1], near) if near else ()


def _fault(error: Mapping[str, Any], document: Document) -> Fault:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    name = str(place[-1]) if place else ""
    source = document.sources.get(place, value if isinstance(value, str) else "")
    if kind == "extra_forbidden" or "[key]" in error["loc"]:
        return place, f"The key `{name}` is unknown here.", _known_keys(place)
    if kind == "missing":
        return place, f"`{name}` is missing.", f"Add it, as in `{_EXAMPLES.get(name, name + ': ...')}`."
    if isinstance(value, Unquoted):
        return place, f"YAML reads {value.source} as {value.meaning}.", _quote(value.source, kind)
    if kind == "string_type" and isinstance(value, int | float):
        return place, f"A text is needed, {source} is a number.", _quote(source, kind)
    if kind == "string_type" and value is None:
        return place, "The entry is empty.", "Write a text, or remove it."
    if kind == "string_type":
        return place, f"A text is needed, not a {_shape(value)}.", "Put the text in quotes, or after `>-`."
    if kind == "list_type":
        return place, f"A list is needed, not {_shown(value)}.", f"Write `{name}: [first, second]`."
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return place, f"`key: value` entries are needed, not {_shown(value)}.", _known_keys((*place, ""))
    if kind == "string_pattern_mismatch":
        return _pattern_fault(place, name, str(value))
    if kind == "literal_error":
        return (
            place,
            f"{_shown(value)} is not possible here.",
            f"Write {context.get('expected', 'another word')}.",
        )
    if kind in ("int_type", "int_from_float", "float_type"):
        return (
            place,
            f"A {'whole ' if 'int' in kind else ''}number is needed, not {_shown(value)}.",
            (f"Write it without quotes, as in `{_EXAMPLES.get(name, name + ': 1')}`."),
        )
    return place, f"{error['msg']}, not {_shown(value)}.", "Change it to fit."


def _pattern_fault(place: Place, name: str, value: str) -> Fault:
    if name == "language":
        return place, f"`{value}` is not a language tag.", "Write it as in en-GB, en-US or de-DE."
    mended = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-") or "my-call"
    return place, f"`{value}` is not in kebab-case.", f"Small letters, digits and hyphens: `{mended}`."


def _quote(source: str, kind: str) -> str:
    if kind.startswith(("string", "literal")):
        return f'Put it in quotes: "{source}".'
    return f"`{source}` does not belong here."


def _shape(value: Any) -> str:
    return {list: "list", dict: "group of keys", str: "text", int: "number", float: "number"}.get(
        type(value), "different kind of value"
    )


def _shown(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str | int | float) else f"a {_shape(value)}"


_PARTS: dict[str, type[BaseModel]] = {
    "turns": TurnFile,
    "facts": FactFile,
    "offers": OfferFile,
    "persona": PersonaFile,
    "wish": WishFile,
}


def _keys_beside(place: Place) -> list[str]:
    """The keys that the format knows where `place` lies."""
    parent = next((part for part in reversed(place[:-1]) if isinstance(part, str)), None)
    if parent == "then":
        return ["calmer", "same", "angrier"]
    return list((_PARTS.get(parent, ScenarioFile) if parent else ScenarioFile).model_fields)


def _nearest_key(place: Place) -> str | None:
    near = difflib.get_close_matches(str(place[-1]), _keys_beside(place), n=1, cutoff=0.6)
    return near[0] if near else None


def _known_keys(place: Place) -> str:
    near = _nearest_key(place)
    meant = f"Did you mean `{near}`? " if near else ""
    return f"{meant}Known keys: {', '.join(_keys_beside(place))}."


def _naming_faults(path: Path, values: Mapping[str, Any]) -> list[Fault]:
    """The id is the file's name; inside a folder `prompts/` the industry is the folder's."""
    faults: list[Fault] = []
    identity, industry = values.get("id"), values.get("industry")
    if isinstance(identity, str) and identity != path.stem:
        faults.append(
            (
                ("id",),
                f"The id is `{identity}`, the file is called `{path.name}`.",
                f"Rename the file to `{identity}{path.suffix}`, or write `id: {path.stem}`.",
            )
        )
    folder = path.absolute().parent
    if folder.parent.name == "prompts" and isinstance(industry, str) and industry != folder.name:
        faults.append(
            (
                ("industry",),
                f"The industry is `{industry}`, the folder is called `{folder.name}`.",
                f"Write `industry: {folder.name}`, or move the file to `prompts/{industry}/`.",
            )
        )
    return faults
