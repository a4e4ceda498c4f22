"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from voice_trainer.errors import StorageError
from voice_trainer.settings import load_settings
from voice_trainer.wiring import House

Command = TypeVar("Command", bound=Callable[..., Any])


data_options = click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the recordings.")


def person_options(command: Command) -> Command:
    """``--as`` and ``--data-dir``."""
    for option in (
        data_options,
        click.option("--as", "person", metavar="NAME", help="Who practises; your login by default."),
    ):
        command = option(command)
    return command


def device_options(command: Command) -> Command:
    """``--input`` and ``--output``."""
    for option in (
        click.option(
            "--output", "output_device", metavar="NAME", help="Headset: part of its name, or number."
        ),
        click.option(
            "--input", "input_device", metavar="NAME", help="Microphone: part of its name, or number."
        ),
    ):
        command = option(command)
    return command


def engine_options(command: Command) -> Command:
    """``--engine`` and ``--model``."""
    for option in (
        click.option("--model", metavar="FILE|NAME", help="Whisper's weights: a file, a folder or a name."),
        click.option("--engine", metavar="NAME", help="Recogniser: whisper or pocketsphinx."),
    ):
        command = option(command)
    return command


def sound_options(command: Command) -> Command:
    """``--line``, ``--background``: what lies around the customer's voice."""
    for option in (
        click.option(
            "--background", type=click.Choice(["quiet", "office"]), help="Around the customer's voice."
        ),
        click.option(
            "--line", type=click.Choice(["clear", "telephone"]), help="How the customer's voice reaches you."
        ),
    ):
        command = option(command)
    return command


data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of the recordings."
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON alone on stdout.")


def house(*, engine: str | None = None, model: str | None = None, **options: object) -> House:
    """The wired house for these options."""
    return House(load_settings(options), engine, model)


def write_file(path: Path, content: bytes) -> None:
    """Write what a command was asked to write; raises `StorageError` ``export_failed``."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise StorageError(
            "export_failed", f"{path} cannot be written: {error}.", remedy="Choose another folder."
        ) from error
