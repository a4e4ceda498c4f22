"""`voice-trainer models`: Whisper's weights."""

from __future__ import annotations

import json

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from voice_trainer.cli.console import console, errors
from voice_trainer.cli.options import house, json_option
from voice_trainer.errors import ExitStatus
from voice_trainer.wiring import House

RECOMMENDED = "base.en"


@click.group("models")
def models_command() -> None:
    """List and fetch Whisper's weights."""


@models_command.command("list")
@json_option
def list_command(as_json: bool) -> int:
    """What there is, and where."""
    from voice_trainer.adapters.recognisers import weight_directories
    from voice_trainer.adapters.whisper_models import listed

    models = listed(weight_directories(house().settings.models))
    for model in models:
        if as_json:
            value = {"name": model.name, "path": str(model.path) if model.path else None}
            click.echo(json.dumps({**value, "size_bytes": model.size_bytes}))
        elif model.path is not None:
            size_mb = (model.size_bytes or 0) / 1e6
            console().print(f"{model.name:<16} here: {model.path} ({size_mb:.0f} MB)", markup=False)
        else:
            console().print(f"{model.name:<16} not here")
    if not as_json:
        from voice_trainer.adapters.synthesizers import BUILT_IN, plugged_in

        used = house().settings.voice_engine
        shown = (f"{name} (in use)" if name == used else name for name in (BUILT_IN, *plugged_in()))
        console().print(f"\nVoice engines: {', '.join(shown)}", markup=False)
    if not as_json and not any(model.path for model in models):
        console().print(f"\nFetch one with `voice-trainer models fetch {RECOMMENDED}` (about 145 MB).")
    return ExitStatus.DONE


@models_command.command("fetch")
@click.argument("name", default=RECOMMENDED)
def fetch_command(name: str) -> int:
    """Download the weights NAME: resumed where it stopped, checked before use."""
    fetch_now(house(), name)
    return ExitStatus.DONE


def fetch_now(home: House, name: str) -> None:
    """Download with a bar."""
    from voice_trainer.adapters.whisper_models import fetch

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=errors(), disable=not errors().is_terminal) as progress:
        task = progress.add_task(f"Fetching {name}", total=None)
        path = fetch(
            name,
            models_dir=home.settings.models,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    console().print(f"Whisper {name} is at {path}.", markup=False)
