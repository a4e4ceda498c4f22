"""`voice-trainer score`: judge recordings or typed replies that exist already."""

from __future__ import annotations

import codecs
import glob
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.progress import Progress

from voice_trainer.cli.console import console, errors
from voice_trainer.cli.options import engine_options, house, json_option
from voice_trainer.cli.show import show_result
from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import (
    AudioFileError,
    ExitStatus,
    NothingScoredError,
    UsageError,
    VoiceTrainerError,
)
from voice_trainer.exports.score_json import score_object
from voice_trainer.practice.batch import Judge, Judged, Request
from voice_trainer.scoring import load_rubric
from voice_trainer.wiring import AgentChannel, House

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3", ".oga", ".aiff", ".aif"})
_KEYS = {"id", "scenario", "turn", "audio", "reply", "complaint", "baseline", "transcript"}


@click.command("score")
@click.argument("audio", nargs=-1, metavar="[AUDIO]...")
@click.option("--scenario", metavar="ID|FILE", help="The call that is answered.")
@click.option("--turn", metavar="ID", help="Which turn of it; the opening by default.")
@click.option(
    "--baseline", multiple=True, type=click.Path(path_type=Path), help="Relaxed speech of the same voice."
)
@click.option(
    "--transcript", metavar="TEXT", help="What was said, if you know it; then nothing is recognised."
)
@click.option("--complaint", metavar="TEXT", help="What the customer said, where there is no scenario file.")
@click.option("--reply", metavar="TEXT", help="A typed reply instead of a recording.")
@click.option(
    "--manifest", type=click.Path(path_type=Path), help="JSON Lines, one request a line; - is stdin."
)
@click.option(
    "--scenarios", type=click.Path(path_type=Path), help="A folder of calls, over the built-in ones."
)
@click.option(
    "--agent-channel",
    type=click.Choice(["left", "right"]),
    help="Where the agent is in a two-party recording.",
)
@engine_options
@json_option
def score_command(
    audio: tuple[str, ...],
    scenario: str | None,
    turn: str | None,
    baseline: tuple[Path, ...],
    transcript: str | None,
    complaint: str | None,
    reply: str | None,
    manifest: Path | None,
    scenarios: Path | None,
    agent_channel: AgentChannel | None,
    engine: str | None,
    model: str | None,
    as_json: bool,
) -> int:
    """Judge recordings or typed replies that exist already.

    AUDIO are files, folders or patterns; --reply judges typed words, --manifest many of both.
    """
    home = house(engine=engine, model=model, scenarios_dir=scenarios)
    judge = make_judge(home, agent_channel)
    if manifest is not None:
        return _score_manifest(manifest, judge)
    if reply is not None:
        requests = [Request("reply", scenario, turn, reply=reply, complaint=complaint)]
    else:
        paths = expand(audio)
        requests = [
            Request(
                path.name, scenario, turn, path, complaint=complaint, baseline=baseline, transcript=transcript
            )
            for path in paths
        ]
    if as_json:
        return _print_json(requests, judge)
    return _print_pages(requests, judge, home)


def make_judge(home: House, agent_channel: AgentChannel | None = None) -> Judge:
    """The judge over the wired house; a baseline may be mono where the call is stereo."""
    load = home.loader(agent_channel)

    def load_baseline(path: Path) -> Waveform:
        try:
            return load(path)
        except AudioFileError as error:
            if error.code != "mixed_mono":
                raise
            return home.loader()(path)

    return Judge(
        scenarios=home.library.get,
        load=load,
        engines=lambda: home.engines,
        rubric=load_rubric(),
        embedder=lambda: home.embedder,
        load_baseline=load_baseline,
    )


def expand(audio: tuple[str, ...]) -> list[Path]:
    """Files as given, the recordings of a folder, the matches of a pattern."""
    found: list[Path] = []
    for name in audio:
        path = Path(name)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES)
            if not inside:
                raise UsageError(
                    "folder_without_audio",
                    f"There are no recordings in {path}.",
                    remedy=f"Known endings: {', '.join(sorted(AUDIO_SUFFIXES))}.",
                )
            found.extend(inside)
        elif any(sign in name for sign in "*?[") and not path.exists():
            found.extend(Path(match) for match in sorted(glob.glob(name, recursive=True)))  # noqa: PTH207
        else:
            found.append(path)
    if not found:
        raise UsageError(
            "nothing_to_score",
            f"No recording was given{' that matches ' + ' '.join(audio) if audio else ''}.",
            remedy="Name recordings, or use --reply TEXT or --manifest FILE.",
        )
    return found


def _print_json(requests: list[Request], judge: Judge) -> int:
    scored, last = 0, None
    with _progress(len(requests)) as advance:
        for request in requests:
            line, fault = judge_line(request, judge)
            click.echo(line)
            scored += fault is None and _anything(line)
            last = fault or last
            advance()
    if len(requests) == 1 and last is not None:
        return last.exit_status
    return ExitStatus.DONE if scored else ExitStatus.NOTHING_SCORED


def judge_line(request: Request, judge: Judge) -> tuple[str, VoiceTrainerError | None]:
    """One JSON object in the form of the score, whatever happens."""
    try:
        judged = judge.judge(request)
        fault: VoiceTrainerError | None = None
        value = _as_object(request, judged)
    except VoiceTrainerError as error:
        fault = error
    except Exception as error:  # one recording that upsets the program must not cost the others theirs
        fault = VoiceTrainerError(
            "unexpected", f"{type(error).__name__}: {error}", remedy="Please report it."
        )
    if fault is not None:
        value = score_object(request.id, scenario_id=request.scenario, turn_id=request.turn, error=fault)
    return json.dumps(value, ensure_ascii=False, allow_nan=False), fault


