"""`voice-trainer bench`: measures the measures on labelled material. Each subject has its own module."""

from __future__ import annotations

import click

from voice_trainer.cli.bench_delivery import delivery_command
from voice_trainer.cli.bench_listening import listening_command


@click.group("bench")
def bench_command() -> None:
    """Measure how well the measures work, on labelled material of your own."""


# The modules of the subjects import what is heavy only when they run.
bench_command.add_command(delivery_command)
bench_command.add_command(listening_command)
