"""`voice-trainer scenarios`: list, show, check."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from voice_trainer.cli.console import console, errors
from voice_trainer.cli.options import house, json_option
from voice_trainer.domain.scenario import CallKind, Scenario
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.library.checking import check
from voice_trainer.library.problems import ProblemSeverity

_FOLDER = click.option("--scenarios", type=click.Path(path_type=Path), help="A folder of calls, over ours.")


@click.group("scenarios")
def scenarios_command() -> None:
    """List, show and check practice calls."""


@scenarios_command.command("list")
@click.option("--industry", multiple=True, metavar="NAME", help="Only this industry; may be repeated.")
@click.option("--kind", type=click.Choice([str(kind) for kind in CallKind]), help="Only calls of this kind.")
@click.option("--difficulty", multiple=True, type=click.IntRange(1, 5), help="Only this level; repeatable.")
@click.option(
    "--skill",
    multiple=True,
    type=click.Choice([str(criterion) for criterion in Criterion]),
    help="Only calls that train this; repeated, all of them.",
)
@_FOLDER
@json_option
def list_command(
    industry: tuple[str, ...],
    kind: str | None,
    difficulty: tuple[int, ...],
    skill: tuple[str, ...],
    scenarios: Path | None,
    as_json: bool,
) -> int:
    """Every call there is, or those that are asked for."""
    library = house(scenarios_dir=scenarios).library
    known = sorted(library.all(), key=lambda s: (s.industry, s.difficulty, s.id))
    industries = sorted({s.industry for s in known})
    if unknown := sorted(set(industry) - set(industries)):
        raise UsageError(
            "industry_unknown",
            f"No call belongs to the industry `{unknown[0]}`.",
            remedy=f"Industries: {', '.join(industries)}.",
        )
    calls = [
        s
        for s in known
        if (not industry or s.industry in industry)
        and kind in (None, str(s.kind))
        and (not difficulty or s.difficulty in difficulty)
        and set(skill) <= set(s.skills)
    ]
    if as_json:
        for s in calls:
            click.echo(json.dumps(_listed(s), ensure_ascii=False))
        return ExitStatus.DONE
    console().print(_table(calls) if calls else "No call is like that; leave an option out.")
    for problem in library.problems():
        if problem.severity is ProblemSeverity.ERROR:
            errors().print(f"[bad]Left out:[/bad] {escape(str(problem))}")
    return ExitStatus.DONE


def _listed(call: Scenario) -> dict[str, object]:
    return {
        "id": call.id,
        "title": call.title,
        "industry": call.industry,
        "kind": str(call.kind),
        "difficulty": call.difficulty,
        "turns": len(call.turns),
        "language": call.language,
        "skills": list(call.skills),
    }


def _table(calls: Sequence[Scenario]) -> Table:
    """One industry after the other; the title stands under the id, so that 40 calls fit 80 columns."""
    table = Table(box=None, pad_edge=False)
    table.add_column("call", overflow="fold")
    for head in ("level", "kind", "turns"):
        table.add_column(head, no_wrap=True)
    table.add_column("trains")
    for name, group in groupby(calls, key=lambda s: s.industry):
        table.add_row(f"[head]{escape(name)}[/head]")
        for s in group:
            skills = ", ".join(skill.replace("_", " ") for skill in s.skills)
            told = f"  {s.id}\n  [quiet]{escape(s.title)}[/quiet]"
            table.add_row(told, f"{s.difficulty}/5", str(s.kind), str(len(s.turns)), skills)
    return table


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
@click.option("--quick", is_flag=True, help="Read the text alone; the judge hears no model reply.")
@_FOLDER
@json_option
def check_command(files: tuple[Path, ...], quick: bool, scenarios: Path | None, as_json: bool) -> int:
    """What is wrong with FILES (all calls, if none are named) and how to mend it.

    The judge also hears the model replies, which should reach 80 points, and the customer's own words
    parroted, which should not; all calls together take about a minute, with --quick a moment.
    """
    home = house(scenarios_dir=scenarios)
    if files:
        paths = [p for f in files for p in (sorted(f.rglob("*.yaml")) if f.is_dir() else [f])]
    else:
        library = home.library
        paths = [path for name in library.ids() if (path := library.path(name)) is not None]
    faulty = 0
    for path in paths:
        problems = check(path, rehearsed=not quick, embedder=None if quick else home.embedder)
        faulty += any(p.severity is ProblemSeverity.ERROR for p in problems)
        for problem in problems:
            if as_json:
                click.echo(json.dumps(asdict(problem) | {"file": str(problem.file)}, ensure_ascii=False))
            else:
                console().print(f"{problem.severity}: {problem}", markup=False)
        if not problems and not as_json:
            console().print(f"fine: {path}", markup=False)
    return ExitStatus.USAGE if faulty else ExitStatus.DONE
