"""Where the calls lie: the built-in folder, overlaid by the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voice_trainer.domain.scenario import Scenario
from voice_trainer.errors import ScenarioError
from voice_trainer.library.loading import SUFFIXES, load_scenario, read_scenario
from voice_trainer.library.problems import Problem, ProblemSeverity

NEAREST = 3


def builtin_folder() -> Path:
    """The calls that came with the program: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    places = (package / "prompts", package.parent / "prompts")
    for place in places:
        if place.is_dir():
            return place
    raise ScenarioError(
        "scenarios_missing",
        f"The built-in calls are missing: neither {places[0]} nor {places[1]} exists.",
        remedy="Install the program again, or name a file with --scenario FILE.",
    )


class ScenarioLibrary:
    """The calls of several folders; a later folder overlays an earlier one, call by call.

    Parameters
    ----------
    folders
        From the lowest to the highest precedence, as in ``[builtin_folder(), user_folder]``.
        A folder that does not exist is empty.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self._paths: dict[str, Path] = {}
        self._duplicates: list[Problem] = []
        self._read: dict[Path, tuple[tuple[int, int], Scenario | None]] = {}
        for folder in self.folders:
            self._paths |= self._of_folder(folder)

    def _of_folder(self, folder: Path) -> dict[str, Path]:
        """The files of one folder by id; the id is the file's name, so nothing need be read for it."""
        found: dict[str, Path] = {}
        for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if hidden:
                continue
            if path.stem in found:
                self._duplicates.append(
                    Problem(
                        ProblemSeverity.ERROR,
                        path,
                        0,
                        "id",
                        f"The id `{path.stem}` is taken by {found[path.stem]}.",
                        "Rename one of the two files and its id.",
                    )
                )
                continue
            found[path.stem] = path
        return found

    def ids(self) -> tuple[str, ...]:
        """Every id, in alphabetical order."""
        return tuple(sorted(self._paths))

    def path(self, scenario_id: str) -> Path | None:
        """The file of an id, the overlay's where there is one."""
        return self._paths.get(scenario_id)

    def known(self, scenario_id: str) -> Scenario:
        """The call of that id and no file elsewhere: for names that come from outside."""
        path = self._paths.get(scenario_id)
        if path is None:
            raise self._unknown(scenario_id)
        return self._sound(path) or load_scenario(path)

    def get(self, id_or_path: str | Path) -> Scenario:
        """The call of that id, or in that file.

        Raises `ScenarioError` ``scenario_unknown`` with the nearest names, ``scenario_missing`` or
        ``scenario_invalid``. A faulty file of the user is never replaced by the built-in call in silence.
        """
        text = str(id_or_path).strip()
        known = self._paths.get(text) or self._paths.get(text.rsplit("/", 1)[-1])
        path = Path(text).expanduser()
        looks_like_file = path.suffix in SUFFIXES
        if known is not None and not looks_like_file:
            return load_scenario(known)
        if looks_like_file or _is_file(path):
            return load_scenario(path)
        raise self._unknown(text)

    def all(self) -> tuple[Scenario, ...]:
        """Every sound call, the easiest first; faulty files are left out and told by `problems`."""
        read = (self._sound(path) for path in self._paths.values())
        sound = [scenario for scenario in read if scenario is not None]
        return tuple(sorted(sound, key=lambda s: (s.difficulty, s.id)))

    def _sound(self, path: Path) -> Scenario | None:
        """The call in a file, read once as long as the file stays as it is; None where it is faulty.

        A server shows all calls on its first page, and reading them takes a tenth of a second.
        """
        try:
            status = path.stat()
        except OSError:
            return None
        state = (status.st_mtime_ns, status.st_size)
        known = self._read.get(path)
        if known is None or known[0] != state:
            known = self._read[path] = (state, read_scenario(path).scenario)
        return known[1]

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files that `all` leaves out, duplicate ids included."""
        faults = [problem for path in self._paths.values() for problem in read_scenario(path).problems]
        return (*self._duplicates, *faults)

    def _unknown(self, text: str) -> ScenarioError:
        from rapidfuzz import fuzz, process

        near = process.extract(text.lower(), self.ids(), scorer=fuzz.WRatio, limit=NEAREST, score_cutoff=60)
        names = ", ".join(name for name, _, _ in near)
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        return ScenarioError(
            "scenario_unknown",
            f"There is no call `{shown}`.",
            remedy=(f"Did you mean: {names}? " if names else "")
            + "`voice-trainer scenarios list` shows all; a file needs its ending, .yaml.",
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or one with a null byte
        return False
