"""The loop where there is no microphone: a recorded reply takes the place of the agent's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from voice_trainer.errors import UsageError


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """A fixture: its file, its voice, and the baseline of the same voice."""

    label: str
    audio: Path
    baseline: Path
    voice: str
    text: str


def recorded_replies(folder: Path, *, good: str, poor: str) -> tuple[RecordedReply, RecordedReply]:
    """The two replies of the demo, from the manifest of `folder`.

    Raises
    ------
    UsageError
        ``fixtures_missing`` where the recordings did not come with the program.
    """
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        raise UsageError(
            "fixtures_missing",
            f"The demo's recordings are not in {folder}.",
            remedy="Install voice-trainer again, or run the demo from a source checkout.",
        )
    entries = {}
    for line in manifest.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        entries[entry["id"]] = entry
    found = []
    for label, name in (("A reply that listens", good), ("A reply that does not", poor)):
        entry = entries[name]
        baseline = entries[f"baseline-{entry['voice']}"]
        found.append(
            RecordedReply(
                label, folder / entry["file"], folder / baseline["file"], entry["voice"], entry["text"]
            )
        )
    return found[0], found[1]
