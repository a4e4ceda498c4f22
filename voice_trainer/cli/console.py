"""The terminal as we use it: colour only as a second sign, plain lines for pipes and screen readers."""

from __future__ import annotations

import io
import os
import select
import sys
from contextlib import suppress
from functools import cache

import click
from rich.console import Console
from rich.theme import Theme

_THEME = Theme({"good": "green", "middle": "yellow", "bad": "red", "quiet": "dim", "head": "bold"})


@cache
def console() -> Console:
    """Standard output. `NO_COLOR`, `TERM=dumb` and pipes are respected."""
    _never_fail_on_letters()
    # A pipe has no width: wide lines are easier to cut and search than wrapped ones.
    width = None if sys.stdout.isatty() else 120
    return Console(theme=_THEME, highlight=False, emoji=False, width=width)


@cache
def errors() -> Console:
    """Standard error: progress and remarks, so that stdout stays clean for `--json`."""
    _never_fail_on_letters()
    return Console(theme=_THEME, highlight=False, emoji=False, stderr=True)


def is_live() -> bool:
    """Whether moving lines (meters, bars) may be drawn; never for a screen reader or a pipe."""
    return (
        console().is_terminal and not console().is_dumb_terminal and not os.environ.get("VOICE_TRAINER_PLAIN")
    )


def ask(question: str, *, default: str = "") -> str:
    """One line from the user; Ctrl-C or the end of input leaves the command."""
    shown = f"{question} [{default}] " if default else f"{question} "
    console().print(shown, end="", markup=False)
    sys.stdout.flush()
    try:
        _await_line()
        answer = input().strip()
    except EOFError as error:
        raise click.Abort from error
    return answer or default


def _await_line() -> None:
    """Return once a line was typed, looking up five times a second.

    Where another thread works, Ctrl-C can come between `input`'s last look at signals and its wait, and would
    then be noticed at the next key only.
    """
    if os.name == "posix" and sys.stdin.isatty():
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            pass


def agree(question: str, *, default: bool) -> bool:
    """Yes or no, asked until it is one of them."""
    while True:
        answer = ask(f"{question} (y/n)", default="y" if default else "n").lower()
        if answer in {"y", "yes"}:
            return True
        if answer in {"n", "no"}:
            return False
        console().print("Please answer y or n.")


def clock(seconds: float) -> str:
    """0:04, 1:30."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _never_fail_on_letters() -> None:
    """A terminal of few letters shows ? for those it lacks, and wrong bytes typed do not end the program."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with suppress(io.UnsupportedOperation):  # something was read already
                stream.reconfigure(errors="replace")
