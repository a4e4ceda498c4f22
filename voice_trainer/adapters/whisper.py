"""The recogniser Whisper, from weights in a file: openai-whisper on torch, greedy, on the CPU."""

from __future__ import annotations

import base64
import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from voice_trainer.adapters.reliability import whisper_reliability
from voice_trainer.adapters.speech_audio import at_16khz, stretches
from voice_trainer.adapters.whisper_models import verify, whisper_missing
from voice_trainer.domain.transcript import Transcript, Word
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.errors import ModelError

# More gain little on 30 s windows. One core stays free for the recording and the screen: torch's threads
# wait for each other by spinning, and where they compete for cores two are many times slower than one.
_MOST_THREADS = 4
# Each stretch costs a whole 30 s window of the encoder, so only long silences are worth cutting out.
_GAP_S = 5.0


class WhisperTranscriber:
    """Port `Transcriber` on openai-whisper.

    Weights load at first use and are kept. Not thread-safe. No prompt is ever given: expected words in
    a prompt would make the model hear what the scenario hopes for.
    """

    def __init__(self, weights: Path, *, threads: int | None = None) -> None:
        self.engine = "whisper"
        self.model = weights.stem
        self._weights = weights
        self._threads = threads or max(1, min(_MOST_THREADS, (os.cpu_count() or 1) - 1))

    def load(self) -> None:
        """Load now what the first transcript would otherwise wait for (some seconds)."""
        _ = self._model
        import numpy as np
        from whisper.timing import dtw_cpu

        dtw_cpu(np.eye(2))  # timing words compiles this at its first call in a process: 2 s

    def transcribe(self, waveform: Waveform, *, speech: SpeechFrames, language: str) -> Transcript:
        """Recognise what was said where `speech` says somebody spoke; times are those of `waveform`."""
        spans = stretches(speech, duration_s=waveform.duration_s, gap_s=_GAP_S, longest_s=float("inf"))
        if not spans:  # Whisper invents text on silence
            return Transcript("", (), self.engine, self.model, 0.0)
        model = self._model
        code = language.lower().split("-")[0]
        if code != "en" and not model.is_multilingual:
            raise ModelError(
                "language_unsupported",
                f"The weights {self.model} understand English only, and the call is in {language!r}.",
                remedy="Use multilingual weights (`voice-trainer models fetch base`), or type the reply.",
            )
        with self._bounded_threads():
            result = model.transcribe(
                at_16khz(waveform),
                clip_timestamps=list(chain.from_iterable((s.start_s, s.end_s) for s in spans)),
                language=code,
                temperature=0.0,
                word_timestamps=True,
                condition_on_previous_text=False,
                fp16=False,
                verbose=None,
            )
        return self._transcript(result["segments"], waveform.duration_s)

    def _transcript(self, segments: list[dict[str, Any]], duration_s: float) -> Transcript:
        words = tuple(
            Word(
                word["word"].strip(),
                min(duration_s, float(word["start"])),
                min(duration_s, float(word["end"])),
                round(float(word["probability"]), 4),
            )
            for segment in segments
            for word in segment.get("words", ())
            if word["word"].strip()
        )
        text = " ".join(word.text for word in words)
        return Transcript(text, words, self.engine, self.model, whisper_reliability(segments))

    @cached_property
    def _model(self) -> Any:
        with self._bounded_threads():
            return load_weights(self._weights)

    @contextmanager
    def _bounded_threads(self) -> Iterator[None]:
        torch, _ = _imported()
        before = torch.get_num_threads()
        torch.set_num_threads(self._threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def load_weights(path: Path) -> Any:
    """A Whisper model from a ``.pt`` file, with the attention heads that time words.

    Every way a file can be wrong becomes one `ModelError`: ``model_missing``, ``model_checksum`` (a
    published name with other content), ``model_broken`` (truncated, empty, garbage, not Whisper).
    """
    if not path.is_file():
        raise ModelError(
            "model_missing",
            f"There is no file of weights at {path}.",
            remedy="Name a `.pt` file of openai-whisper, or run `voice-trainer models fetch base.en`.",
        )
    _, whisper = _imported()
    verify(path)
    try:
        model = whisper.load_model(str(path), device="cpu")
    except MemoryError:
        raise
    except Exception as error:  # torch and pickle raise almost anything on a bad file
        raise ModelError(
            "model_broken",
            f"{path} holds no usable Whisper weights ({_why(error)}).",
            remedy="Fetch them again with `voice-trainer models fetch NAME`, or give another file.",
        ) from error
    if heads := _alignment_heads(path, model):
        model.set_alignment_heads(heads)
    return model


def _alignment_heads(path: Path, model: Any) -> bytes | None:
    """The heads published for this size; None for a size nobody published (the library's default then).

    whisper.load_model sets them for names only. The file's name decides where it fits the dimensions.
    """
    from whisper import _ALIGNMENT_HEADS

    size = model.dims.n_text_layer * model.dims.n_text_head
    fitting: dict[str, bytes] = {
        name: heads
        for name, heads in _ALIGNMENT_HEADS.items()
        if len(gzip.decompress(base64.b85decode(heads))) == size
        and name.endswith(".en") == (not model.is_multilingual)
    }
    if path.stem in fitting:
        return fitting[path.stem]
    distinct = set(fitting.values())
    return distinct.pop() if len(distinct) == 1 else None


def _imported() -> tuple[Any, Any]:
    try:
        import torch
        import whisper
    except (ImportError, OSError) as error:  # OSError: a shared library of torch is missing
        raise whisper_missing(str(error).splitlines()[0] if str(error) else "") from error
    return torch, whisper


def _why(error: Exception) -> str:
    detail = str(error).strip().splitlines()
    return f"{type(error).__name__}: {detail[0][:120]}" if detail else type(error).__name__
