"""HR's page: groups of five people or more, one month at a time."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from voice_trainer.exports.group_tables import report_table
from voice_trainer.exports.spreadsheet import spreadsheet
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import CurrentVisit, Visit

router = APIRouter(include_in_schema=False)

MONTHS_BACK = 12


@router.get("/reports", response_class=HTMLResponse)
def report(request: Request, visit: CurrentVisit, month: str = "") -> Response:
    """A month's report, the last one by itself."""
    visit.ask(Action.VIEW, Resource(Kind.GROUP_REPORT), resource_id=month)
    months = _months(visit)
    header, rows = _table(visit, month or months[0])
    return visit.page(
        request, "team/report.html.j2", months=months, month=month or months[0], header=header, rows=rows
    )


@router.get("/reports/{month}.csv")
def report_as_spreadsheet(visit: CurrentVisit, month: str) -> Response:
    """The same as a spreadsheet."""
    visit.ask(Action.EXPORT, Resource(Kind.GROUP_REPORT), resource_id=month)
    header, rows = _table(visit, month)
    headers = {"Content-Disposition": f'attachment; filename="practice-{month}.csv"'}
    return Response(spreadsheet(header, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _table(visit: Visit, month: str) -> tuple[list[str], list[list[object]]]:
    return report_table(visit.house.report_office.report(month), visit.house.accounts.teams())


def _months(visit: Visit) -> list[str]:
    """Months that are over, the last first."""
    first = visit.house.clock.now().date().replace(day=1)
    found = []
    for _ in range(MONTHS_BACK):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(f"{first:%Y-%m}")
    return found
