"""Which call to practise: the first page, its filters, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from voice_trainer.domain.call import TURNS_MAX
from voice_trainer.domain.scenario import Scenario
from voice_trainer.practice.suggestion import Suggestion, suggest
from voice_trainer.teams.policy import Kind
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.handing import asked_of
from voice_trainer.web.schemas import PROBLEMS, CallOut

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/calls", tags=["calls"], responses=PROBLEMS)

KINDS = {"complaint": "Complaints", "sales": "Sales"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty: everything."""

    words: str = ""
    industry: str = ""
    kind: str = ""
    difficulty: str = ""

    def keeps(self, call: Scenario) -> bool:
        """Whether a call belongs in the narrowed list."""
        text = f"{call.title} {call.industry} {call.persona.name} {call.persona.about}".casefold()
        return (
            all(word in text for word in self.words.casefold().split())
            and self.industry in ("", call.industry)
            and self.kind in ("", call.kind.value)
            and self.difficulty in ("", str(call.difficulty))
        )


@router.get("/", response_class=HTMLResponse)
def calls(
    request: Request,
    visit: CurrentVisit,
    words: Annotated[str, Query(max_length=200)] = "",
    industry: Annotated[str, Query(max_length=100)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    difficulty: Annotated[str, Query(max_length=1)] = "",
) -> HTMLResponse:
    """The calls there are: what a coach asked for first, then today's suggestion."""
    visit.own(Kind.SCENARIO)
    known = visit.house.library.all()
    filters = Filters(words, industry, kind, difficulty)
    return visit.page(
        request,
        "calls.html.j2",
        calls=[call for call in known if filters.keeps(call)],
        industries=sorted({call.industry for call in known}),
        kinds=KINDS,
        turns_max=TURNS_MAX,
        filters=filters,
        today=_today(visit, known),
        latest=_latest(visit),
        asked=asked_of(visit),
    )


@api.get("")
def list_calls(visit: CurrentVisit) -> list[CallOut]:
    """Every call, the easiest first."""
    visit.own(Kind.SCENARIO)
    return [CallOut.of(call) for call in visit.house.library.all()]


@api.get("/{call_id}")
def call(call_id: str, visit: CurrentVisit) -> CallOut:
    """One call."""
    visit.own(Kind.SCENARIO)
    return CallOut.of(visit.house.library.known(call_id))


def _today(visit: Visit, known: Sequence[Scenario]) -> Suggestion | None:
    """Today's call and why; None where there are no calls at all."""
    house = visit.house
    return suggest(known, person=visit.person, store=house.growth, clock=house.clock) if known else None


def _latest(visit: Visit) -> dict[str, int | None]:
    """Listening points of the newest attempt at each call, by its id."""
    points: dict[str, int | None] = {}
    for line in visit.house.store.summaries(person=visit.person, limit=200):
        points.setdefault(line.scenario_id, line.listening_points)
    return points
