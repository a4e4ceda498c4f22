"""Recordings are kept for a time and then deleted; the words and scores stay with the attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from voice_trainer.errors import UsageError
from voice_trainer.ports import AttemptStore, BlobStore, Clock
from voice_trainer.practice.baseline import BASELINES


def sweep(store: AttemptStore, blobs: BlobStore, *, clock: Clock, retention_days: int) -> int:
    """Delete recordings of takes older than `retention_days`; returns how many went."""
    oldest = clock.now() - timedelta(days=retention_days)
    deleted = _sweep_baselines(blobs, oldest=oldest)
    # Only attempts that still have sound are looked at: the list of recordings is the shorter one.
    for attempt_id in sorted({key.split("/")[0] for key in blobs.keys() if "/" in key}):  # noqa: SIM118
        try:
            attempt = store.get(attempt_id)
        except UsageError:
            continue  # a baseline, or an attempt that another program is just saving
        for take in attempt.takes:
            if take.audio_key is not None and take.created_at < oldest:
                blobs.delete(take.audio_key)
                store.save_take(attempt.id, replace(take, audio_key=None))
                deleted += 1
    return deleted


def _sweep_baselines(blobs: BlobStore, *, oldest: datetime) -> int:
    """The figures of a baseline stay; its sound goes like any other, an interrupted one's too.

    A baseline's recording carries its day in its key, for nothing else may name it any more.
    """
    old = [key for key in blobs.keys() if key.startswith(BASELINES) and _day(key) < f"{oldest:%Y%m%d}"]  # noqa: SIM118
    for key in old:
        blobs.delete(key)
    return len(old)


def _day(key: str) -> str:
    return key.removeprefix(BASELINES)[:8]
