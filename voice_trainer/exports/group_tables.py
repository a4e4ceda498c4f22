"""A group report as a table: what HR reads on the page and in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from voice_trainer.domain.account import Team
from voice_trainer.domain.group_report import ALL_TEAMS, GroupReport

# What each figure is called, with its unit.
NAMES = {
    "practised": "Practised, % of people",
    "completed": "Assignments done, %",
    "paraphrase": "Paraphrase, points",
    "validation": "Validation, points",
    "order": "Order, points",
    "helpfulness": "Helpfulness, points",
    "stress": "Stress told, 1-5",
    "confidence": "Confidence told, 1-5",
}


def report_table(report: GroupReport, teams: Iterable[Team]) -> tuple[list[str], list[list[object]]]:
    """Header and rows; None where too few people stand behind a figure."""
    names = {team.id: team.name for team in teams} | {ALL_TEAMS: "All teams"}
    figures = [figure.name for figure in report.rows[0].figures]
    header = ["Team", "People, at least", *(NAMES.get(name, name) for name in figures)]
    rows: list[list[object]] = [
        [names.get(row.team_id, row.team_id), row.people, *(figure.value for figure in row.figures)]
        for row in report.rows
    ]
    return header, rows
