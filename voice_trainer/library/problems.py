"""What is wrong with a scenario file, said so that a coach can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ProblemSeverity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"  # the call cannot be practised
    WARNING = "warning"  # it can, but it will be judged less well


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file.

    Attributes
    ----------
    line
        Counted from 1; 0 where the whole file is meant.
    key
        Where in the file, as in ``turns[0].facts[1].keys``; empty for the whole file.
    """

    severity: ProblemSeverity
    file: Path
    line: int
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else str(self.file)
        at = f", {self.key}" if self.key else ""
        return f"{place}{at}: {self.message} {self.remedy}".strip()
