"""`voice-trainer scenarios`: list, show, preview, check, new."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby, repeat
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from voice_trainer.cli.console import console, errors
from voice_trainer.cli.keys import watching
from voice_trainer.cli.options import house, json_option, sound_options
from voice_trainer.cli.ready import has_output
from voice_trainer.cli.scenario_new import ask_for_call
from voice_trainer.domain.call import TURNS_MAX
from voice_trainer.domain.scenario import CallKind, Reaction, Scenario
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import ExitStatus, UsageError, VoiceTrainerError
from voice_trainer.exports.course import tenseness
from voice_trainer.library.checking import check
from voice_trainer.library.loading import SUFFIXES
from voice_trainer.library.problems import ProblemSeverity
from voice_trainer.library.writing import write_scenario
from voice_trainer.practice.customer import Line
from voice_trainer.practice.preview import walk_call
from voice_trainer.wiring import House

_FOLDER = click.option("--scenarios", type=click.Path(path_type=Path), help="A folder of calls, over ours.")


@click.group("scenarios")
def scenarios_command() -> None:
    """List, show, preview, check and write practice calls."""


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
            table.add_row(told, f"{s.difficulty}/5", str(s.kind), str(min(len(s.turns), TURNS_MAX)), skills)
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


@scenarios_command.command("preview")
@click.argument("scenario")
@click.option(
    "--replies",
    type=click.Choice([str(reaction) for reaction in Reaction]),
    default=str(Reaction.CALMER),
    show_default=True,
    help="How every reply leaves the customer.",
)
@click.option("--quiet", is_flag=True, help="Print the words; play nothing.")
@click.option("--output", "output_device", metavar="NAME", help="Headset: part of its name, or number.")
@sound_options
@_FOLDER
def preview_command(
    scenario: str,
    replies: str,
    quiet: bool,
    output_device: str | None,
    line: str | None,
    background: str | None,
    scenarios: Path | None,
) -> int:
    """Hear a call as the agent will: each turn in the customer's voice, softer or sharper as it goes.

    Space or Enter ends a line. Nothing is recorded.
    """
    home = house(scenarios_dir=scenarios, output_device=output_device, line=line, background=background)
    call = home.library.get(scenario)
    console().print(f"[head]{escape(call.title)}[/head], every reply leaves the customer {replies}")
    silent = quiet or not has_output(home)
    for spoken in walk_call(call, repeat(Reaction(replies))):
        feeling = f"{spoken.turn.emotion}, " if spoken.turn.emotion else ""
        told = f"{feeling}temperature {spoken.temperature}: {tenseness(spoken.temperature)}"
        console().print(f"\n[head]{escape(call.persona.name)}[/head] [quiet]({escape(told)})[/quiet]")
        console().print(textwrap.indent(textwrap.fill(spoken.line.says.strip(), 76), "  "), markup=False)
        if not silent:
            silent = not _played(home, spoken.line)
    console().print("\nThe call ends.")
    return ExitStatus.DONE


def _played(home: House, line: Line) -> bool:
    """Whether the line could be heard; why not is told, once."""
    try:
        sound = home.synthesizer.synthesize(line.says, voice=line.voice)
        with watching() as keys:
            home.player.play(sound, stop=keys.stop_requested)
    except VoiceTrainerError as error:
        console().print(f"[middle]No sound:[/middle] {escape(f'{error.message} {error.remedy}'.rstrip())}")
        return False
    return True


@scenarios_command.command("new")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file; else among your calls."
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@_FOLDER
def new_command(out: Path | None, force: bool, scenarios: Path | None) -> int:
    """Write a call of your own: it asks, and writes a valid file.

    The file is then checked as by `scenarios check`, and told what would make it better.
    """
    home = house(scenarios_dir=scenarios)
    if out is not None and out.suffix not in SUFFIXES:
        raise UsageError("usage", f"{out} does not end in .yaml.", remedy=f"Name it {out.stem}.yaml.")
    values = ask_for_call(() if force else home.library.ids())
    path = out or home.settings.user_scenarios / f"{values['id']}.yaml"
    if out is not None:
        values["id"] = path.stem
    write_scenario(values, path, replace=force)
    console().print(f"\nWritten: {path}", markup=False)
    for problem in check(path, rehearsed=True, embedder=home.embedder):
        console().print(f"{problem.severity}: {problem}", markup=False)
    console().print(
        f"Hear it: voice-trainer scenarios preview {values['id'] if out is None else path}", markup=False
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