def _as_object(request: Request, judged: Judged) -> dict[str, Any]:
    result = judged.assessment
    named = None if request.scenario is None and request.complaint is not None else judged.scenario.id
    return score_object(
        request.id,
        scenario_id=named,
        turn_id=judged.turn.id,
        transcript=result.transcript,
        delivery=result.delivery,
        listening=result.listening,
        score=result.score,
        indicative=result.indicative,
    )


def _anything(line: str) -> bool:
    return any(criterion["scored"] for criterion in json.loads(line)["criteria"].values())


def _print_pages(requests: list[Request], judge: Judge, home: House) -> int:
    if any(request.audio is not None and request.transcript is None for request in requests):
        errors().print(f"[quiet]{escape(home.recogniser[1])}[/quiet]")
    scored, last = 0, None
    for request in requests:
        if len(requests) > 1:
            console().rule(escape(request.id))
        try:
            judged = judge.judge(request)
        except VoiceTrainerError as error:
            if len(requests) == 1:
                raise
            last = error
            console().print(f"[bad]Not scored:[/bad] {escape(str(error))}")
            continue
        result = judged.assessment
        scored += result.score.anything_scored
        show_result(
            turn=judged.turn,
            transcript=result.transcript,
            delivery=result.delivery,
            listening=result.listening,
            score=result.score,
            indicative=result.indicative,
        )
    if not scored:
        raise NothingScoredError(
            "nothing_scored",
            "Nothing could be scored.",
            remedy=last.remedy if last else "The reasons are above.",
        )
    return ExitStatus.DONE


def _score_manifest(manifest: Path, judge: Judge) -> int:
    """One JSON object a line in, one out, same order; a bad line does not stop the rest."""
    lines = scored = 0
    for number, content in _lines(manifest):
        try:
            request = parse_request(content, number=number, folder=manifest.parent)
            line, _ = judge_line(request, judge)
        except VoiceTrainerError as error:
            value = score_object(_id_of(content) or str(number), error=error)
            line = json.dumps(value, ensure_ascii=False, allow_nan=False)
        click.echo(line)
        lines += 1
        scored += _anything(line)
    return ExitStatus.DONE if scored or not lines else ExitStatus.NOTHING_SCORED


def _lines(manifest: Path) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers, blank ones left out; as bytes, for a line may be no text at all."""
    try:
        with sys.stdin.buffer if str(manifest) == "-" else manifest.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if content := line.strip().removeprefix(codecs.BOM_UTF8):
                    yield number, content
    except OSError as error:
        raise UsageError(
            "manifest_unreadable",
            f"The manifest {manifest} cannot be read: {error}.",
            remedy="Check the path.",
        ) from error


def parse_request(content: bytes, *, number: int, folder: Path) -> Request:
    """One line of a manifest; paths are relative to the manifest's folder or to the current one."""
    try:
        raw = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _bad_line(number, f"is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise _bad_line(number, f"holds {type(raw).__name__}, not an object")
    texts: dict[str, str] = {}
    for key in _KEYS - {"baseline", "id"}:
        value = raw.get(key)
        if value is not None and not isinstance(value, str):
            raise _bad_line(number, f"has {key} = {value!r}, which is not a text")
        if value is not None:
            # Half a character (``\\ud800``) is valid JSON and no text.
            texts[key] = value.encode("utf-8", "replace").decode("utf-8")
    baseline = raw.get("baseline") or []
    baseline = [baseline] if isinstance(baseline, str) else baseline
    if not isinstance(baseline, list) or not all(isinstance(path, str) for path in baseline):
        raise _bad_line(number, f"has baseline = {baseline!r}, which is not a list of paths")
    audio = texts.pop("audio", None)
    return Request(
        id=_id_of(content) or str(number),
        audio=_resolve(audio, folder) if audio is not None else None,
        baseline=tuple(_resolve(path, folder) for path in baseline),
        **texts,
    )


def _resolve(name: str, folder: Path) -> Path:
    try:
        path = Path(name).expanduser()
        beside = folder / path
        return beside if not path.is_absolute() and beside.exists() else path
    except (OSError, ValueError, RuntimeError):  # too long, a null byte, nobody's home: no such file
        raise AudioFileError(
            "audio_missing", f"There is no file {name!r}.", remedy="Check its name and folder."
        ) from None


def _bad_line(number: int, what: str) -> UsageError:
    return UsageError(
        "manifest_line",
        f"Line {number} of the manifest {what}.",
        remedy=f"Known keys: {', '.join(sorted(_KEYS))}.",
    )


def _id_of(content: bytes) -> str | None:
    try:
        raw = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    named = raw.get("id") if isinstance(raw, dict) else None
    return None if named is None else str(named)


class _progress:  # noqa: N801 - used as a function
    """A bar on stderr for many recordings, where a bar can be drawn."""

    def __init__(self, total: int) -> None:
        shown = total > 1 and errors().is_terminal
        self._progress = Progress(console=errors(), disable=not shown, transient=True)
        self._task = self._progress.add_task("Scoring", total=total)

    def __enter__(self) -> Any:
        self._progress.start()
        return lambda: self._progress.advance(self._task)

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()
