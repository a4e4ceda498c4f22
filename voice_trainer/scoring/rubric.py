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
    return read_rubric(rubric_text(version))


def rubric_text(version: str) -> str:
    """The rubric of that version as it was written; it must be one of `available_versions`."""
    return (resources.files(__package__) / "rubrics" / f"{version}.toml").read_text(encoding="utf-8")


def read_rubric(text: str) -> Rubric:
    """A rubric from TOML, as a coach may have written it.

    Raises
    ------
    UsageError
        ``rubric_wrong`` names the first part that is missing or cannot be what stands there.
    """
    try:
        raw = tomllib.loads(text)
        rubric = Rubric(
            version=str(raw["version"]),
            reliability_min=float(raw["reliability_min"]),
            criteria={criterion: _rule(criterion, raw[criterion]) for criterion in Criterion},
            reaction={name: float(value) for name, value in raw["reaction"].items()},
        )
    except tomllib.TOMLDecodeError as error:
        raise _wrong(str(error)) from error
    except KeyError as error:
        raise _wrong(f"{error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _wrong(str(error)) from error
    _check(rubric)
    return rubric


def _check(rubric: Rubric) -> None:
    for name, rule in rubric.criteria.items():
        if not 0 <= rule.weight <= 1:
            raise _wrong(f"{name}.weight is {rule.weight}, and a weight lies between 0 and 1")
        for curve, points in rule.curves.items():
            values = [value for value, _ in points]
            if len(points) < 2 or values != sorted(set(values)):
                raise _wrong(f"{name}.curves.{curve} needs two points or more, from the smallest value up")
    if not 0 <= rubric.reliability_min <= 1:
        raise _wrong(f"reliability_min is {rubric.reliability_min}, and it lies between 0 and 1")


def _wrong(what: str) -> UsageError:
    return UsageError(
        "rubric_wrong",
        f"The rubric cannot be used: {what}.",
        remedy="Start from the current rubric and change numbers and sentences only.",
    )


def _rule(criterion: Criterion, raw: dict[str, Any]) -> CriterionRule:
    top, middle, low = raw["bands"]
    return CriterionRule(
        criterion=criterion,
        weight=float(raw["weight"]),
        bands=(top, middle, low),
        norm=Norm(raw["norm"], raw["source"]),
        numbers={name: float(value) for name, value in raw.get("numbers", {}).items()},
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
