"""What must be done now and then, by whichever process comes first: rescue, retention, uploads."""

from __future__ import annotations

from dataclasses import dataclass

from voice_trainer.job_ports import Chores, JobQueue
from voice_trainer.ports import AttemptStore, BlobStore, Clock
from voice_trainer.practice.retention import sweep

RETENTION_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What upkeep works with."""

    chores: Chores
    queue: JobQueue
    store: AttemptStore
    blobs: BlobStore
    clock: Clock
    retention_days: int
    rescue_every_s: float = 10.0


def keep_up(upkeep: Upkeep) -> None:
    """Do what is due."""
    upkeep.blobs.upload()
    if upkeep.chores.due("rescue", every_s=upkeep.rescue_every_s):
        upkeep.queue.rescue()
    if upkeep.chores.due("retention", every_s=RETENTION_EVERY_S):
        sweep(upkeep.store, upkeep.blobs, clock=upkeep.clock, retention_days=upkeep.retention_days)
