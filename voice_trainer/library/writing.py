"""A new call as a file: the values a coach gave, checked before anything is written."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from voice_trainer.errors import StorageError, UsageError
from voice_trainer.library.loading import load_scenario


def slug(title: str) -> str:
    """A title as an id: ``The late parcel!`` becomes ``the-late-parcel``; empty where no letter is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")


def scenario_text(values: Mapping[str, Any]) -> str:
    """The YAML of a call, in the order of `values`; entries that are empty are left out.

    Raises
    ------
    ScenarioError
        ``scenario_invalid`` where the call would not load.
    """
    text = yaml.safe_dump(
        _without_empty(values), sort_keys=False, allow_unicode=True, width=100, default_flow_style=False
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{values.get('id', 'call')}.yaml"
        path.write_text(text, encoding="utf-8")
        load_scenario(path)
    return text


def write_scenario(values: Mapping[str, Any], path: Path, *, replace: bool = False) -> None:
    """Write a call to `path`, whose folders are made where needed.

    Raises
    ------
    ScenarioError
        ``scenario_invalid``: nothing is written then.
    UsageError
        ``file_exists`` unless `replace`.
    StorageError
        ``export_failed`` where the file cannot be written.
    """
    text = scenario_text(values)
    if path.exists() and not replace:
        raise UsageError("file_exists", f"{path} exists already.", remedy="Choose another id, or --force.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            "export_failed", f"{path} cannot be written: {error}.", remedy="Choose another folder."
        ) from error


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _without_empty(entry) for key, entry in value.items()}
        return {key: entry for key, entry in kept.items() if entry not in ("", None, [], {})}
    if isinstance(value, list | tuple):
        return [_without_empty(entry) for entry in value]
    return value
