"""`voice-trainer bench listening`: listening, measured on labelled replies and pairs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import click
from pydantic import BaseModel, ConfigDict, ValidationError

from voice_trainer.cli.console import console
from voice_trainer.cli.options import engine_options, house
from voice_trainer.errors import ExitStatus, UsageError
from voice_trainer.practice.assess import Assessment, SpokenReply, assess, assess_indicative, assess_text
from voice_trainer.practice.batch import turn_of
from voice_trainer.practice.trials import (
    BAND_EDGES,
    WORD_ERROR_RATES,
    LabelledReply,
    Tried,
    auc,
    emotion_accuracy,
    fact_confusion,
    good_above_bad,
    pass_rates,
    together,
    try_replies,
)
from voice_trainer.wiring import House


class ReplyRow(BaseModel):
    """A line of the JSON Lines."""

    model_config = ConfigDict(extra="ignore")

    scenario: str
    reply: str
    kind: str
    good: bool
    id: str | int | None = None
    turn: str | None = None
    facts: dict[str, str] = {}
    emotion: str | None = None


class PairRow(BaseModel):
    """A line of the CSV."""

    model_config = ConfigDict(extra="ignore")

    prompt: str
    reply: str
    label: int


@click.command("listening")
@click.option(
    "--replies", type=click.Path(path_type=Path), help="JSON Lines: scenario, kind, good, reply, labels."
)
@click.option(
    "--scenarios", type=click.Path(path_type=Path), help="The calls they answer; ours lie under them."
)
@click.option(
    "--pairs", type=click.Path(path_type=Path), help="CSV: prompt, reply, label (0 no reflection, 1, 2)."
)
@click.option(
    "--speak", metavar="VOICE", help="Also speak the replies (flite: slt, rms, awb) and recognise them."
)
@engine_options
def listening_command(
    replies: Path | None,
    scenarios: Path | None,
    pairs: Path | None,
    speak: str | None,
    engine: str | None,
    model: str | None,
) -> int:
    """Measure listening: good above bad per kind, fact status, band edges, under word errors, and spoken."""
    if replies is None and pairs is None:
        raise UsageError("usage", "Nothing to measure was given.", remedy="Give --replies or --pairs.")
    home = house(engine=engine, model=model, scenarios_dir=scenarios)
    if replies is not None:
        labelled = read_replies(replies)
        _report_typed(labelled, home)
        if speak is not None:
            _report_spoken(labelled, home, speak)
    if pairs is not None:
        _report_pairs(read_pairs(pairs), home)
    return ExitStatus.DONE


def read_replies(path: Path) -> list[LabelledReply]:
    """The labelled replies of a file; a wrong line is named."""
    found = []
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = ReplyRow.model_validate_json(line)
        except ValidationError as error:
            raise _wrong(path, number, error) from error
        identity = str(number if row.id is None else row.id)
        found.append(
            LabelledReply(
                identity, row.scenario, row.turn, row.kind, row.good, row.reply, row.facts, row.emotion
            )
        )
    if not found:
        raise UsageError("nothing_to_measure", f"{path} holds no replies.", remedy="One JSON object a line.")
    return found


def read_pairs(path: Path) -> list[PairRow]:
    """The labelled pairs of a file; a wrong line is named."""
    rows = []
    for number, row in enumerate(csv.DictReader(_text(path).splitlines()), start=2):
        try:
            rows.append(PairRow.model_validate(row))
        except ValidationError as error:
            raise _wrong(path, number, error) from error
    return rows


def _report_typed(labelled: list[LabelledReply], home: House) -> None:
    for rate in WORD_ERROR_RATES:
        tried = try_replies(labelled, _judge_text(home), word_error_rate=rate)
        ranked = good_above_bad(tried)
        console().print(f"word error rate {rate:.0%}: good above bad {together(ranked)}", markup=False)
        if rate == 0:
            _report_details(tried)


def _judge_text(home: House) -> Callable[[LabelledReply, str], Assessment | None]:
    def judge(reply: LabelledReply, words: str) -> Assessment:
        call = home.library.get(reply.scenario)
        turn = turn_of(call, reply.turn)
        return assess_text(
            words, scenario=call, turn=turn, rubric=home.engines.rubric, embedder=home.embedder
        )

    return judge


def _report_spoken(labelled: list[LabelledReply], home: House, voice: str) -> None:
    """The replies really spoken and recognised; how many the recogniser lets judge is told."""
    from voice_trainer.adapters.flite import speak

    def judge(reply: LabelledReply, words: str) -> Assessment:
        call = home.library.get(reply.scenario)
        spoken = SpokenReply(speak(words, voice=voice))
        return assess(spoken, scenario=call, turn=turn_of(call, reply.turn), engines=home.engines)

    tried = try_replies(labelled, judge)
    scored = sum(one.points is not None for one in tried)
    heard_by = home.recogniser[0].engine
    console().print(f"\nspoken by {voice}, heard by {heard_by}: {scored} of {len(tried)} scored")
    console().print(f"good above bad {together(good_above_bad(tried))}")
    _report_details(tried)


def _report_details(tried: list[Tried]) -> None:
    out = console()
    for kind, share in good_above_bad(tried).items():
        out.print(f"  {kind:<24} {share}", markup=False)
    for edge in BAND_EDGES:
        rates = pass_rates(tried, edge)
        shown = ", ".join(
            f"{kind} {share.hits}/{share.trials}" for kind, share in rates.items() if share.hits
        )
        out.print(f"  {edge} points or more: {shown or 'none'}", markup=False)
    confusion = fact_confusion(tried)
    if total := sum(confusion.values()):
        right = sum(count for (gold, called), count in confusion.items() if gold == called)
        out.print(f"  fact status right: {right / total:.3f} of {total}", markup=False)
        for (gold, called), count in sorted(confusion.items()):
            out.print(f"    {gold:<12} called {called:<12} {count}", markup=False)
    emotion = emotion_accuracy(tried)
    if emotion.trials:
        out.print(f"  feeling right: {emotion}", markup=False)


def _report_pairs(pairs: list[PairRow], home: House) -> None:
    """Reflective form and what came back, without a scenario: labels 1 and 2 against 0."""
    groups: dict[bool, list[float]] = {True: [], False: []}
    for pair in pairs:
        judged = assess_indicative(
            pair.reply, complaint=pair.prompt, rubric=home.engines.rubric, embedder=home.embedder
        )
        points = judged.score.listening_points
        groups[pair.label > 0].append(-1.0 if points is None else float(points))
    area = auc(groups[True], groups[False])
    shown = "-" if area is None else f"{area:.3f}"
    console().print(
        f"pairs without a scenario: AUC {shown} of {len(groups[True])} against {len(groups[False])}"
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "manifest_unreadable", f"{path} cannot be read: {error}.", remedy="Check the path."
        ) from error


def _wrong(path: Path, number: int, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the line"
    return UsageError(
        "manifest_line",
        f"{path}, line {number}: {where}: {first['msg']} ({json.dumps(str(first.get('input'))[:60])}).",
        remedy="Needed: scenario, kind, good, reply; or prompt, reply, label.",
    )
