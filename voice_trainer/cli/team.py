"""`voice-trainer team`: what an operator does for a server at its own machine."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from voice_trainer.cli.console import console
from voice_trainer.cli.options import data_options, house, write_file
from voice_trainer.domain.account import Account, Role, Team
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.exports.group_tables import report_table
from voice_trainer.exports.spreadsheet import spreadsheet
from voice_trainer.exports.xapi import statements
from voice_trainer.wiring import House

ROLES = click.Choice([role.value for role in Role])


@click.group("team")
def team_command() -> None:
    """Accounts, teams and invitations of a server; the month's report; learning records."""


@team_command.command("found")
@click.argument("login")
@click.option("--name", default="", help="As people call them.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked if not given."
)
@data_options
def found_command(login: str, name: str, password: str, data_dir: Path | None) -> int:
    """Make the first account of a new server, an admin, who then invites the others."""
    home = house(data_dir=data_dir)
    account = home.reception.found(login=login, name=name, password=password)
    console().print(
        f"{account.login} is the admin of this server. Start it: `voice-trainer serve --team`.", markup=False
    )
    return ExitStatus.DONE


@team_command.command("add")
@click.argument("name")
@data_options
def add_command(name: str, data_dir: Path | None) -> int:
    """Make a team, or say its id where there is one of that name."""
    home = house(data_dir=data_dir)
    team = _team_named(home, name) or Team(f"t-{secrets.token_hex(4)}", name.strip())
    home.accounts.save_team(team)
    console().print(f"{team.id}  {team.name}", markup=False)
    return ExitStatus.DONE


@team_command.command("invite")
@click.argument("login")
@click.option("--role", "roles", type=ROLES, multiple=True, default=("agent",), help="May be given again.")
@click.option("--name", default="", help="As people call them.")
@click.option("--in", "team", help="The team they practise in: its name or id.")
@click.option("--coaches", multiple=True, help="A team they coach: its name or id. May be given again.")
@click.option("--address", default="http://127.0.0.1:8765", show_default=True, help="The server's address.")
@data_options
def invite_command(
    login: str,
    roles: Sequence[str],
    name: str,
    team: str | None,
    coaches: Sequence[str],
    address: str,
    data_dir: Path | None,
) -> int:
    """Make a link with which LOGIN sets a password and comes in, once, within seven days."""
    home = house(data_dir=data_dir)
    secret = home.reception.invite(
        login=login,
        name=name,
        roles=frozenset(Role(role) for role in roles),
        by="operator",
        team_id=_team_id(home, team) if team else None,
        coached=frozenset(_team_id(home, one) for one in coaches),
    )
    console().print(f"{address.rstrip('/')}/invitation/{secret}", markup=False, soft_wrap=True)
    return ExitStatus.DONE


@team_command.command("list")
@data_options
def list_command(data_dir: Path | None) -> int:
    """Teams and accounts."""
    home = house(data_dir=data_dir)
    names = {team.id: team.name for team in home.accounts.teams()}
    for team in home.accounts.teams():
        console().print(f"{team.id}  {team.name}", markup=False)
    for account in home.accounts.accounts():
        console().print(_line(account, names), markup=False)
    if not home.accounts.accounts():
        console().print("No accounts yet: `voice-trainer team found LOGIN` makes the first.")
    return ExitStatus.DONE


@team_command.command("disable")
@click.argument("login")
@data_options
def disable_command(login: str, data_dir: Path | None) -> int:
    """Let nobody in under LOGIN any more. What is kept of the person stays until it is erased."""
    home = house(data_dir=data_dir)
    home.reception.change(replace(_account(home, login), disabled=True))
    console().print(
        f"{login} cannot sign in any more; every open page of theirs is signed out.", markup=False
    )
    return ExitStatus.DONE


@team_command.command("report")
@click.argument("month")
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write a spreadsheet instead.")
@data_options
def report_command(month: str, file: Path | None, data_dir: Path | None) -> int:
    """The report of a MONTH that is over (2026-10): groups of five people or more, nothing of tone."""
    home = house(data_dir=data_dir)
    header, rows = report_table(home.report_office.report(month), home.accounts.teams())
    if file is not None:
        write_file(file, spreadsheet(header, rows))
        console().print(f"Wrote {file}.", markup=False)
        return ExitStatus.DONE
    for row in rows:
        console().print(f"{row[0]} (people: {_shown(row[1])})", markup=False)
        for name, value in zip(header[2:], row[2:], strict=True):
            console().print(f"  {name:<24} {_shown(value)}", markup=False)
    return ExitStatus.DONE


@team_command.command("records")
@click.option("--address", required=True, help="The server's own address; accounts are named under it.")
@click.option("--to", "endpoint", help="The learning record store; without it the statements are printed.")
@click.option("--key", envvar="VOICE_TRAINER_LRS_KEY", default="", help="Its key (VOICE_TRAINER_LRS_KEY).")
@click.option("--secret", envvar="VOICE_TRAINER_LRS_SECRET", default="", help="(VOICE_TRAINER_LRS_SECRET)")
@data_options
def records_command(address: str, endpoint: str | None, key: str, secret: str, data_dir: Path | None) -> int:
    """Every attempt that was handed in, as xAPI statements: content skills alone; twice is once."""
    home = house(data_dir=data_dir)
    teams = {team.id for team in home.accounts.teams()}
    ids = home.training.handed_in(teams, limit=1_000_000)
    told = (one for attempt_id in ids for one in statements(home.store.get(attempt_id), home_page=address))
    if endpoint is None:
        for statement in told:
            click.echo(json.dumps(statement, ensure_ascii=False))
        return ExitStatus.DONE
    from voice_trainer.adapters.learning_records import LearningRecordStore

    sent = LearningRecordStore(endpoint, key=key, secret=secret).send(told)
    console().print(f"{sent} statements of {len(ids)} attempts are at {endpoint}.", markup=False)
    return ExitStatus.DONE


def _shown(value: object) -> str:
    return (
        "not shown (under five people)"
        if value is None
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _line(account: Account, teams: dict[str, str]) -> str:
    parts = [account.login, account.name, "+".join(sorted(account.roles))]
    parts += [f"in {teams.get(account.team_id, account.team_id)}"] if account.team_id else []
    parts += [f"coaches {', '.join(sorted(teams.get(one, one) for one in account.coached))}"] * bool(
        account.coached
    )
    parts += ["disabled"] * account.disabled
    return f"{account.id}  " + "  ".join(parts)


def _account(home: House, login: str) -> Account:
    found = home.accounts.account_by_login(login.strip().casefold())
    if found is None:
        raise UsageError(
            "account_unknown", f"There is no account for {login}.", remedy="See `voice-trainer team list`."
        )
    return found[0]


def _team_named(home: House, name: str) -> Team | None:
    return next((one for one in home.accounts.teams() if name.strip() in (one.id, one.name)), None)


def _team_id(home: House, name: str) -> str:
    team = _team_named(home, name)
    if team is None:
        raise UsageError(
            "team_unknown",
            f"There is no team {name!r}.",
            remedy=f"`voice-trainer team add {name!r}` makes it.",
        )
    return team.id
