"""Reads the rubrics that come with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from voice_trainer.domain.rubric import CriterionRule, Norm, Rubric
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError

CURRENT_VERSION = "1"


def available_versions() -> list[str]:
    """Versions of all rubrics that come with the program."""
    folder = resources.files(__package__) / "rubrics"
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )


@cache
def load_rubric(version: str = CURRENT_VERSION) -> Rubric:
    """The rubric of that version.

    Raises
    ------
    UsageError
        ``rubric_unknown`` where no such version comes with the program.
    """
    if version not in available_versions():
        raise UsageError(
            "rubric_unknown",
            f"There is no rubric {version!r}.",
            remedy=f"Use one of: {', '.join(available_versions())}.",
        )
    text = (resources.files(__package__) / "rubrics" / f"{version}.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    return Rubric(
        version=raw["version"],
        reliability_min=raw["reliability_min"],
        criteria={criterion: _rule(criterion, raw[criterion]) for criterion in Criterion},
        reaction=raw["reaction"],
    )


def _rule(criterion: Criterion, raw: dict[str, Any]) -> CriterionRule:
    top, middle, low = raw["bands"]
    return CriterionRule(
        criterion=criterion,
        weight=raw["weight"],
        bands=(top, middle, low),
        norm=Norm(raw["norm"], raw["source"]),
        numbers=raw.get("numbers", {}),
        curves={
            name: tuple((float(x), float(y)) for x, y in points)
            for name, points in raw.get("curves", {}).items()
        },
    )


def along(curve: tuple[tuple[float, float], ...], value: float) -> float:
    """The piecewise linear curve at `value`; flat beyond its ends."""
    (left, points), *rest = curve
    if value <= left:
        return points
    for right, next_points in rest:
        if value <= right:
            return points + (next_points - points) * (value - left) / (right - left)
        left, points = right, next_points
    return points
