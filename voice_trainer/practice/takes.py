"""Attempts and takes as they come to be: what a session at a device and one over a network have in common."""

from __future__ import annotations

import secrets
from dataclasses import replace

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Criterion
from voice_trainer.ports import AttemptStore, BlobStore, BlobWriter, Clock
from voice_trainer.practice.recording import Recording


def new_attempt(
    scenario: Scenario, *, scenario_sha256: str, person: str, clock: Clock, drill: Criterion | None = None
) -> Attempt:
    """A new run through a call; nothing is stored before its first take begins."""
    now = clock.now()
    return Attempt(
        f"{now:%Y%m%d}-{secrets.token_hex(4)}", person, now, scenario, scenario_sha256, drill=drill
    )


def new_take(attempt: Attempt, turn: Turn, *, device: str, store: AttemptStore, clock: Clock) -> Take:
    """The next reply to `turn`, measured later against the newest baseline on that device."""
    number = 1 + sum(take.turn_id == turn.id for take in attempt.takes)
    identity = f"{turn.id}-{number}"
    baseline = store.baseline(attempt.person, device)
    return Take(
        id=identity,
        turn_id=turn.id,
        number=number,
        created_at=clock.now(),
        state=TakeState.RECORDING,
        audio_key=f"{attempt.id}/{identity}",
        device=device,
        baseline=baseline.profile if baseline else None,
    )


def begin_take(
    attempt: Attempt, take: Take, *, rate_hz: int, store: AttemptStore, blobs: BlobStore
) -> tuple[Attempt, BlobWriter]:
    """Known to the database before the first sample is on disk: a crash can then be told and mended."""
    attempt = save_take(attempt, take, store=store)
    return attempt, blobs.writer(take.audio_key or take.id, rate_hz=rate_hz)


def save_take(attempt: Attempt, take: Take, *, store: AttemptStore) -> Attempt:
    """Store a take, and with the first one its attempt; returns the attempt with it."""
    first = not attempt.takes
    attempt = attempt.with_take(take)
    if first:
        store.save(attempt)
    else:
        store.save_take(attempt.id, take)
    return attempt


def recorded(take: Take, recording: Recording, *, customer_end_s: float | None) -> Take:
    """The take when its sound is complete."""
    return replace(
        take,
        state=TakeState.RECORDED,
        duration_s=recording.duration_s,
        customer_end_s=customer_end_s,
        lost_frames=recording.lost_frames,
    )


def discard_take(attempt: Attempt, take: Take, *, store: AttemptStore, blobs: BlobStore) -> Attempt:
    """Throw a take away: its sound is deleted at once; that it was discarded is remembered."""
    if take.audio_key is not None:
        blobs.delete(take.audio_key)
    gone = Take(
        id=take.id,
        turn_id=take.turn_id,
        number=take.number,
        created_at=take.created_at,
        state=TakeState.DISCARDED,
    )
    return save_take(attempt, gone, store=store)
