"""`voice-trainer worker` and `jobs`: judging on any machine, and what waits or was given up."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType

import click
from rich.table import Table

from voice_trainer.cli.console import console
from voice_trainer.cli.options import data_dir_option, engine_options, house, json_option
from voice_trainer.domain.judging import JobState, Judging
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.logs import log_as_json


@click.command("worker")
@click.option(
    "--concurrency",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Judging processes; one a core.",
)
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Answer Prometheus there, on loopback.")
@click.option("--json-logs", is_flag=True, help="Log as JSON Lines on stderr.")
@engine_options
@data_dir_option
def worker_command(
    concurrency: int,
    metrics_port: int | None,
    json_logs: bool,
    engine: str | None,
    model: str | None,
    data_dir: Path | None,
) -> int:
    """Judge what waits, until stopped.

    With `database_url` any number of machines may run it. Ctrl-C ends it once what runs is finished.
    """
    from voice_trainer import workers

    home = house(data_dir=data_dir, engine=engine, model=model)
    stop = threading.Event()
    if json_logs:
        log_as_json()
    if metrics_port is not None:
        port = home.serve_metrics(metrics_port)
        console().print(f"Figures at http://127.0.0.1:{port}/metrics", markup=False)

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    console().print(f"Judging with {concurrency} processes. Ctrl-C ends it.", markup=False)
    workers.work(home, concurrency=concurrency, stop=stop)
    return ExitStatus.DONE


@click.group("jobs")
def jobs_command() -> None:
    """Judgements that wait, run or were given up."""


@jobs_command.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are done as well.")
@data_dir_option
@json_option
def list_command(everything: bool, data_dir: Path | None, as_json: bool) -> int:
    """What waits, runs or is parked, the oldest first, with the reason."""
    queue = house(data_dir=data_dir).queue
    states = () if everything else (JobState.WAITING, JobState.WORKING, JobState.PARKED)
    found = queue.listed(*states)
    if as_json:
        for one in found:
            click.echo(json.dumps(_object(one), ensure_ascii=False))
        return ExitStatus.DONE
    table = Table(box=None, pad_edge=False)
    for head in ("attempt", "take", "rubric", "state", "tries", "asked", "why"):
        table.add_column(head)
    for one in found:
        when = one.asked_at.astimezone().strftime("%Y-%m-%d %H:%M")
        why = f"{one.fault.code}: {one.fault.message}" if one.fault else ""
        table.add_row(
            one.key.attempt_id, one.key.take_id, one.key.rubric, one.state, str(one.tries), when, why
        )
    console().print(table if found else "Nothing waits.", markup=False)
    return ExitStatus.DONE


@jobs_command.command("retry")
@click.argument("attempt_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Every parked judgement.")
@data_dir_option
def retry_command(attempt_id: str | None, everything: bool, data_dir: Path | None) -> int:
    """Try parked judgements again: those of ATTEMPT_ID, or all."""
    if (attempt_id is None) == (not everything):
        raise UsageError("jobs_unnamed", "It is not said which.", remedy="Name an attempt, or give --all.")
    queue = house(data_dir=data_dir).queue
    parked = [
        one
        for one in queue.listed(JobState.PARKED, limit=10_000)
        if attempt_id is None or one.key.attempt_id == attempt_id
    ]
    for one in parked:
        queue.retry(one.key)
    console().print(f"{len(parked)} judgements wait again.", markup=False)
    return ExitStatus.DONE


def _object(one: Judging) -> dict[str, object]:
    # The corrected words stay with the take: a list of jobs is for those who must not read them.
    value = {**asdict(one.key), "state": one.state, "stage": one.stage, "tries": one.tries}
    value |= {"asked_at": one.asked_at.isoformat(), "updated_at": one.updated_at.isoformat()}
    return {**value, "fault": asdict(one.fault) if one.fault else None}
