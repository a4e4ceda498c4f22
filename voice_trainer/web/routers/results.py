"""One's own calls and how each reply was judged, with the evidence behind every number."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import as_judged, follow_call, in_order
from voice_trainer.domain.review import Dispute
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError
from voice_trainer.exports.course import explained, tenseness
from voice_trainer.exports.wording import CRITERIA
from voice_trainer.practice.attempts import delete_attempt
from voice_trainer.teams.policy import Action, Kind, Resource, permits
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.handing import handing_in
from voice_trainer.web.judging import ask_again, under_way
from voice_trainer.web.panels import file_to_hand_on, take_view

router = APIRouter(include_in_schema=False)
PAGE = 50
_OFFSET_MAX = 10_000_000
_ALL = "delete all"  # typed by who means it


@router.get("/attempts", response_class=HTMLResponse)
def attempts(
    request: Request,
    visit: CurrentVisit,
    offset: Annotated[int, Query(ge=0, le=_OFFSET_MAX)] = 0,
) -> HTMLResponse:
    """One's own calls, newest first."""
    return _list(request, visit, offset=offset)


@router.post("/attempts/delete", response_class=HTMLResponse)
def delete_all(
    request: Request, visit: CurrentVisit, words: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Delete all of one's own calls; `words` says that it is meant."""
    visit.ask(Action.DELETE, Resource(Kind.ATTEMPT, visit.person))
    if " ".join(words.casefold().split()) != _ALL:
        fault = UsageError(
            "deletion_unconfirmed",
            f"{words!r} was typed, so nothing was deleted.",
            remedy=f"Type the words {_ALL!r}.",
        )
        return _list(request, visit, fault=fault, status=422)
    house = visit.house
    while lines := house.store.summaries(person=visit.person, limit=PAGE):
        for line in lines:
            delete_attempt(house.store.get(line.id), store=house.store, blobs=house.blobs)
    return RedirectResponse("/attempts", status_code=303)


@router.post("/attempts/{attempt_id}/delete")
def delete(attempt_id: str, visit: CurrentVisit) -> Response:
    """Delete one call: rows, recordings and what was made from them."""
    found = visit.attempt(attempt_id, Action.DELETE)
    delete_attempt(found, store=visit.house.store, blobs=visit.house.blobs)
    return RedirectResponse("/attempts", status_code=303)


@router.get("/attempts/{attempt_id}")
def newest(attempt_id: str, visit: CurrentVisit) -> Response:
    """The newest reply of a call; the list where none was kept."""
    takes = in_order(visit.attempt(attempt_id))
    return RedirectResponse(
        f"/attempts/{attempt_id}/takes/{takes[-1].id}" if takes else "/attempts", status_code=303
    )


@router.get("/attempts/{attempt_id}/takes/{take_id}", response_class=HTMLResponse)
def result(
    attempt_id: str,
    take_id: str,
    request: Request,
    visit: CurrentVisit,
    beside: Annotated[str | None, Query(max_length=64)] = None,
) -> HTMLResponse:
    """How one reply was judged; with `beside` another of the same call stands next to it."""
    attempt, take = visit.take(attempt_id, take_id)
    shown = [take] + ([visit.take(attempt_id, beside)[1]] if beside and beside != take_id else [])
    mine = permits(visit.actor, Action.CHANGE, visit.services.access.attempt(attempt, take))
    call = follow_call(attempt)
    review = visit.house.reviews.review(attempt.id).of_take(take.id)
    views = [take_view(visit, attempt, one, number) for number, one in enumerate(shown, start=1)]
    return visit.page(
        request,
        "result.html.j2",
        attempt=attempt,
        take=take,
        takes=in_order(attempt),
        title=attempt.scenario.title,
        panels=views,
        shared_call=views[0].call if len({view.call for view in views}) == 1 else None,
        beside=shown[1] if len(shown) > 1 else None,
        mine=mine,
        handing=handing_in(visit, attempt),
        call=call,
        explained=explained,
        tenseness=tenseness,
        review=review,
        judging=under_way(visit, attempt.id, take.id),
        items=items_of(attempt, take),
        kept_until=attempt.created_at + timedelta(days=visit.house.settings.retention_days),
    )


@router.get("/attempts/{attempt_id}/takes/{take_id}/page", response_class=HTMLResponse)
def page_to_hand_on(attempt_id: str, take_id: str, visit: CurrentVisit) -> Response:
    """The result as one file that needs nothing else: sound, plots and words are inside."""
    attempt, take = visit.take(attempt_id, take_id, Action.EXPORT)
    return file_to_hand_on(visit, attempt, [take], name=f"voice-trainer-{attempt.id}-{take.id}")


@router.post("/attempts/{attempt_id}/takes/{take_id}/words")
def correct(
    attempt_id: str, take_id: str, visit: CurrentVisit, said: Annotated[str, Form(max_length=10_000)]
) -> Response:
    """Judge by the words that were really said; for browsers without script, which then look again."""
    ask_again(visit, attempt_id, take_id, said=said.strip())
    return RedirectResponse(f"/attempts/{attempt_id}/takes/{take_id}", status_code=303)


@router.post("/attempts/{attempt_id}/takes/{take_id}/disputes", response_class=HTMLResponse)
def dispute(
    attempt_id: str,
    take_id: str,
    visit: CurrentVisit,
    item: Annotated[str, Form(max_length=100)],
    text: Annotated[str, Form(max_length=2000)],
) -> Response:
    """The agent says that the machine is wrong about one item, and why."""
    attempt, take = visit.take(attempt_id, take_id, Action.DISPUTE)
    if item not in dict(items_of(attempt, take)) or not text.strip():
        raise UsageError(
            "dispute_unclear",
            f"A dispute needs an item of this reply and a word why; sent: {item!r} and {text.strip()!r}.",
            remedy="Choose from the list and write what was really said.",
        )
    house = visit.house
    remark = Dispute(uuid.uuid4().hex, take.id, visit.person, house.clock.now(), item, text.strip())
    house.reviews.add(attempt.id, remark)
    return RedirectResponse(f"/attempts/{attempt.id}/takes/{take.id}#review", status_code=303)


def _list(
    request: Request, visit: Visit, *, offset: int = 0, fault: UsageError | None = None, status: int = 200
) -> HTMLResponse:
    visit.ask(Action.VIEW, Resource(Kind.ATTEMPT, visit.person))
    lines = visit.house.store.summaries(person=visit.person, limit=PAGE + 1, offset=offset)
    return visit.page(
        request,
        "attempts.html.j2",
        status=status,
        lines=lines[:PAGE],
        newer=max(0, offset - PAGE) if offset else None,
        older=offset + PAGE if len(lines) > PAGE else None,
        retention_days=visit.house.settings.retention_days,
        words=_ALL,
        fault=fault,
    )


def items_of(attempt: Attempt, take: Take) -> list[tuple[str, str]]:
    """What an agent may dispute of a take: its criteria, facts, wish and feeling."""
    if take.score is None:
        return []
    named: list[tuple[str, str]] = [
        (one.criterion.value, CRITERIA[Criterion(one.criterion)]) for one in take.score.criteria
    ]
    turn = as_judged(attempt, take)
    if take.listening is not None and take.listening.withheld is None:
        texts = {fact.id: fact.text for fact in turn.facts}
        named += [
            (f"fact:{one.fact_id}", texts.get(one.fact_id, one.fact_id)) for one in take.listening.facts
        ]
        named += [("wish", "the customer's wish")] if turn.wish is not None else []
        named += [("emotion", "the customer's feeling")] if turn.emotion else []
    return named
