"""Recordings that were made elsewhere become attempts here; they are judged like any other."""

from __future__ import annotations

from dataclasses import replace

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import AttemptStore, BlobStore, Clock
from voice_trainer.practice.takes import begin_take, new_attempt, new_take

DEVICE = "imported"  # no baseline was read on it, so steadiness is judged only where one was imported, too


def import_recording(
    waveform: Waveform,
    *,
    origin: str,
    scenario: Scenario,
    turn: Turn,
    scenario_sha256: str,
    person: str,
    store: AttemptStore,
    blobs: BlobStore,
    clock: Clock,
) -> tuple[Attempt, Take]:
    """An attempt of one recorded take that answers `turn` of the call; nobody has judged it yet.

    `origin` is shown as where it came from and names nothing on disk.
    """
    attempt = replace(
        new_attempt(scenario, scenario_sha256=scenario_sha256, person=person, clock=clock),
        imported_from=origin,
        closed=True,
    )
    take = new_take(attempt, turn, device=DEVICE, store=store, clock=clock)
    attempt, writer = begin_take(attempt, take, rate_hz=waveform.rate_hz, store=store, blobs=blobs)
    try:
        writer.write(waveform.samples)
    finally:
        writer.close()
    done = replace(take, state=TakeState.RECORDED, duration_s=waveform.duration_s)
    store.save_take(attempt.id, done)
    return attempt.with_take(done), done
