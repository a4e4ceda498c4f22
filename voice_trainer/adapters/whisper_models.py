"""Whisper's weights: which exist, where they lie, and how they are fetched.

Names, addresses and checksums are read from the installed openai-whisper at run time, from its source
rather than by importing it: the import would pull in torch and take seconds to print a list.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from voice_trainer.adapters.downloads import download
from voice_trainer.errors import ModelError

# What to use of several weights: the best that a plain CPU still decodes faster than it was spoken;
# English-only weights before multilingual ones of the same size; the big ones only if nothing else is there.
PREFERENCE = (
    *("small.en", "small", "base.en", "base", "tiny.en", "tiny", "medium.en", "medium"),
    *("large-v3-turbo", "turbo", "large-v3", "large", "large-v2", "large-v1"),
)
DEFAULT_NAME = "base.en"


@dataclass(frozen=True, slots=True)
class Published:
    """Weights that openai-whisper knows: `sha256` is the checksum in the address."""

    name: str
    url: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name of the file, as in the address."""
        return self.url.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of `models list`; `path` is None where the weights are not on this machine."""

    name: str
    path: Path | None
    size_bytes: int | None


def catalogue() -> dict[str, Published]:
    """All published weights by name. Raises `ModelError` ``whisper_missing`` without openai-whisper."""
    spec = find_spec("whisper")
    if spec is None or spec.origin is None:
        raise whisper_missing()
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "_MODELS" for t in node.targets):
            urls: dict[str, str] = ast.literal_eval(node.value)
            return {name: Published(name, url, url.split("/")[-2]) for name, url in urls.items()}
    raise ModelError(
        "whisper_missing",
        "The installed package `whisper` names no models; another package may have taken its name.",
        remedy="Install openai-whisper: `pip install openai-whisper`.",
    )


def whisper_missing(detail: str = "") -> ModelError:
    """The error for a machine without openai-whisper or torch."""
    return ModelError(
        "whisper_missing",
        f"The recogniser Whisper is not installed{f' ({detail})' if detail else ''}.",
        remedy="Run `python3 bootstrap.py` again, or `pip install openai-whisper`; "
        "or use `--engine pocketsphinx`.",
    )


def whisper_cache() -> Path:
    """The folder that openai-whisper itself downloads to."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"


def published(name: str) -> Published:
    """The weights of that name. Raises `ModelError` ``model_unknown``, with all names."""
    known = catalogue()
    if name not in known:
        raise ModelError(
            "model_unknown",
            f"Whisper has no model called {name!r}.",
            remedy=f"Choose one of: {', '.join(known)}.",
        )
    return known[name]


def listed(directories: Iterable[Path]) -> list[Listed]:
    """Every published name and where its weights lie, then other ``.pt`` files of `directories`."""
    folders = list(directories)
    lines = []
    for model in catalogue().values():
        path = _first_file(folders, model.file_name)
        lines.append(Listed(model.name, path, path.stat().st_size if path else None))
    known = {line.path for line in lines}
    others = [p for folder in folders if folder.is_dir() for p in sorted(folder.glob("*.pt"))]
    return lines + [Listed(p.stem, p, p.stat().st_size) for p in others if p not in known]


def find_weights(model: str | Path | None, *, directories: Iterable[Path]) -> Path | None:
    """The file of weights to use.

    Parameters
    ----------
    model
        A published name, a file, a folder holding ``.pt`` files, or None for the best there is.
    directories
        Where to look for names, in order.

    Returns
    -------
    Path or None
        None only where `model` is None and there are no weights.

    Raises
    ------
    ModelError
        ``model_missing`` where `model` was asked for and is not there; ``model_unknown``.
    """
    folders = list(directories)
    if model is None:
        return _best(folders)
    path = Path(model).expanduser()
    if path.is_dir():
        return _best([path]) or _raise_missing(f"There are no weights (*.pt) in {path}")
    if path.is_file():
        return path
    if path.suffix == ".pt" or len(path.parts) > 1:
        return _raise_missing(f"There is no file of weights at {path}")
    found = _first_file(folders, published(str(model)).file_name)
    where = " or ".join(map(str, folders)) or "any folder"
    return found or _raise_missing(f"The weights of Whisper {model} are not in {where}", str(model))


def verify(path: Path) -> None:
    """Raise `ModelError` ``model_checksum`` where a file with a published name has other content."""
    expected = {m.file_name: m.sha256 for m in catalogue().values()}.get(path.name)
    if expected is not None and (actual := sha256(path)) != expected:
        raise ModelError(
            "model_checksum",
            f"The weights in {path} are damaged: SHA-256 {actual[:12]}…, expected {expected[:12]}….",
            remedy=f"Fetch them again: `voice-trainer models fetch {path.stem}`.",
        )


def sha256(path: Path) -> str:
    """Checksum of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(
    name: str,
    *,
    models_dir: Path,
    progress: Callable[[int, int | None], None] = lambda _done, _total: None,
) -> Path:
    """Download the weights called `name` into `models_dir`, going on where an earlier try stopped.

    Parameters
    ----------
    progress
        Called with the bytes there so far and the bytes in all (None where the server does not say).

    Raises
    ------
    ModelError
        ``model_unknown``, ``network``, ``model_checksum``.
    StorageError
        The folder cannot be written or the disk is full.
    """
    model = published(name)
    target = models_dir / model.file_name
    if target.is_file() and sha256(target) == model.sha256:
        size = target.stat().st_size
        progress(size, size)
        return target
    download(model.url, target, sha256=model.sha256, progress=progress)
    return target


def _best(folders: list[Path]) -> Path | None:
    """The preferred weights, else any other ``.pt`` file."""
    for name in PREFERENCE:
        if path := _first_file(folders, f"{name}.pt"):
            return path
    others = (p for folder in folders if folder.is_dir() for p in sorted(folder.glob("*.pt")))
    return next(others, None)


def _first_file(folders: list[Path], file_name: str) -> Path | None:
    return next((folder / file_name for folder in folders if (folder / file_name).is_file()), None)


def _raise_missing(what: str, name: str = DEFAULT_NAME) -> Path:
    raise ModelError(
        "model_missing",
        f"{what}.",
        remedy=f"Fetch them once with `voice-trainer models fetch {name}`, "
        "name the file with `--model FILE`, or use `--engine pocketsphinx`.",
    )
