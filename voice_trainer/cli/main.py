"""The command line: names of commands, faults to exit statuses. Commands load when they are used."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback

import click

from voice_trainer import __version__
from voice_trainer.errors import ExitStatus, VoiceTrainerError

# name: (module, one line). `--help` reads this table and imports none of the modules.
COMMANDS = {
    "practice": ("practice", "Take a call: hear a complaint, answer aloud, learn how it landed."),
    "serve": ("serve", "Practise and review in the browser, on this machine."),
    "demo": ("demo", "The same loop without a microphone: a good and a poor recorded reply."),
    "score": ("score", "Judge recordings or typed replies that exist already."),
    "baseline": ("baseline", "Record your relaxed voice; tone is measured against it."),
    "drill": ("drill", "A minute on one skill: a short turn, a short answer, one score, again."),
    "progress": ("progress", "Where each skill stands, how sure that is, and where it goes."),
    "checkin": ("checkin", "Two taps on stress and confidence, seen by nobody but you."),
    "scenarios": ("scenarios", "List, show, preview, check and write practice calls."),
    "attempts": ("attempts", "List, show, compare, correct, re-score and delete attempts."),
    "export": ("transfer", "Write one attempt as one file for the coach."),
    "import": ("transfer", "Take over an attempt from a file."),
    "team": ("team", "Accounts, teams and invitations of a server; the month's report; learning records."),
    "models": ("models", "List and fetch Whisper's weights."),
    "bench": ("bench", "Measure how well the measures work, on labelled material of your own."),
    "worker": ("worker", "Judge what waits, until stopped."),
    "jobs": ("worker", "Judgements that wait, run or were given up."),
    "person": ("person", "Everything held on a person: export it, or erase it."),
    "doctor": ("doctor", "Check microphone, voice, recognisers, disk and database."),
}


class LazyCommands(click.Group):
    """Knows the commands by name and imports one when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"voice_trainer.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, so that help stays instant."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Nothing leaves this machine. Start with: voice-trainer demo",
)
@click.version_option(__version__, prog_name="voice-trainer")
def cli() -> None:
    """Practise active listening aloud: hear a customer, answer, learn how it landed."""


def run(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with the exit status of `docs/cli.md`."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(main(given))


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit status."""
    _write_json_as_utf8(arguments)
    try:
        result = cli.main(args=arguments, prog_name="voice-trainer", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. Nothing was lost.", err=True)
        return ExitStatus.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitStatus.USAGE
    except click.ClickException as error:
        fault = VoiceTrainerError("usage", error.format_message(), remedy=_usage_remedy(error))
        fault.exit_status = ExitStatus.USAGE
        return _report(fault, arguments)
    except VoiceTrainerError as error:
        return _report(error, arguments)
    except (BrokenPipeError, SystemExit):
        # The reader has gone (`| head`), which click and rich tell as an exit of their own;
        # closing stdout quietly keeps Python from complaining at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.DONE
    except Exception as error:
        if os.environ.get("VOICE_TRAINER_DEBUG"):
            traceback.print_exc()
        remedy = "This is a fault of the program. VOICE_TRAINER_DEBUG=1 shows where; please report it."
        return _report(
            VoiceTrainerError("unexpected", f"{type(error).__name__}: {error}", remedy=remedy), arguments
        )
    return int(result) if isinstance(result, int) else ExitStatus.DONE


def _write_json_as_utf8(arguments: list[str]) -> None:
    """JSON is UTF-8 whatever the terminal speaks; half a character of a manifest becomes its escape."""
    if {"--json", "--manifest"} & {argument.partition("=")[0] for argument in arguments}:
        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _usage_remedy(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"See `{context.command_path} --help`." if context else "See `voice-trainer --help`."


def _report(error: VoiceTrainerError, arguments: list[str]) -> int:
    """One clear sentence on stderr; with ``--json`` an object on stdout as well."""
    if "--json" in arguments:
        fault = {"code": error.code, "message": error.message, "remedy": error.remedy}
        click.echo(json.dumps({"error": fault}, ensure_ascii=False))
    click.echo(f"voice-trainer: {error.message}", err=True)
    if error.remedy:
        click.echo(f"  What to do: {error.remedy}", err=True)
    click.echo(f"  [{error.code}]", err=True)
    return error.exit_status
