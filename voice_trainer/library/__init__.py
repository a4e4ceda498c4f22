"""Finds, loads and checks scenarios."""

from voice_trainer.library.checking import check
from voice_trainer.library.finding import ScenarioLibrary, builtin_folder
from voice_trainer.library.loading import load_scenario
from voice_trainer.library.problems import Problem, ProblemSeverity
from voice_trainer.library.snapshot import sha256

__all__ = [
    "Problem",
    "ProblemSeverity",
    "ScenarioLibrary",
    "builtin_folder",
    "check",
    "load_scenario",
    "sha256",
]
