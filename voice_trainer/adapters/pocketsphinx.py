"""The recogniser that comes in a wheel: CMU pocketsphinx with its US English model, 38 MB, offline.

It hears well-read speech and misses much of free speech, so each transcript is decoded twice and
carries a reliability (see `reliability`).

A pocketsphinx decoder is not a function of its input: its acoustic model keeps the best codewords of
the last frame it saw, and an utterance after another one scores differently (words and times can
move). Decoders are therefore set back before each recording (`_Fresh`), which costs 0.2-0.4 s and
makes the same recording give the same transcript.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from voice_trainer.adapters.reliability import Decoding, Piece, pocketsphinx_reliability
from voice_trainer.adapters.speech_audio import at_16khz, stretches
from voice_trainer.domain.transcript import Transcript, Word
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform
from voice_trainer.errors import ModelError

FRAMES_PER_S = 100
_SECOND_LANGUAGE_WEIGHT = 9.5  # the default is 6.5; what both weights agree on is mostly right
_NOT_A_WORD = re.compile(r"^(<.*>|\[.*\]|\+\+.*\+\+)$")
_ALTERNATE = re.compile(r"\(\d+\)$")
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*'?")


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


def _decoder(**options: object) -> Any:
    """A pocketsphinx decoder on the US English model; takes 0.2-0.5 s."""
    folder = model_path()
    try:
        from pocketsphinx import Config, Decoder

        return Decoder(
            Config(hmm=str(folder / "en-us"), dict=str(pronunciation_path()), loglevel="FATAL", **options)
        )
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise ModelError(
            "model_broken",
            f"pocketsphinx cannot load its model in {folder}: {error}.",
            remedy="Reinstall it: `pip install --force-reinstall pocketsphinx`.",
        ) from error


class _Fresh:
    """A decoder that is as new at each `get()`."""

    def __init__(self, **options: object) -> None:
        self._options = options
        self._decoder: Any = None
        self._used = False

    def load(self) -> Any:
        """Build the decoder if there is none yet."""
        if self._decoder is None:
            self._decoder = _decoder(**self._options)
        return self._decoder

    def get(self) -> Any:
        """The decoder, in the state it had when built."""
        decoder = self.load()
        if self._used:
            decoder.reinit()
        self._used = True
        return decoder


def _decode(decoder: Any, samples: FloatArray) -> list[Piece]:
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
            acoustic=segment.ascore,
            posterior=min(1.0, max(0.0, segment.prob)),
        )
        for segment in decoder.seg()
    ]


def _shifted(pieces: Sequence[Piece], frames: int) -> list[Piece]:
    return [
        replace(piece, start_frame=piece.start_frame + frames, end_frame=piece.end_frame + frames)
        for piece in pieces
    ]


class PocketSphinxTranscriber:
    """Port `Transcriber` on pocketsphinx. Decoders load at first use and are kept; not thread-safe."""

    def __init__(self) -> None:
        model_path()  # says at once where pocketsphinx is not installed
        self.engine = "pocketsphinx"
        self.model = f"en-us {version('pocketsphinx')}"
        words, phones = str(model_path() / "en-us.lm.bin"), str(model_path() / "en-us-phone.lm.bin")
        # Without the second, flat pass: measured as accurate here and a fifth cheaper.
        self._first = _Fresh(lm=words, fwdflat=False)
        self._second = _Fresh(lm=words, fwdflat=False, bestpath=False, lw=_SECOND_LANGUAGE_WEIGHT)
        self._phone_loop = _Fresh(lm=None, allphone=phones, lw=2.0, beam=1e-20, pbeam=1e-20)

    def load(self) -> None:
        """Load now what the first transcript would otherwise wait for (about a second)."""
        for decoder in (self._first, self._second, self._phone_loop):
            decoder.load()

    def transcribe(self, waveform: Waveform, *, speech: SpeechFrames, language: str) -> Transcript:
        """Recognise what was said where `speech` says somebody spoke."""
        _refuse_other_than_english(language)
        decoding = self.decode(waveform, speech=speech)
        spoken = [piece for piece in decoding.first if piece.is_word]
        words = tuple(
            Word(
                piece.text,
                piece.start_frame / FRAMES_PER_S,
                min(waveform.duration_s, (piece.end_frame + 1) / FRAMES_PER_S),
                round(piece.posterior, 4),
            )
            for piece in spoken
        )
        text = " ".join(word.text for word in words)
        return Transcript(text, words, self.engine, self.model, pocketsphinx_reliability(decoding))

    def decode(self, waveform: Waveform, *, speech: SpeechFrames) -> Decoding:
        """Three decodings of the speech in `waveform`: the transcript, a second opinion, bare sounds."""
        samples = at_16khz(waveform)
        parts = [
            (start := round(span.start_s * FRAMES_PER_S), samples[start * 160 : round(span.end_s * 16_000)])
            for span in stretches(speech, duration_s=waveform.duration_s)
        ]
        return Decoding(*(_heard(d, parts) for d in (self._first, self._second, self._phone_loop)))


def _heard(fresh: _Fresh, parts: Sequence[tuple[int, FloatArray]]) -> tuple[Piece, ...]:
    """All pieces of a recording's parts (first frame, samples), on the recording's clock."""
    if not parts:
        return ()
    decoder = fresh.get()
    return tuple(piece for start, part in parts for piece in _shifted(_decode(decoder, part), start))


def _refuse_other_than_english(language: str) -> None:
    if language.lower().split("-")[0] != "en":
        raise ModelError(
            "language_unsupported",
            f"pocketsphinx understands English only, and the call is in {language!r}.",
            remedy="Fetch Whisper's multilingual weights (`models fetch base`), or type the reply.",
        )


class PocketSphinxAligner:
    """Port `Aligner` on pocketsphinx's forced alignment; not thread-safe."""

    def __init__(self) -> None:
        model_path()
        self._fresh = _Fresh(lm=None, bestpath=False)

    def align(self, waveform: Waveform, words: Sequence[str]) -> tuple[Word, ...] | None:
        """Times for each of `words`, in order and with their spelling; None where they do not fit.

        Words that are not in the dictionary take no part; their times are what lies between their
        neighbours, and their probability is 0.5 for that reason.
        """
        tokens = [[t for t in _TOKEN.findall(_plain(word)) if self._knows(t)] for word in words]
        flat = [token for group in tokens for token in group]
        if not flat or waveform.duration_s < 0.1:
            return None
        heard = self._times(at_16khz(waveform), flat)
        if heard is None:
            return None
        times: list[tuple[float, float] | None] = []
        for group in tokens:
            mine, heard = heard[: len(group)], heard[len(group) :]
            times.append((mine[0][0], mine[-1][1]) if mine else None)
        return _with_gaps_filled(words, times, duration_s=waveform.duration_s)

    def _knows(self, token: str) -> bool:
        return self._fresh.load().lookup_word(token) is not None

    def _times(self, samples: FloatArray, tokens: Sequence[str]) -> list[tuple[float, float]] | None:
        """Start and end of each token, None where pocketsphinx finds no path through all of them."""
        try:
            decoder = self._fresh.get()
            decoder.set_align_text(" ".join(tokens))
            pieces = [piece for piece in _decode(decoder, samples) if piece.is_word]
        except RuntimeError:  # "Failed to stop utterance processing": the words do not fit the sound
            self._fresh = _Fresh(lm=None, bestpath=False)  # the old one's state is unknown now
            return None
        if [piece.text for piece in pieces] != list(tokens):
            return None
        length_s = len(samples) / 16_000
        return [
            (piece.start_frame / FRAMES_PER_S, min(length_s, (piece.end_frame + 1) / FRAMES_PER_S))
            for piece in pieces
        ]


def _plain(word: str) -> str:
    return word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _with_gaps_filled(
    words: Sequence[str], times: Sequence[tuple[float, float] | None], *, duration_s: float
) -> tuple[Word, ...]:
    """Words with times; a run of words without any shares evenly what its neighbours leave."""
    known = [i for i, time in enumerate(times) if time is not None]
    filled: list[Word] = []
    for i, (word, time) in enumerate(zip(words, times, strict=True)):
        if time is not None:
            filled.append(Word(word, *time))
            continue
        before = max((k for k in known if k < i), default=-1)
        after = min((k for k in known if k > i), default=len(words))
        left = times[before] if before >= 0 else None
        right = times[after] if after < len(words) else None
        start_s, end_s = (left[1] if left else 0.0), (right[0] if right else duration_s)
        share_s = max(0.0, end_s - start_s) / (after - before - 1)
        offset = i - before - 1
        filled.append(Word(word, start_s + offset * share_s, start_s + (offset + 1) * share_s, 0.5))
    return tuple(filled)
