"""`scenarios check`: everything wrong with a file at once, errors and warnings, in the file's order."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from voice_trainer.domain.scenario import Scenario
from voice_trainer.library.documents import Place, key_of
from voice_trainer.library.formats import ScenarioFile, to_domain
from voice_trainer.library.loading import Reading, read_scenario
from voice_trainer.library.problems import Problem, ProblemSeverity
from voice_trainer.library.quality import quality_warnings
from voice_trainer.library.rehearsal import rehearsal_warnings
from voice_trainer.ports import Embedder


def check(path: Path, *, rehearsed: bool = False, embedder: Embedder | None = None) -> list[Problem]:
    """All problems of one file; an empty list means that the call is fit for practice.

    Parameters
    ----------
    rehearsed
        Whether the judge also hears the model replies and the parroted complaints.
    embedder
        Sentence embeddings for the judge; None judges by keys and words alone.
    """
    reading = read_scenario(path)
    problems = list(reading.problems)
    scenario = reading.scenario or _without_faults(reading)
    if scenario is not None:
        warned = quality_warnings(scenario)
        if rehearsed:
            warned += rehearsal_warnings(scenario, embedder=embedder)
        problems += [
            Problem(
                ProblemSeverity.WARNING,
                path,
                reading.document.line_of(place),
                key_of(place),
                message,
                remedy,
            )
            for place, message, remedy in warned
        ]
    return sorted(problems, key=lambda p: (p.line, p.severity))


def _without_faults(reading: Reading) -> Scenario | None:
    """What the call would be without its faulty entries, so that warnings show beside errors."""
    values = copy.deepcopy(reading.document.values)
    if not isinstance(values, dict):
        return None
    for _ in range(3):  # a removed entry may leave its parent empty
        try:
            return to_domain(ScenarioFile.model_validate(values))
        except ValidationError as error:
            # from the last to the first: removing an item renumbers those after it
            places = {tuple(p for p in e["loc"] if p != "[key]") for e in error.errors(include_url=False)}
            for place in sorted(places, key=lambda p: [(isinstance(x, int), x) for x in p], reverse=True):
                _remove(values, place)
    return None


def _remove(values: Any, place: Place) -> None:
    for part in place[:-1]:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return
    if place and isinstance(values, dict):
        values.pop(place[-1], None)
    elif place and isinstance(values, list) and isinstance(place[-1], int) and place[-1] < len(values):
        del values[place[-1]]
