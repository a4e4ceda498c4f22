"""Which recogniser listens, and why: Whisper where its weights are, else pocketsphinx."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from voice_trainer.adapters.whisper_models import (
    DEFAULT_NAME,
    find_weights,
    verify,
    whisper_cache,
    whisper_missing,
)
from voice_trainer.errors import ModelError, UsageError
from voice_trainer.ports import Transcriber

ENGINES = ("whisper", "pocketsphinx")


def weight_directories(models_dir: Path | None) -> tuple[Path, ...]:
    """Where weights are looked for: our own folder, then the one openai-whisper downloads to."""
    return (*((models_dir,) if models_dir else ()), whisper_cache())


def choose(
    engine: str | None = None,
    *,
    model: str | Path | None = None,
    models_dir: Path | None = None,
    threads: int | None = None,
) -> tuple[Transcriber, str]:
    """A recogniser and one line that says which and why. Loads nothing heavy yet.

    Parameters
    ----------
    engine
        ``"whisper"``, ``"pocketsphinx"``, or None to decide by what is there.
    model
        A published name of Whisper, a file, or a folder of ``.pt`` files; asks for Whisper.
    models_dir
        Our own folder of weights; ``~/.cache/whisper`` is searched after it.
    threads
        Threads for Whisper, None for all cores but one, at most four.

    Raises
    ------
    UsageError
        ``engine_unknown``, or ``engine_has_no_models`` for `model` with pocketsphinx.
    ModelError
        ``model_missing``, ``model_unknown``, ``model_checksum``, ``whisper_missing``,
        ``pocketsphinx_missing``.
    """
    if engine not in (None, *ENGINES):
        raise UsageError(
            "engine_unknown",
            f"There is no recogniser called {engine!r}.",
            remedy=f"Choose one of: {', '.join(ENGINES)}.",
        )
    if engine == "pocketsphinx":
        if model is not None:
            raise UsageError(
                "engine_has_no_models",
                f"pocketsphinx brings its own model and cannot use {str(model)!r}.",
                remedy="Leave out the model, or use the engine whisper.",
            )
        return _pocketsphinx(), "Recogniser: pocketsphinx, as asked for."
    try:
        weights = find_weights(model, directories=weight_directories(models_dir))
        if weights is None and engine == "whisper":
            weights = find_weights(DEFAULT_NAME, directories=weight_directories(models_dir))
        if weights is not None:
            return _whisper(weights, threads=threads, asked=engine is not None or model is not None)
    except ModelError as error:
        # Without openai-whisper on the machine the offline recogniser serves, unless Whisper was asked for.
        if error.code != "whisper_missing" or engine is not None or model is not None:
            raise
        return _pocketsphinx(), "Recogniser: pocketsphinx, because Whisper is not installed."
    return _pocketsphinx(), (
        "Recogniser: pocketsphinx, because there are no Whisper weights here "
        f"(`voice-trainer models fetch {DEFAULT_NAME}` brings them)."
    )


def _whisper(weights: Path, *, threads: int | None, asked: bool) -> tuple[Transcriber, str]:
    from voice_trainer.adapters.whisper import WhisperTranscriber

    if find_spec("torch") is None:
        raise whisper_missing("torch is not there")
    verify(weights)
    why = "as asked for" if asked else "because its weights are here"
    return WhisperTranscriber(
        weights, threads=threads
    ), f"Recogniser: Whisper {weights.stem}, {why} ({weights})."


def _pocketsphinx() -> Transcriber:
    from voice_trainer.adapters.pocketsphinx import PocketSphinxTranscriber

    return PocketSphinxTranscriber()
