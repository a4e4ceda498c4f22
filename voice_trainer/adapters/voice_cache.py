"""Lines once spoken, as FLAC files named by what was asked for."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from voice_trainer.domain.waveform import Waveform
from voice_trainer.errors import AudioFileError


class VoiceCache:
    """A folder of spoken lines. It only saves time: what goes wrong here is never an error."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, request: Mapping[str, object]) -> Path:
        """Where the line asked for by `request` lies."""
        asked = json.dumps(request, sort_keys=True).encode()
        return self._folder / f"{hashlib.sha256(asked).hexdigest()[:40]}.flac"

    def get(self, request: Mapping[str, object]) -> Waveform | None:
        """The line, None where it is not there or cannot be read."""
        from voice_trainer.adapters.soundfile import decode

        with suppress(OSError, AudioFileError):
            return decode(self.path(request).read_bytes())
        return None

    def put(self, request: Mapping[str, object], waveform: Waveform) -> None:
        """Keep the line; another process never sees half of it."""
        from voice_trainer.adapters.soundfile import encode

        content, target = encode(waveform, "FLAC"), self.path(request)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(name).replace(target)
            except OSError:
                Path(name).unlink(missing_ok=True)
