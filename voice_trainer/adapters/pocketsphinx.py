"""The recogniser that comes in a wheel: CMU pocketsphinx with its US English model, 38 MB, offline.

It hears well-read speech and misses much of free speech, so each transcript carries a reliability (see
`reliability`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

from voice_trainer.adapters.reliability import Piece, pocketsphinx_reliability
from voice_trainer.adapters.speech_audio import at_16khz, stretches
from voice_trainer.adapters.sphinx_decoder import (
    FRAMES_PER_S,
    FreshDecoder,
    heard_by,
    model_path,
    pronunciation_path,
)
from voice_trainer.domain.transcript import Transcript, Word
from voice_trainer.domain.waveform import FloatArray, SpeechFrames, Waveform
from voice_trainer.errors import ModelError

__all__ = ["PocketSphinxAligner", "PocketSphinxTranscriber", "pronunciation_path"]

_SEARCH = {
    # The default is 6.5. A lower weight hears hardly worse, and its posteriors say more about the words.
    "lw": 5.5,
    # Without the second, flat pass: as accurate here and a fifth cheaper.
    "fwdflat": False,
    # Bounds on the words and states tried in a frame: without them babble took up to 8 s of CPU a second
    # of sound, with them about half a second, and clear speech is heard as well.
    "maxwpf": 20,
    "maxhmmpf": 6000,
}
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*'?")


def _shifted(pieces: Sequence[Piece], frames: int) -> list[Piece]:
    return [
        replace(piece, start_frame=piece.start_frame + frames, end_frame=piece.end_frame + frames)
        for piece in pieces
    ]


class PocketSphinxTranscriber:
    """Port `Transcriber` on pocketsphinx. The decoder loads at first use and is kept; not thread-safe."""

    def __init__(self) -> None:
        self.engine = "pocketsphinx"
        self.model = f"en-us {version('pocketsphinx')}"
        self._decoder = FreshDecoder(lm=str(model_path() / "en-us.lm.bin"), **_SEARCH)

    def load(self) -> None:
        """Load now what the first transcript would otherwise wait for (about half a second)."""
        self._decoder.load()

    def transcribe(self, waveform: Waveform, *, speech: SpeechFrames, language: str) -> Transcript:
        """Recognise what was said where `speech` says somebody spoke."""
        _refuse_other_than_english(language)
        spoken = self.words(waveform, speech=speech)
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
        return Transcript(text, words, self.engine, self.model, pocketsphinx_reliability(spoken))

    def words(self, waveform: Waveform, *, speech: SpeechFrames) -> tuple[Piece, ...]:
        """The words heard where somebody spoke, without fillers and silences."""
        spans = stretches(speech, duration_s=waveform.duration_s)
        if not spans:
            return ()
        samples = at_16khz(waveform)
        decoder = self._decoder.fresh()
        heard: list[Piece] = []
        for span in spans:
            first, last = (round(t * FRAMES_PER_S) for t in (span.start_s, span.end_s))
            heard += _shifted(heard_by(decoder, samples[first * 160 : last * 160]), first)
        return tuple(piece for piece in heard if piece.is_word)


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
        model_path()  # says at once where pocketsphinx is not installed
        self._decoder = _aligning()

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
        return self._decoder.load().lookup_word(token) is not None

    def _times(self, samples: FloatArray, tokens: Sequence[str]) -> list[tuple[float, float]] | None:
        """Start and end of each token, None where pocketsphinx finds no path through all of them."""
        try:
            decoder = self._decoder.fresh()
            decoder.set_align_text(" ".join(tokens))
            pieces = [piece for piece in heard_by(decoder, samples) if piece.is_word]
        except RuntimeError:  # "Failed to stop utterance processing": the words do not fit the sound
            self._decoder = _aligning()  # the old one's state is unknown now
            return None
        if [piece.text for piece in pieces] != list(tokens):
            return None
        length_s = len(samples) / 16_000
        return [
            (piece.start_frame / FRAMES_PER_S, min(length_s, (piece.end_frame + 1) / FRAMES_PER_S))
            for piece in pieces
        ]


def _aligning() -> FreshDecoder:
    # The search through the lattice makes the phone pass fail on a quarter of recordings.
    return FreshDecoder(lm=None, bestpath=False)


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
