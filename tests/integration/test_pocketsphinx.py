"""The bundled recogniser on the project's own synthetic replies."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_trainer.adapters.pocketsphinx import (
    PocketSphinxAligner,
    PocketSphinxTranscriber,
    pronunciation_path,
)
from voice_trainer.domain.transcript import Transcript
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.errors import ModelError
from voice_trainer.testing.wer import spoken_words, wer

FIXTURES = Path(__file__).parents[2] / "audio_fixtures"
GOOD = "coffee-sympathy-rms"


@cache
def fixture(name: str) -> tuple[Waveform, str]:
    """A recording of `audio_fixtures/` and what is said in it."""
    lines = map(json.loads, (FIXTURES / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    line = next(line for line in lines if line["id"] == name)
    samples, rate_hz = soundfile.read(FIXTURES / line["file"], dtype="float32")
    return Waveform(samples, rate_hz), line["text"]


def speaking(waveform: Waveform, *, value: float = 1.0) -> SpeechFrames:
    return SpeechFrames(np.full(round(waveform.duration_s / 0.032), value, np.float32), 0.032)


@pytest.fixture(scope="module")
def transcriber() -> PocketSphinxTranscriber:
    return PocketSphinxTranscriber()


@pytest.fixture(scope="module")
def good(transcriber: PocketSphinxTranscriber) -> Transcript:
    waveform, _ = fixture(GOOD)
    return transcriber.transcribe(waveform, speech=speaking(waveform), language="en-GB")


def test_a_clear_reply_is_heard(good: Transcript) -> None:
    waveform, said = fixture(GOOD)
    assert wer(said, good.text) < 0.25
    assert good.text == " ".join(word.text for word in good.words)
    assert (good.engine, good.model.split()[0]) == ("pocketsphinx", "en-us")
    last_end_s = 0.0
    for word in good.words:
        assert word.start_s is not None
        assert word.end_s is not None
        assert last_end_s - 0.011 <= word.start_s < word.end_s <= waveform.duration_s
        assert 0 <= word.probability <= 1
        assert not set(word.text) & set("<>[]()+"), "no filler and no mark of a second pronunciation"
        last_end_s = word.end_s


def test_the_same_recording_gives_the_same_transcript_whatever_was_heard_before(
    transcriber: PocketSphinxTranscriber, good: Transcript
) -> None:
    waveform, _ = fixture(GOOD)
    first = waveform.between(0, 4)
    once = transcriber.transcribe(first, speech=speaking(first), language="en")
    other = Waveform(waveform.samples[::-1][:48_000].copy() * np.float32(0.1), waveform.rate_hz)
    transcriber.transcribe(other, speech=speaking(other), language="en")
    assert transcriber.transcribe(first, speech=speaking(first), language="en") == once


def test_noise_makes_a_transcript_less_reliable(
    transcriber: PocketSphinxTranscriber, good: Transcript
) -> None:
    waveform, _ = fixture(GOOD)
    noise = np.random.default_rng(1).standard_normal(len(waveform.samples)).astype(np.float32)
    level = float(np.sqrt(np.mean(waveform.samples**2)))
    noisy = Waveform(np.clip(waveform.samples + noise * level, -1, 1), waveform.rate_hz).between(0, 6)
    heard = transcriber.transcribe(noisy, speech=speaking(noisy), language="en")
    assert good.reliability is not None
    assert heard.reliability is not None
    assert 0 <= heard.reliability < 0.5 <= good.reliability <= 1


def test_times_count_from_the_start_of_the_take(transcriber: PocketSphinxTranscriber) -> None:
    waveform, _ = fixture(GOOD)
    part = waveform.between(0, 3)
    silence = np.zeros(4 * part.rate_hz, np.float32)
    late = Waveform(np.concatenate([silence, part.samples]), part.rate_hz)
    frames = np.concatenate([np.zeros(125, np.float32), np.ones(94, np.float32)])
    words = transcriber.transcribe(late, speech=SpeechFrames(frames, 0.032), language="en").words
    assert words[0].start_s is not None
    assert words[0].start_s == pytest.approx(4, abs=0.5)


def test_nobody_spoke(transcriber: PocketSphinxTranscriber) -> None:
    waveform = Waveform(np.zeros(32_000, np.float32), 16_000)
    heard = transcriber.transcribe(waveform, speech=speaking(waveform, value=0.0), language="en")
    assert (heard.text, heard.words, heard.reliability) == ("", (), 0.0)


@pytest.mark.parametrize("seconds", [0.02, 0.3, 1.0])
def test_silence_taken_for_speech_gives_no_trust(
    transcriber: PocketSphinxTranscriber, seconds: float
) -> None:
    waveform = Waveform(np.zeros(round(seconds * 16_000), np.float32), 16_000)
    heard = transcriber.transcribe(
        waveform, speech=SpeechFrames(np.ones(40, np.float32), 0.032), language="en"
    )
    assert heard.reliability is not None
    assert heard.reliability < 0.5


def test_another_language_is_refused(transcriber: PocketSphinxTranscriber) -> None:
    waveform = Waveform(np.zeros(16_000, np.float32), 16_000)
    with pytest.raises(ModelError, match="de-DE") as caught:
        transcriber.transcribe(waveform, speech=speaking(waveform), language="de-DE")
    assert caught.value.code == "language_unsupported"


def test_alignment_agrees_with_recognition(good: Transcript) -> None:
    waveform, said = fixture(GOOD)
    words = said.split()
    aligned = PocketSphinxAligner().align(waveform, words)
    assert aligned is not None
    assert [word.text for word in aligned] == words, "the spelling given comes back"
    starts = [word.start_s for word in aligned]
    assert starts == sorted(starts, key=float)
    heard = {(word.text, round(word.start_s or 0, 1)) for word in good.words}
    close = sum(
        any(
            abs((word.start_s or 0) - start) < 0.15
            for text, start in heard
            if [text] == spoken_words(word.text)
        )
        for word in aligned
    )
    assert close / len(aligned) > 0.7


def test_a_word_not_in_the_dictionary_gets_the_time_between_its_neighbours() -> None:
    waveform, said = fixture(GOOD)
    aligner = PocketSphinxAligner()
    words = said.split()
    words[3] = "Xqzzyvort,"
    aligned = aligner.align(waveform, words)
    assert aligned is not None
    assert aligned[3].text == "Xqzzyvort,"
    assert aligned[3].probability < 1
    assert (aligned[3].start_s, aligned[3].end_s) == (aligned[2].end_s, aligned[4].start_s)


@pytest.mark.parametrize("words", [[], ["Xqzzyvort"], ["..."]])
def test_nothing_to_align(words: list[str]) -> None:
    assert PocketSphinxAligner().align(fixture(GOOD)[0], words) is None


def test_words_that_cannot_fit_do_not_align_and_the_next_ones_do() -> None:
    waveform, said = fixture(GOOD)
    aligner = PocketSphinxAligner()
    assert aligner.align(waveform.between(0, 0.5), said.split()) is None
    assert aligner.align(waveform, said.split()) is not None


def test_the_dictionary_is_there() -> None:
    lines = pronunciation_path().read_text(encoding="utf-8").splitlines()
    assert len(lines) > 100_000
    assert any(line.startswith("hello HH ") for line in lines)
