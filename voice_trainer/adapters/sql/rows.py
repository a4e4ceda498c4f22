"""Domain values <-> rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Row

from voice_trainer import serialise
from voice_trainer.adapters.sql.models import AttemptRow, BaselineRow, TakeRow
from voice_trainer.domain.attempt import Attempt, Baseline, Take, TakeState
from voice_trainer.domain.progress import PractisedTake, practised_take
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.summary import take_outcome
from voice_trainer.errors import StorageError
from voice_trainer.serialise import Codec, UnreadableError

T = TypeVar("T")


def fill_attempt(row: AttemptRow, attempt: Attempt) -> None:
    """Write everything but the takes into `row`."""
    row.person = attempt.person
    row.created_at = attempt.created_at
    row.scenario_id = attempt.scenario.id
    row.title = attempt.scenario.title
    row.scenario_sha256 = attempt.scenario_sha256
    row.imported_from = attempt.imported_from
    row.scenario = serialise.SCENARIO.dump(attempt.scenario)
    row.drill = attempt.drill.value if attempt.drill else None
    row.closed = attempt.closed


def fill_take(row: TakeRow, take: Take) -> None:
    """Write everything but the place and the lease into `row`."""
    outcome = take_outcome(take)
    row.turn_id = take.turn_id
    row.number = take.number
    row.created_at = take.created_at
    row.state = take.state.value
    row.listening_points = outcome.listening_points
    row.delivery_points = outcome.delivery_points
    row.audio_key = take.audio_key
    row.device = take.device
    row.duration_s = take.duration_s
    row.recovered = take.recovered
    row.lost_frames = take.lost_frames
    row.customer_end_s = take.customer_end_s
    row.engines = _dump(serialise.ENGINES, take.engines)
    row.baseline = _dump(serialise.PROFILE, take.baseline)
    row.score = _dump(serialise.SCORE, take.score)
    row.transcript = _dump(serialise.TRANSCRIPT, take.transcript)
    row.machine_transcript = _dump(serialise.TRANSCRIPT, take.machine_transcript)
    row.listening = _dump(serialise.LISTENING, take.listening)
    row.delivery = _dump(serialise.DELIVERY, take.delivery)
    row.feeling = _dump(serialise.FEELING, take.feeling)


def attempt_of(row: AttemptRow, takes: Sequence[TakeRow]) -> Attempt:
    """The attempt; raises `StorageError` (record_unreadable) where the stored JSON does not fit."""
    try:
        return Attempt(
            row.id,
            row.person,
            row.created_at,
            serialise.SCENARIO.load(row.scenario),
            row.scenario_sha256,
            tuple(_take_of(take) for take in takes),
            row.imported_from,
            Criterion(row.drill) if row.drill else None,
            row.closed is not False,
        )
    except ValueError as error:  # includes UnreadableError and unknown states
        raise _unreadable(f"attempt {row.id}", error) from error


def practised_of(attempts: Iterable[Row[Any]], takes: Iterable[Row[Any]]) -> list[PractisedTake]:
    """Judged takes in short; both need few columns. Raises `StorageError` (record_unreadable)."""
    calls: dict[str, Attempt] = {}
    scenarios: dict[str, Scenario] = {}
    found: list[PractisedTake] = []
    for row in attempts:
        try:
            if row.scenario not in scenarios:  # the same call is practised again and again
                scenarios[row.scenario] = serialise.SCENARIO.load(row.scenario)
            drill = Criterion(row.drill) if row.drill else None
        except ValueError as error:
            raise _unreadable(f"attempt {row.id}", error) from error
        calls[row.id] = Attempt(
            row.id, row.person, row.created_at, scenarios[row.scenario], row.scenario_sha256, drill=drill
        )
    for row in takes:
        try:
            score, feeling = _load(serialise.SCORE, row.score), _load(serialise.FEELING, row.feeling)
        except UnreadableError as error:
            raise _unreadable(f"take {row.attempt_id}/{row.id}", error) from error
        if row.attempt_id in calls:
            take = Take(row.id, row.turn_id, row.number, row.created_at, TakeState.SCORED, score=score)
            found.append(practised_take(calls[row.attempt_id], replace(take, feeling=feeling)))
    return found


def baseline_of(row: BaselineRow) -> Baseline:
    """The baseline; raises `StorageError` (record_unreadable)."""
    try:
        profile = serialise.PROFILE.load(row.profile)
    except UnreadableError as error:
        raise _unreadable(f"baseline {row.id}", error) from error
    return Baseline(row.id, row.person, row.device, row.created_at, profile, row.audio_key)


def baseline_row(baseline: Baseline) -> BaselineRow:
    """The row of a baseline."""
    return BaselineRow(
        id=baseline.id,
        person=baseline.person,
        device=baseline.device,
        created_at=baseline.created_at,
        audio_key=baseline.audio_key,
        profile=serialise.PROFILE.dump(baseline.profile),
    )


def _take_of(row: TakeRow) -> Take:
    return Take(
        row.id,
        row.turn_id,
        row.number,
        row.created_at,
        TakeState(row.state),
        audio_key=row.audio_key,
        device=row.device,
        duration_s=row.duration_s,
        recovered=row.recovered,
        lost_frames=row.lost_frames,
        customer_end_s=row.customer_end_s,
        baseline=_load(serialise.PROFILE, row.baseline),
        transcript=_load(serialise.TRANSCRIPT, row.transcript),
        machine_transcript=_load(serialise.TRANSCRIPT, row.machine_transcript),
        delivery=_load(serialise.DELIVERY, row.delivery),
        listening=_load(serialise.LISTENING, row.listening),
        score=_load(serialise.SCORE, row.score),
        engines=_load(serialise.ENGINES, row.engines),
        feeling=_load(serialise.FEELING, row.feeling),
    )


def _dump(codec: Codec[T], value: T | None) -> str | None:
    return None if value is None else codec.dump(value)


def _load(codec: Codec[T], text: str | None) -> T | None:
    return None if text is None else codec.load(text)


def _unreadable(what: str, error: Exception) -> StorageError:
    return StorageError(
        "record_unreadable",
        f"The stored {what} cannot be read ({error}).",
        remedy="Its recordings are untouched. Delete the record, or restore the database from a backup.",
    )
