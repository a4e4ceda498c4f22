"""pocketsphinx's decoder, made to give the same answer to the same recording.

A pocketsphinx decoder is not a function of its input: its acoustic model keeps the best codewords of
the last frame it saw, so an utterance scores differently after another one, and words and times can
move. It is therefore set back before each recording, which costs a few tenths of a second.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from voice_trainer.adapters.reliability import Piece
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import ModelError

FRAMES_PER_S = 100
_NOT_A_WORD = re.compile(r"^(<.*>|\[.*\]|\+\+.*\+\+)$")
_ALTERNATE = re.compile(r"\(\d+\)$")


def model_path() -> Path:
    """The folder of the US English model inside pocketsphinx's wheel.

    Found without importing pocketsphinx. Raises `ModelError` where it is not installed.
    """
    spec = find_spec("pocketsphinx")
    folder = Path(spec.origin).parent / "model" / "en-us" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise ModelError(
            "pocketsphinx_missing",
            "The recogniser pocketsphinx is not installed.",
            remedy="Run `python3 bootstrap.py` again, or `pip install pocketsphinx`.",
        )
    return folder


def pronunciation_path() -> Path:
    """The CMU dictionary: lines ``word PHONE PHONE...``; further ways to say it as ``word(2) ...``."""
    return model_path() / "cmudict-en-us.dict"


class FreshDecoder:
    """A pocketsphinx decoder that is as new for each recording."""

    def __init__(self, **options: object) -> None:
        self._options = options
        self._decoder: Any = None
        self._used = False

    def load(self) -> Any:
        """Build the decoder if there is none yet; takes up to half a second."""
        if self._decoder is None:
            folder = model_path()
            files = {"hmm": str(folder / "en-us"), "dict": str(pronunciation_path())}
            try:
                from pocketsphinx import Config, Decoder

                self._decoder = Decoder(Config(**files, **self._options, loglevel="FATAL"))
            except (ImportError, OSError, RuntimeError, ValueError) as error:
                raise _broken(folder, error) from error
        return self._decoder

    def fresh(self) -> Any:
        """The decoder in the state it had when built."""
        decoder = self.load()
        if self._used:
            decoder.reinit()
        self._used = True
        return decoder


def _broken(path: Path, error: Exception) -> ModelError:
    return ModelError(
        "model_broken",
        f"pocketsphinx cannot load its model in {path}: {error}.",
        remedy="Reinstall it: `pip install --force-reinstall pocketsphinx`.",
    )


def heard_by(decoder: Any, samples: FloatArray) -> list[Piece]:
    """Everything heard in `samples` (16 kHz), fillers and silences included; frames of 10 ms."""
    decoder.start_utt()
    decoder.process_raw((samples * 32767).astype("<i2").tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    return [
        Piece(
            text=_ALTERNATE.sub("", segment.word).lower(),
            is_word=not _NOT_A_WORD.match(segment.word),
            start_frame=segment.start_frame,
            end_frame=segment.end_frame,
            posterior=min(1.0, max(0.0, segment.prob)),
        )
        for segment in decoder.seg()
    ]
