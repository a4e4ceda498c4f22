"""YAML text into plain values that remember their lines; nothing is guessed and no tag is obeyed.

YAML reads `off` as false, `12:30` as 750 and `2024-05-01` as a date. In a practice call these are
always words somebody forgot to quote, so they are kept as `Unquoted` and refused with their own text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 12  # the format needs 6
MAX_CHARACTERS = 400_000

Place = tuple[str | int, ...]  # ("turns", 0, "facts", 1, "keys")


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A word that YAML took for something else."""

    source: str
    meaning: str  # what YAML made of it: "true or false", "a date", ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with the YAML itself."""

    line: int
    key: str
    message: str
    remedy: str


@dataclass(slots=True)
class Document:
    """A file's values, the line of each, and what was wrong with the YAML."""

    values: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    sources: dict[Place, str] = field(default_factory=dict)  # scalars as they were written
    troubles: list[Trouble] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it that was written; 0 for none."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 0


def key_of(place: Place) -> str:
    """A place as people write it: ``turns[0].facts[1].keys``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_document(text: str) -> Document:
    """Read one YAML document; what is wrong lands in `troubles`, never in an exception."""
    document = Document()
    if len(text) > MAX_CHARACTERS:
        document.troubles.append(
            Trouble(0, "", f"The file has {len(text):,} characters.", f"A call has under {MAX_CHARACTERS:,}.")
        )
        return document
    try:
        node = yaml.compose(text, Loader=_loader())
    except yaml.YAMLError as error:
        document.troubles.append(_syntax_trouble(error, text))
        return document
    if node is None:
        document.troubles.append(
            Trouble(0, "", "The file is empty.", "Start from a file in prompts/ and change it.")
        )
    elif not isinstance(node, yaml.MappingNode):
        document.troubles.append(
            Trouble(
                _line(node), "", "The file is not a list of `key: value` lines.", "Start with `id: my-call`."
            )
        )
    else:
        document.values = _Reader(document).value(node, ())
    return document


def _loader() -> Any:
    """The C reader where there is one: a library of calls opens ten times faster."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _syntax_trouble(error: yaml.YAMLError, text: str) -> Trouble:
    what = str(getattr(error, "problem", None) or error).split("\n", 1)[0]
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if "end of stream" in what:  # a quote or bracket that never closes: show where it opened
        marks.reverse()
    mark = next((m for m in marks if m is not None), None)
    line = int(mark.line) + 1 if mark is not None else 0
    lines = text.splitlines()
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return Trouble(line, "", "The line begins with a tab.", "Indent with spaces only.")
    if "mapping values are not allowed" in what:
        remedy = (
            "A colon followed by a space ends a key: put the text in quotes, or on its own lines after `>-`."
        )
    elif "%" in what or "@" in what or "`" in what or "cannot start any token" in what:
        remedy = "Put text that begins with a sign in quotes."
    elif "single document" in what:
        remedy = "One file holds one call: remove the line `---`."
    else:
        remedy = "Check the indentation, the quotes and the brackets of this line and the one above."
    return Trouble(line, "", f"This is not valid YAML: {what}.", remedy)


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: set[int] = set()
        self._constructor = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, place: Place) -> Any:
        self._document.lines.setdefault(place, _line(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        if id(node) in self._seen:
            self._trouble(node, place, "A reference (`*name`) is used.", "Write the text out in full.")
            return None
        self._seen.add(id(node))
        if len(place) >= MAX_DEPTH:
            self._trouble(node, place, "Too many levels lie inside each other.", "Check the brackets.")
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*place, i)) for i, child in enumerate(node.value)]
        return self._mapping(node, place)

    def _mapping(self, node: yaml.Node, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            inside = (*place, key)
            if key in values:
                first = self._document.lines.get(inside, 0)
                self._trouble(
                    key_node, inside, f"The key `{key}` is written twice, first in line {first}.", "Keep one."
                )
                continue
            self._document.lines[inside] = _line(key_node)
            value = self.value(value_node, inside)
            if value is not None:  # a key with nothing after it counts as left out
                values[key] = value
        return values

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Any:
        self._document.sources[place] = node.value
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if kind == "str":
            return node.value
        if kind == "null":
            return None
        if kind in ("int", "float"):
            if ":" in node.value:  # YAML counts in sixties: 12:30 would be 750
                return Unquoted(node.value, "a number")
            try:
                return self._constructor.construct_object(node)
            except (ValueError, OverflowError):
                return Unquoted(node.value, "a number")
        meaning = {"bool": "true or false", "timestamp": "a date"}.get(kind, f"a value of kind `{node.tag}`")
        return Unquoted(node.value, meaning)

    def _trouble(self, node: yaml.Node, place: Place, message: str, remedy: str) -> None:
        self._document.troubles.append(Trouble(_line(node), key_of(place), message, remedy))
