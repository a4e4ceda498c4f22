"""Write the parts of `docs/` that the code knows best; `--check` only tells whether they are up to date.

A generated part stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from voice_trainer.cli.main import COMMANDS, cli
from voice_trainer.errors import ExitStatus
from voice_trainer.settings import PREFIX, Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
_EXITS = {
    ExitStatus.DONE: "done",
    ExitStatus.UNEXPECTED: "unexpected: a fault of the program",
    ExitStatus.USAGE: "usage: a wrong option, file or name",
    ExitStatus.AUDIO_DEVICE: "audio device",
    ExitStatus.MODEL: "model missing or broken",
    ExitStatus.NOTHING_SCORED: "nothing could be scored",
    ExitStatus.STORAGE: "storage: disk, database, permissions",
    ExitStatus.INTERRUPTED: "interrupted (Ctrl-C)",
}


def commands() -> str:
    """Every command with its help, as the terminal shows it at 100 columns."""
    parts = []
    # As the program makes it, for click remembers a command's help option from the first context it was in.
    names = cli.context_settings["help_option_names"]
    group = click.Context(cli, info_name="voice-trainer", terminal_width=100, help_option_names=names)
    for name in COMMANDS:
        command = cli.get_command(group, name)
        assert command is not None
        parts.extend(_help(command, group, name))
    return "\n".join(parts)


def _help(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100)
    lines = [f"### `{context.command_path}`", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for inner_name, inner in command.commands.items():
            lines.extend(_help(inner, context, inner_name))
    return lines


def exits() -> str:
    """The table of exit statuses."""
    rows = [f"| {status.value} | {meaning} |" for status, meaning in _EXITS.items()]
    return "\n".join(["| status | meaning |", "| --- | --- |", *rows])


def settings() -> str:
    """The table of settings."""
    rows = ["| setting | environment | default | meaning |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "by the system" if field.default is PydanticUndefined else field.default
        shown = "unset" if default is None else default
        rows.append(f"| `{name}` | `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows)


def scenario_keys() -> str:
    """Every key of a scenario file."""
    from voice_trainer.library import formats

    models = [m for m in vars(formats).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    rows = ["| part | key | needed |", "| --- | --- | --- |"]
    for model in models:
        if model.__module__ != formats.__name__ or not model.model_fields:
            continue
        for name, field in model.model_fields.items():
            needed = "yes" if field.is_required() else ""
            rows.append(f"| {model.__name__.removesuffix('File')} | `{field.alias or name}` | {needed} |")
    return "\n".join(rows)


PARTS = {
    "cli.md": {"commands": commands, "exits": exits},
    "settings.md": {"settings": settings},
    "scenarios.md": {"keys": scenario_keys},
}


def updated(text: str, parts: dict[str, object]) -> str:
    """`text` with its generated parts renewed."""
    for name, make in parts.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if not pattern.search(text):
            raise SystemExit(f"There is no part {name!r} in the document.")
        body = f"{begin}\n{make()}\n{end}"  # type: ignore[operator]
        text = pattern.sub(lambda _match, body=body: body, text)  # type: ignore[misc]
    return text


def outdated() -> list[str]:
    """Documents that differ from what the code says."""
    return [
        name
        for name, parts in PARTS.items()
        if (DOCS / name).read_text(encoding="utf-8")
        != updated((DOCS / name).read_text(encoding="utf-8"), dict(parts))
    ]


def main(arguments: list[str]) -> int:
    """Renew the documents, or check them."""
    if "--check" in arguments:
        late = outdated()
        if late:
            click.echo(f"Out of date: {', '.join(late)}. Run `python -m scripts.docs`.")
        return 1 if late else 0
    for name, parts in PARTS.items():
        path = DOCS / name
        path.write_text(updated(path.read_text(encoding="utf-8"), dict(parts)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
