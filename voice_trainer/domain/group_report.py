"""What HR may see: whether a group practises and gets better, never who.

A report covers one whole month and every team once. It is made once and kept as it was made, so that no two
reports can be held against each other: within a month the groups do not overlap, and months share no data.

A figure is shown only where it rests on `GROUP_MIN` people or more. The figure of all teams together is
shown only where the people in it but in no shown team are none, or again `GROUP_MIN`: else the difference
would be theirs. Shares are rounded, and never said to be none or all, which would be a word about everyone.
Nothing here comes from tone, pace or the customer's reaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from voice_trainer.domain.score import CONTENT_CRITERIA, Criterion

GROUP_MIN = 5
SHARE_STEP = 5  # percent
ALL_TEAMS = ""


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """What one person did in one month. It leaves this module only as part of a group.

    `points` is the mean of the person's own takes by content criterion, under one rubric version.
    """

    team_id: str
    attempts: int = 0
    assigned: int = 0  # assignments that fell due
    completed: int = 0
    points: Mapping[Criterion, float] = field(default_factory=dict)
    stress: float | None = None  # mean of the month's check-ins, 1..5
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a group; `value` is None where too few people stand behind it."""

    name: str
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One team, or all of them (`ALL_TEAMS`). `people` is rounded down to a multiple of `GROUP_MIN`."""

    team_id: str
    people: int | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class GroupReport:
    """One month."""

    month: str  # 2026-11
    rubric_version: str
    rows: tuple[GroupRow, ...]


_Reading = Callable[[PersonMonth], float | None]


def _readings() -> dict[str, tuple[_Reading, str]]:
    def share(person: PersonMonth) -> float | None:
        return 100.0 * min(1.0, person.completed / person.assigned) if person.assigned else None

    def of(criterion: Criterion) -> _Reading:
        return lambda person: person.points.get(criterion)

    return {
        "practised": (lambda person: 100.0 * bool(person.attempts), "%"),
        "completed": (share, "%"),
        **{criterion.value: (of(criterion), "points") for criterion in CONTENT_CRITERIA},
        "stress": (lambda person: person.stress, "1-5"),
        "confidence": (lambda person: person.confidence, "1-5"),
    }


def group_report(month: str, people: Iterable[PersonMonth], *, rubric_version: str) -> GroupReport:
    """The report of a month that is over."""
    teams: dict[str, list[PersonMonth]] = defaultdict(list)
    for person in people:
        teams[person.team_id].append(person)
    groups = [teams[team] for team in sorted(teams)]
    figures = {
        name: _shown(groups, reading, name=name, unit=unit) for name, (reading, unit) in _readings().items()
    }
    names = [*sorted(teams), ALL_TEAMS]
    counts = _shown_counts(groups)
    rows = (
        GroupRow(team, counts[at], tuple(of_team[at] for of_team in figures.values()))
        for at, team in enumerate(names)
    )
    return GroupReport(month, rubric_version, tuple(rows))


def _shown(
    groups: Sequence[Sequence[PersonMonth]], reading: _Reading, *, name: str, unit: str
) -> list[Figure]:
    """One figure for each group and, last, for all of them."""
    values = [[value for person in group if (value := reading(person)) is not None] for group in groups]
    shown = _showable([len(of_group) for of_group in values])
    everybody = [value for of_group in values for value in of_group]
    return [
        Figure(name, _rounded(of_group, unit) if is_shown else None, unit)
        for of_group, is_shown in zip([*values, everybody], shown, strict=True)
    ]


def _shown_counts(groups: Sequence[Sequence[PersonMonth]]) -> list[int | None]:
    sizes = [len(group) for group in groups]
    shown = _showable(sizes)
    return [
        size // GROUP_MIN * GROUP_MIN if is_shown else None
        for size, is_shown in zip([*sizes, sum(sizes)], shown, strict=True)
    ]


def _showable(sizes: Sequence[int]) -> list[bool]:
    """Which groups may be shown and, last, whether all of them together may."""
    shown = [size >= GROUP_MIN for size in sizes]
    hidden = sum(size for size, is_shown in zip(sizes, shown, strict=True) if not is_shown)
    together = sum(sizes) >= GROUP_MIN and (hidden == 0 or hidden >= GROUP_MIN)
    return [*shown, together]


def _rounded(values: Sequence[float], unit: str) -> float:
    mean = sum(values) / len(values)
    if unit == "%":
        step = round(mean / SHARE_STEP) * SHARE_STEP
        return float(min(100 - SHARE_STEP, max(SHARE_STEP, step)))
    return round(mean, 1) if unit == "1-5" else float(round(mean))
