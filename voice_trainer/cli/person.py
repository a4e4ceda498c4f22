"""`voice-trainer person`: everything held on a person, to take away or to erase."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from voice_trainer.cli.console import agree, console
from voice_trainer.cli.options import data_dir_option, house
from voice_trainer.errors import ExitStatus, StorageError, UsageError
from voice_trainer.exports.person import write_person
from voice_trainer.practice.person import attempts_of


@click.group("person")
def person_command() -> None:
    """Everything held on a person: export it, or erase it."""


@person_command.command("export")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@data_dir_option
def export_command(name: str, file: Path, data_dir: Path | None) -> int:
    """Write all that is held on NAME into FILE, a zip of JSON and recordings.

    On a server with accounts NAME is a sign-in name.
    """
    home = house(data_dir=data_dir)
    person, _ = home.registrar.known(name)
    try:
        recordings = write_person(
            file,
            person,
            attempts_of(person, home.store),
            store=home.store,
            growth=home.growth,
            reviews=home.reviews,
            blobs=home.blobs,
            records=home.person_records,
        )
    except FileExistsError as error:
        raise UsageError("file_exists", f"{file} exists already.", remedy="Name another.") from error
    except OSError as error:
        raise StorageError(
            "export_failed", f"{file} cannot be written: {error}.", remedy="Choose another folder."
        ) from error
    console().print(f"Wrote {file} with {recordings} recordings of {name}.", markup=False)
    return ExitStatus.DONE


@person_command.command("erase")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
def erase_command(name: str, yes: bool, data_dir: Path | None) -> int:
    """Erase all that is held on NAME, for good; prints a receipt as JSON that holds nothing of it.

    On a server with accounts NAME is a sign-in name; the account goes too.
    """
    home = house(data_dir=data_dir)
    if not yes and not agree(f"Erase everything of {name} for good?", default=False):
        console().print("Kept.")
        return ExitStatus.DONE
    receipt = home.registrar.erase(name, by="system")
    value = {**asdict(receipt), "erased_at": receipt.erased_at.isoformat()}
    click.echo(json.dumps(value))
    return ExitStatus.DONE
