"""`voice-trainer checkin`: two taps on how you are, seen by nobody but you."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import click

from voice_trainer.cli.console import agree, ask, console, is_live
from voice_trainer.cli.options import house, json_option, person_options
from voice_trainer.domain.checkin import HIGHEST, LOWEST, Change, CheckIn, CheckInTrend, Moment, open_session
from voice_trainer.domain.checkin import trend as trend_of
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.wiring import House

_SHOWN = 20
_BARS = "▁▃▄▆█"
_SCALE = click.IntRange(LOWEST, HIGHEST)


@click.command("checkin")
@click.option("--before", "moment", flag_value=Moment.BEFORE.value, help="Tell it before a session.")
@click.option("--after", "moment", flag_value=Moment.AFTER.value, help="Tell it after one.")
@click.option("--stress", type=_SCALE, help="1 none .. 5 a lot; asked if left out.")
@click.option("--confidence", type=_SCALE, help="1 none .. 5 a lot; asked if left out.")
@click.option("--delete", "deleted", is_flag=True, help="Delete all of yours for good.")
@click.option("--yes", is_flag=True, help="With --delete: do not ask.")
@person_options
@json_option
def checkin_command(
    moment: str | None,
    stress: int | None,
    confidence: int | None,
    deleted: bool,
    yes: bool,
    person: str | None,
    data_dir: Path | None,
    as_json: bool,
) -> int:
    """Two taps on stress and confidence, seen by nobody but you.

    Without --before or --after: your trend. No export and no page holds it.
    """
    home = house(person=person, data_dir=data_dir)
    if deleted and moment:
        raise UsageError("usage", "--delete goes alone.", remedy="Leave --before or --after out.")
    if moment is None and (stress is not None or confidence is not None):
        raise UsageError("usage", "When was that?", remedy="Add --before or --after.")
    if deleted:
        return _delete(home, sure=yes)
    if moment is not None:
        told = Moment(moment)
        save_check_in(home, told, _session(home, told), stress=stress, confidence=confidence)
    found = trend_of(home.growth.check_ins(home.settings.person))
    if as_json:
        for one in found.check_ins:
            value = {"at": one.at.isoformat(), "moment": one.moment.value, "session": one.session}
            click.echo(json.dumps({**value, "stress": one.stress, "confidence": one.confidence}))
    elif found.check_ins:
        show_trend(found)
    else:
        console().print("No check-in yet. `voice-trainer checkin --before` takes two taps.")
    return ExitStatus.DONE


def offer_check_in(home: House, moment: Moment, session: str) -> None:
    """Two taps around a session; Enter at the first leaves both out."""
    save_check_in(home, moment, session, optional=True)


def save_check_in(
    home: House,
    moment: Moment,
    session: str,
    *,
    stress: int | None = None,
    confidence: int | None = None,
    optional: bool = False,
) -> None:
    """Ask for what was not given, and keep it."""
    person = home.settings.person
    if stress is None:
        stress = _tap(f"Stress {'now' if moment is Moment.BEFORE else 'after this'}", optional=optional)
    if stress is None:
        return
    if confidence is None:
        confidence = _tap("Confidence for calls like these", optional=optional)
    if confidence is None:
        return
    home.growth.save_check_in(CheckIn(person, home.clock.now(), moment, stress, confidence, session))


def show_trend(trend: CheckInTrend) -> None:
    """The agent's own check-ins: newest last, and what sessions changed."""
    if not trend.check_ins:
        return
    out = console()
    out.print("\n[head]Check-ins[/head] [quiet](only you see these; 1 none, 5 a lot)[/quiet]")
    for name, change in (("stress", trend.stress), ("confidence", trend.confidence)):
        lines = [f"{moment.value} {line}" for moment in Moment if (line := _line(trend, moment, name))]
        out.print(f"  {name.capitalize():<11} {'   '.join(lines)}{_in_words(change)}", markup=False)


def _line(trend: CheckInTrend, moment: Moment, name: str) -> str:
    told = [getattr(one, name) for one in trend.check_ins if one.moment is moment][-_SHOWN:]
    return "".join(_BARS[one - 1] for one in told) if is_live() else " ".join(map(str, told))


def _in_words(change: Change | None) -> str:
    if change is None:
        return ""
    sessions = "1 session" if change.sessions == 1 else f"{change.sessions} sessions"
    return f"   on average {change.before:.1f} before, {change.after:.1f} after ({sessions})"


def _tap(question: str, *, optional: bool) -> int | None:
    hint = f"{LOWEST} none .. {HIGHEST} a lot" + ("; Enter skips" if optional else "")
    while True:
        answer = ask(f"{question} ({hint})?")
        if answer.isdigit() and LOWEST <= int(answer) <= HIGHEST:
            return int(answer)
        if not answer and optional:
            return None
        console().print(f"Please answer {LOWEST} to {HIGHEST}.")


def _session(home: House, moment: Moment) -> str:
    """A new session before; after, the last one that has no end yet."""
    begun = open_session(home.growth.check_ins(home.settings.person))
    return begun if begun and moment is Moment.AFTER else secrets.token_hex(8)


def _delete(home: House, *, sure: bool) -> int:
    if not sure and not agree("Delete all your check-ins for good?", default=False):
        console().print("Kept.")
        return ExitStatus.DONE
    gone = home.growth.forget_check_ins(home.settings.person)
    console().print(f"Deleted {gone} check-ins.")
    return ExitStatus.DONE
