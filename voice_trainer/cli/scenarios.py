"""`voice-trainer scenarios`: list, show, check."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from voice_trainer.cli.console import console, errors
from voice_trainer.cli.options import house, json_option
from voice_trainer.errors import ExitStatus
from voice_trainer.library.checking import check
from voice_trainer.library.problems import ProblemSeverity

_FOLDER = click.option("--scenarios", type=click.Path(path_type=Path), help="A folder of calls, over ours.")


@click.group("scenarios")
def scenarios_command() -> None:
    """List, show and check practice calls."""


@scenarios_command.command("list")
@_FOLDER
@json_option
def list_command(scenarios: Path | None, as_json: bool) -> int:
    """Every call there is."""
    library = house(scenarios_dir=scenarios).library
    calls = sorted(library.all(), key=lambda s: (s.industry, s.difficulty, s.id))
    if as_json:
        for s in calls:
            value: dict[str, object] = {
                "id": s.id,
                "title": s.title,
                "industry": s.industry,
                "kind": str(s.kind),
            }
            value |= {"difficulty": s.difficulty, "turns": len(s.turns), "language": s.language}
            click.echo(json.dumps(value, ensure_ascii=False))
        return ExitStatus.DONE
    table = Table(box=None, pad_edge=False)
    for head in ("call", "level", "kind", "what happened"):
        table.add_column(head, no_wrap=head != "what happened")
    for s in calls:
        table.add_row(s.id, f"{s.difficulty}/5", s.kind, escape(s.title))
    console().print(table)
    for problem in library.problems():
        if problem.severity is ProblemSeverity.ERROR:
            errors().print(f"[bad]Left out:[/bad] {escape(str(problem))}")
    return ExitStatus.DONE


@scenarios_command.command("show")
@click.argument("scenario")
@click.option("--with-replies", is_flag=True, help="Also the model replies: look after you practised.")
@_FOLDER
@json_option
def show_command(scenario: str, with_replies: bool, scenarios: Path | None, as_json: bool) -> int:
    """One call: who rings and what they say."""
    call = house(scenarios_dir=scenarios).library.get(scenario)
    if as_json:
        click.echo(json.dumps(asdict(call), ensure_ascii=False))
        return ExitStatus.DONE
    out = console()
    out.print(
        f"[head]{escape(call.title)}[/head] ({call.id}, {call.industry}, difficulty {call.difficulty} of 5)"
    )
    out.print(f"{call.persona.name}: {call.persona.about}", markup=False)
    for turn in call.turns:
        feeling = f" ({turn.emotion})" if turn.emotion else ""
        out.print(f"\n[head]{turn.id}[/head]{escape(feeling)}")
        out.print(textwrap.indent(textwrap.fill(turn.says.strip(), 76), "  "), markup=False)
        for fact in turn.facts:
            out.print(f"  fact {fact.id}: {fact.text}", markup=False)
        if turn.wish:
            out.print(f"  wish: {turn.wish.text}", markup=False)
        for reply in turn.model_replies if with_replies else ():
            out.print(textwrap.indent(textwrap.fill(f"reply: {reply.strip()}", 74), "  "), markup=False)
        if turn.then:
            out.print(
                "  then: " + ", ".join(f"{reaction} > {to}" for reaction, to in turn.then), markup=False
            )
    return ExitStatus.DONE


@scenarios_command.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_FOLDER
@json_option
def check_command(files: tuple[Path, ...], scenarios: Path | None, as_json: bool) -> int:
    """What is wrong with FILES (all calls, if none are named) and how to mend it."""
    if files:
        paths = [p for f in files for p in (sorted(f.rglob("*.yaml")) if f.is_dir() else [f])]
    else:
        library = house(scenarios_dir=scenarios).library
        paths = [path for name in library.ids() if (path := library.path(name)) is not None]
    faulty = 0
    for path in paths:
        problems = check(path)
        faulty += any(p.severity is ProblemSeverity.ERROR for p in problems)
        for problem in problems:
            if as_json:
                click.echo(json.dumps(asdict(problem) | {"file": str(problem.file)}, ensure_ascii=False))
            else:
                console().print(f"{problem.severity}: {problem}", markup=False)
        if not problems and not as_json:
            console().print(f"fine: {path}", markup=False)
    return ExitStatus.USAGE if faulty else ExitStatus.DONE
