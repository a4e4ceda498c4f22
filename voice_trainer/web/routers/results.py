"""One's own calls and how each reply was judged, with the evidence behind every number."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import as_judged, follow_call, in_order
from voice_trainer.domain.review import Dispute
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import StorageError, UsageError
from voice_trainer.exports.course import explained, tenseness
from voice_trainer.exports.envelope import envelope_of
from voice_trainer.exports.panel import ReportPanel
from voice_trainer.exports.report import render_report
from voice_trainer.exports.views import PanelView, panel_view
from voice_trainer.exports.wording import CRITERIA
from voice_trainer.practice.attempts import delete_attempt
from voice_trainer.teams.policy import Action, Kind, Resource, permits
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.handing import handing_in

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
        items=items_of(attempt, take),
        kept_until=attempt.created_at + timedelta(days=visit.house.settings.retention_days),
    )


@router.get("/attempts/{attempt_id}/takes/{take_id}/page", response_class=HTMLResponse)
def page_to_hand_on(attempt_id: str, take_id: str, visit: CurrentVisit) -> Response:
    """The result as one file that needs nothing else: sound, plots and words are inside."""
    attempt, take = visit.take(attempt_id, take_id, Action.EXPORT)
    panel = panel_of(visit, attempt, take, inside=True)
    page = render_report(attempt.scenario.title, [panel])
    name = f"voice-trainer-{attempt.id}-{take.id}.html"
    # A page of its own policy, to be opened from disk: shown from here it would fall under ours.
    return HTMLResponse(page, headers={"Content-Disposition": f'attachment; filename="{name}"'})


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


def take_view(visit: Visit, attempt: Attempt, take: Take, number: int) -> PanelView:
    """What the template `panel` shows of a take that stands as `number` on the page."""
    return panel_view(panel_of(visit, attempt, take), number)


def panel_of(visit: Visit, attempt: Attempt, take: Take, *, inside: bool = False) -> ReportPanel:
    """What is shown of a take; with `inside` the recording itself, else where the page finds it."""
    heard = permits(visit.actor, Action.LISTEN, visit.services.access.attempt(attempt, take))
    key = take.audio_key if take.state is not TakeState.RECORDING and heard else None
    note, audio, url = "", None, ""
    envelope: tuple[tuple[float, float], ...] = ()
    if key is not None:
        try:
            envelope = envelope_of(visit.house.blobs.read(key))
            audio = visit.house.blobs.get(key) if inside else None
            url = "" if inside else f"/api/attempts/{attempt.id}/takes/{take.id}/sound"
        except StorageError as error:
            note = error.message
    if take.recovered:
        note = f"{note} The recording was interrupted; what there was of it is kept.".strip()
    return ReportPanel(
        scenario=attempt.scenario,
        turn=as_judged(attempt, take),
        label=f"Take {in_order(attempt).index(take) + 1}" if take in in_order(attempt) else "Thrown away",
        note=note,
        transcript=take.transcript,
        delivery=take.delivery,
        listening=take.listening,
        score=take.score,
        baseline=take.baseline,
        audio=audio,
        audio_type="audio/wav" if audio is not None and audio[:4] == b"RIFF" else "audio/flac",
        audio_url=url,
        example_url="" if inside else example_url(attempt, take),
        envelope=envelope,
        duration_s=take.duration_s,
        pace_band_wpm=_pace_band_wpm(visit, take),
    )


def _pace_band_wpm(visit: Visit, take: Take) -> tuple[float, float] | None:
    """By the rubric the take was judged by; None where it was not, or by one that is not known here."""
    if take.score is None:
        return None
    try:
        return visit.house.rubric_office.rubric(take.score.rubric_version).pace_band_wpm
    except UsageError:  # an attempt from another machine
        return None


def example_url(attempt: Attempt, take: Take) -> str:
    """Where the sentence to try is heard; empty where there is none."""
    if take.score is None or not take.score.feedback.try_saying:
        return ""
    return f"/api/attempts/{attempt.id}/takes/{take.id}/example"


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
