"""Whisper's whole path on random weights of tiny size: no real weights are on a build machine."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voice_trainer.adapters.whisper import WhisperTranscriber, load_weights
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.errors import ExitStatus, ModelError

torch = pytest.importorskip("torch", exc_type=ImportError)
ENGLISH, MULTILINGUAL = 51_864, 51_865
SEED = 6


def checkpoint(path: Path, *, layers: int = 4, heads: int = 6, vocabulary: int = ENGLISH) -> Path:
    """Random weights in openai-whisper's form, with as many layers and heads as `tiny`."""
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(SEED)
    dims = ModelDimensions(80, 1500, 6 * heads, heads, 1, vocabulary, 448, 6 * heads, heads, layers)
    state = Whisper(dims).state_dict()
    for name, values in sorted(state.items()):  # the library leaves some of them uninitialised
        state[name] = torch.randn_like(values) * 0.1
    torch.save({"dims": dims.__dict__, "model_state_dict": state}, path)
    return path


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint(tmp_path_factory.mktemp("weights") / "random.pt")


def sound(seconds: float, rate_hz: int = 22_050) -> Waveform:
    noise = np.random.default_rng(3).standard_normal(round(seconds * rate_hz)) * 0.05
    return Waveform(noise.astype(np.float32), rate_hz)


def spoken(seconds: float, start_s: float, end_s: float) -> SpeechFrames:
    times = np.arange(round(seconds / 0.032)) * 0.032
    return SpeechFrames(((times >= start_s) & (times < end_s)).astype(np.float32), 0.032)


def test_words_come_with_times_inside_the_speech_and_a_reliability(weights: Path) -> None:
    before = torch.get_num_threads()
    transcriber = WhisperTranscriber(weights, threads=1)
    transcript = transcriber.transcribe(sound(8), speech=spoken(8, 3, 6), language="en-GB")
    assert (transcript.engine, transcript.model) == ("whisper", "random")
    assert torch.get_num_threads() == before
    assert transcript.words, "random weights still say something"
    for word in transcript.words:
        assert word.start_s is not None
        assert word.end_s is not None
        assert 2.6 <= word.start_s <= word.end_s <= 6.5
        assert 0 <= word.probability <= 1
    assert transcript.reliability is not None
    assert transcript.reliability < 0.5, "random weights are not to be trusted"
    again = transcriber.transcribe(sound(8), speech=spoken(8, 3, 6), language="en-GB")
    assert again == transcript


def test_nobody_spoke_so_whisper_is_not_even_loaded(tmp_path: Path) -> None:
    absent = WhisperTranscriber(tmp_path / "absent.pt")
    transcript = absent.transcribe(sound(3), speech=spoken(3, 5, 5), language="en")
    assert (transcript.text, transcript.words, transcript.reliability) == ("", (), 0.0)


def test_english_weights_refuse_another_language(weights: Path) -> None:
    with pytest.raises(ModelError, match="English only") as caught:
        WhisperTranscriber(weights).transcribe(sound(2), speech=spoken(2, 0, 2), language="de-DE")
    assert caught.value.code == "language_unsupported"


@pytest.mark.parametrize(("vocabulary", "name"), [(ENGLISH, "tiny.en"), (MULTILINGUAL, "tiny")])
def test_loading_by_path_sets_the_published_alignment_heads(
    tmp_path: Path, vocabulary: int, name: str
) -> None:
    from whisper import _ALIGNMENT_HEADS

    model = load_weights(checkpoint(tmp_path / "renamed.pt", vocabulary=vocabulary))
    found = model.alignment_heads.to_dense()
    model.set_alignment_heads(_ALIGNMENT_HEADS[name])
    assert torch.equal(found, model.alignment_heads.to_dense())


def test_a_size_nobody_published_keeps_the_default_heads(tmp_path: Path) -> None:
    model = load_weights(checkpoint(tmp_path / "odd.pt", layers=2, heads=2))
    assert model.alignment_heads.to_dense().sum() == 2


def _truncated(path: Path) -> None:
    whole = checkpoint(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _wrong_shapes(path: Path) -> None:
    content = torch.load(checkpoint(path), weights_only=True)
    content["dims"]["n_text_state"] += 6
    torch.save(content, path)


def _pickled_code(path: Path) -> None:
    path.write_bytes(pickle.dumps({"dims": Path("x"), "model_state_dict": {}}, protocol=2))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (Path.exists, "model_missing"),
        (lambda path: path.write_bytes(b""), "model_broken"),
        (lambda path: path.write_bytes(b"not a model " * 50), "model_broken"),
        (lambda path: path.write_text("RIFF"), "model_broken"),
        (_truncated, "model_broken"),
        (lambda path: torch.save({"weights": torch.zeros(3)}, path), "model_broken"),
        (lambda path: torch.save([1, 2, 3], path), "model_broken"),
        (_wrong_shapes, "model_broken"),
        (_pickled_code, "model_broken"),
    ],
    ids=["absent", "empty", "garbage", "text", "truncated", "wrong dict", "list", "shapes", "pickled code"],
)
def test_every_bad_file_is_one_clear_error(tmp_path: Path, spoil: Callable[[Path], Any], code: str) -> None:
    path = tmp_path / "mine.pt"
    spoil(path)
    with pytest.raises(ModelError, match=r"mine\.pt") as caught:
        WhisperTranscriber(path).load()
    assert caught.value.code == code
    assert caught.value.exit_status == ExitStatus.MODEL
    assert caught.value.remedy


def test_a_published_name_with_other_weights_is_refused(tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "tiny.en.pt")
    with pytest.raises(ModelError, match="SHA-256") as caught:
        WhisperTranscriber(path).load()
    assert caught.value.code == "model_checksum"


def test_without_torch_there_is_one_clear_error(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "whisper", None)
    with pytest.raises(ModelError, match="not installed") as caught:
        WhisperTranscriber(weights).load()
    assert caught.value.code == "whisper_missing"
