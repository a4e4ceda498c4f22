"""Which engine speaks: pyttsx3, or one that another package brings by an entry point.

A package offers a voice under the group ``voice_trainer.synthesizers``: a callable that takes the keyword
``cache_dir`` (a folder of its own for lines once spoken) and returns a `voice_trainer.ports.Synthesizer`.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import cast

from voice_trainer.errors import AudioDeviceError, UsageError
from voice_trainer.ports import Synthesizer

GROUP = "voice_trainer.synthesizers"
BUILT_IN = "pyttsx3"


def plugged_in() -> dict[str, EntryPoint]:
    """Engines of other packages by name; none of them is imported. `BUILT_IN` cannot be replaced."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return {point.name: point for point in found if point.name != BUILT_IN}


def choose_synthesizer(name: str, *, cache_dir: Path) -> Synthesizer:
    """The engine called `name`.

    Raises
    ------
    UsageError
        ``voice_engine_unknown``, with those there are.
    AudioDeviceError
        ``voice_failed`` where the package's engine cannot be loaded or made.
    """
    if name == BUILT_IN:
        from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer

        return Pyttsx3Synthesizer(cache_dir=cache_dir)
    others = plugged_in()
    if name not in others:
        raise UsageError(
            "voice_engine_unknown",
            f"There is no voice engine called {name!r}.",
            remedy=f"Choose one of: {', '.join((BUILT_IN, *others))}.",
        )
    point = others[name]
    try:
        made = point.load()(cache_dir=cache_dir / name)
    except Exception as error:  # whatever somebody else's package throws
        raise AudioDeviceError(
            "voice_failed",
            f"The voice engine {name} ({point.value}) cannot be used: {type(error).__name__}: {error}.",
            remedy=f"Mend or remove that package, or set voice_engine to {BUILT_IN}.",
        ) from error
    if not callable(getattr(made, "synthesize", None)):
        raise AudioDeviceError(
            "voice_failed",
            f"The voice engine {name} ({point.value}) cannot speak: it has no `synthesize`.",
            remedy=f"Mend or remove that package, or set voice_engine to {BUILT_IN}.",
        )
    return cast(Synthesizer, made)
