"""What those who run a server look at: whether it can work, and how it goes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from voice_trainer.domain.judging import QueueHealth
from voice_trainer.errors import VoiceTrainerError
from voice_trainer.job_ports import JobQueue
from voice_trainer.ports import AttemptStore, BlobStore

FREE_BYTES_MIN = 500_000_000  # four hours of sound


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one moment; nothing in it is about a person."""

    queue: QueueHealth
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at the queue, the stores and the disk under `folder`."""

    store: AttemptStore
    blobs: BlobStore
    queue: JobQueue
    folder: Path

    def figures(self) -> Figures:
        """The figures of now. Raises `StorageError`."""
        usage = shutil.disk_usage(_existing(self.folder))
        return Figures(self.queue.health(), usage.free, usage.total)

    def faults(self) -> list[str]:
        """Codes of what keeps this process from working; empty where it is ready."""
        found = []
        for look in (self._database, self._recordings):
            try:
                look()
            except VoiceTrainerError as error:
                found.append(error.code)
        if shutil.disk_usage(_existing(self.folder)).free < FREE_BYTES_MIN:
            found.append("disk_nearly_full")
        return found

    def _database(self) -> None:
        self.store.summaries(limit=1)

    def _recordings(self) -> None:
        try:
            self.blobs.get("ready/none")
        except VoiceTrainerError as error:
            if error.code != "recording_missing":
                raise


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())
