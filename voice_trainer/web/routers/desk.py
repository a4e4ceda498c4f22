"""The coach's desk: what needs a look first, one take with all about it, recordings from elsewhere."""

from __future__ import annotations

from typing import Annotated, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Query
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.domain.attempt import Take, TakeState
from voice_trainer.domain.call import as_judged, in_order
from voice_trainer.domain.judging import JobState
from voice_trainer.domain.review import agreement_with_machine
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.errors import UsageError
from voice_trainer.exports.bundle import write_bundle
from voice_trainer.exports.views import panel_view
from voice_trainer.exports.wording import CRITERIA, clock
from voice_trainer.practice.attempts import delete_attempt
from voice_trainer.teams.policy import Action, Kind, Resource, permits
from voice_trainer.web import desk
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.panels import panel_of
from voice_trainer.web.schemas import PROBLEMS, DeskLineOut
from voice_trainer.web.uploads import FILES_MAX, Sent, check_length, shown_name
from voice_trainer.wiring import AgentChannel

router = APIRouter(prefix="/desk", include_in_schema=False)
api = APIRouter(prefix="/api", tags=["review"], responses=PROBLEMS)
_PERSON_MAX = 64
_Moment = Annotated[str, Form(max_length=20)]
_Text = Annotated[str, Form(max_length=2000)]


def _at_the_desk(visit: CurrentVisit) -> Visit:
    """A visit by somebody who has a desk; asked before a form is looked at."""
    visit.ask(Action.VIEW, desk.DESK)
    return visit


AtTheDesk = Annotated[Visit, Depends(_at_the_desk)]


@router.get("", response_class=HTMLResponse)
def queue(request: Request, visit: AtTheDesk) -> HTMLResponse:
    """What lies on the desk, what needs a look first on top."""
    return _queue(request, visit)


@api.get("/desk")
def queue_as_json(visit: AtTheDesk) -> list[DeskLineOut]:
    """What lies on the desk, what needs a look first on top."""
    return [DeskLineOut.of(one) for one in desk.queue_of(visit)]


@router.get("/agreement", response_class=HTMLResponse)
def agreement(request: Request, visit: AtTheDesk) -> HTMLResponse:
    """How far coaches' points and the machine's agree, by criterion."""
    visit.ask(Action.VIEW, Resource(Kind.CALIBRATION))
    found = agreement_with_machine(visit.house.reviews.overrides())
    return visit.page(request, "desk_agreement.html.j2", agreements=found, criteria=CRITERIA)


@router.post("/import", response_class=HTMLResponse)
async def bring(request: Request, visit: AtTheDesk) -> HTMLResponse:
    """Recordings (and exported attempts) from elsewhere, many at once; each is judged like any other."""
    await to_thread.run_sync(lambda: visit.own(Kind.ATTEMPT, Action.CREATE))
    check_length(request.headers)
    async with request.form(max_files=FILES_MAX, max_fields=20) as form:
        return await to_thread.run_sync(_bring, request, visit, form)


@router.get("/{attempt_id}")
def attempt(attempt_id: str, visit: AtTheDesk) -> Response:
    """The take of an attempt that needs a look first."""
    found = visit.attempt(attempt_id)
    take = desk.first_to_see(found, visit.house.reviews.review(found.id))
    return RedirectResponse(f"/desk/{found.id}/takes/{take.id}" if take else "/desk", status_code=303)


@router.get("/{attempt_id}/next")
def following(attempt_id: str, visit: AtTheDesk, back: bool = False) -> Response:
    """The attempt after this one in the queue, with `back` the one before; at its end the queue."""
    found = visit.attempt(attempt_id)
    order = [one.line.attempt_id for one in desk.queue_of(visit)]
    place = order.index(found.id) + (-1 if back else 1) if found.id in order else -1
    inside = 0 <= place < len(order)
    return RedirectResponse(f"/desk/{order[place]}" if inside else "/desk", status_code=303)


@router.get("/{attempt_id}/takes/{take_id}", response_class=HTMLResponse)
def take(
    attempt_id: str,
    take_id: str,
    request: Request,
    visit: AtTheDesk,
    beside: Annotated[str | None, Query(max_length=64)] = None,
) -> HTMLResponse:
    """Sound, words, scores and remarks of one take on one screen; with `beside` another next to it."""
    found, shown = visit.take(attempt_id, take_id)
    other = visit.take(attempt_id, beside)[1] if beside and beside != take_id else None
    house = visit.house
    review = house.reviews.review(found.id)
    resource = visit.services.access.attempt(found, shown)
    job = house.queue.latest(found.id, shown.id) if shown.state is TakeState.RECORDED else None
    return visit.page(
        request,
        "desk_take.html.j2",
        attempt=found,
        take=shown,
        takes=[one for one in in_order(found) if one.state is not TakeState.RECORDING],
        title=found.scenario.title,
        turn=as_judged(found, shown),
        panel=panel_view(panel_of(visit, found, shown), 1),
        beside=panel_view(panel_of(visit, found, other), 2) if other else None,
        beside_id=other.id if other else "",
        review=review.of_take(shown.id),
        may_delete=permits(visit.actor, Action.DELETE, resource),
        job=job,
        names=desk.names_of(visit),
        me=visit.person,
        criteria=CRITERIA,
        clock=clock,
    )


@router.post("/{attempt_id}/takes/{take_id}/comments")
def comment(
    attempt_id: str,
    take_id: str,
    visit: AtTheDesk,
    text: _Text,
    start_s: _Moment = "",
    end_s: _Moment = "",
) -> Response:
    """Say something about a take, a moment or a span of it."""
    found, on = visit.take(attempt_id, take_id, Action.REVIEW)
    desk.comment(visit, found, on, text, start=start_s, end=end_s)
    return _back(found.id, on, "comments")


@router.post("/{attempt_id}/takes/{take_id}/overrides")
def override(
    attempt_id: str,
    take_id: str,
    visit: AtTheDesk,
    criterion: Annotated[str, Form(max_length=40)],
    points: Annotated[int, Form(ge=0, le=100)],
    reason: _Text,
) -> Response:
    """Give other points than the machine, and say why."""
    found, on = visit.take(attempt_id, take_id, Action.REVIEW)
    desk.override(visit, found, on, criterion, points=points, reason=reason)
    return _back(found.id, on, criterion)


@router.post("/{attempt_id}/takes/{take_id}/answers")
def answer(
    attempt_id: str,
    take_id: str,
    visit: AtTheDesk,
    dispute_id: Annotated[str, Form(max_length=64)],
    text: _Text,
) -> Response:
    """Answer what the agent disputes; it is settled then."""
    found, on = visit.take(attempt_id, take_id, Action.REVIEW)
    desk.answer(visit, found, on, dispute_id, text)
    return _back(found.id, on, "disputes")


@router.post("/{attempt_id}/takes/{take_id}/remarks/{remark_id}/delete")
def take_back(attempt_id: str, take_id: str, remark_id: str, visit: AtTheDesk) -> Response:
    """Take back what one has written oneself; what others wrote stays."""
    found, on = visit.take(attempt_id, take_id, Action.REVIEW)
    desk.take_back(visit, found, on, remark_id)
    return RedirectResponse(f"/desk/{found.id}/takes/{on.id}", status_code=303)


@router.get("/{attempt_id}/page", response_class=HTMLResponse)
def page(attempt_id: str, visit: AtTheDesk) -> Response:
    """The attempt as one file that opens in any browser: sound, plots, words, scores and remarks inside."""
    found = visit.attempt(attempt_id, Action.EXPORT)
    return desk.page_of(visit, found)


@router.get("/{attempt_id}/bundle", response_class=Response)
def bundle(attempt_id: str, visit: AtTheDesk) -> Response:
    """The attempt as one file for another voice-trainer, with the remarks."""
    found = visit.attempt(attempt_id, Action.EXPORT)
    house = visit.house
    content = write_bundle(
        found,
        blobs=house.blobs,
        consent=house.store.consent(found.person),
        review=house.reviews.review(found.id),
    )
    headers = {"Content-Disposition": f'attachment; filename="{found.id}.vtattempt"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.post("/{attempt_id}/delete")
def delete(attempt_id: str, visit: AtTheDesk) -> Response:
    """Delete an attempt: rows, recordings, remarks and what was made from them."""
    found = visit.attempt(attempt_id, Action.DELETE)
    delete_attempt(found, store=visit.house.store, blobs=visit.house.blobs)
    return RedirectResponse("/desk", status_code=303)


def _bring(request: Request, visit: Visit, form: FormData) -> HTMLResponse:
    try:
        person, files = _text(form, "person"), _files(form)
        if not person.isprintable() or not 0 < len(person) <= _PERSON_MAX:
            raise UsageError(
                "person_wrong",
                f"{person[:_PERSON_MAX]!r} is no name of a person.",
                remedy=f"Give a name of 1 to {_PERSON_MAX} printable characters.",
            )
        resource = visit.services.access.of_person(Kind.ATTEMPT, person)
        visit.ask(Action.CREATE, resource, resource_id=person)
        if _text(form, "agreed") != "yes":
            raise UsageError(
                "consent_unconfirmed",
                "It is not confirmed that the person agreed to be recorded and judged.",
                remedy="Ask them; without their word nothing is taken over.",
            )
        if not files:
            raise UsageError(
                "nothing_uploaded", "No file was chosen.", remedy="Choose recordings or a folder."
            )
        side = _text(form, "side") or None
        if side not in (None, "left", "right"):
            raise UsageError("side_wrong", f"There is no side {side!r}.", remedy="Choose from the list.")
        call, turn = _answered(visit, _text(form, "call"))
    except UsageError as fault:
        return _queue(request, visit, fault=fault, status=422)
    told = desk.Told(person, call, turn, cast("AgentChannel | None", side))
    brought = desk.bring(visit, files, told)
    failed = all(one.fault for one in brought)
    return _queue(request, visit, brought=brought, status=422 if failed else 200)


def _answered(visit: Visit, named: str) -> tuple[Scenario, Turn]:
    """The call and the turn that the recordings answer: ``call``, its opening, or ``call#turn``."""
    call_id, _, turn_id = named.partition("#")
    call = visit.house.library.known(call_id)
    turn = call.turn(turn_id) if turn_id else call.opening
    if turn is None:
        raise UsageError(
            "turn_unknown", f"{call.title} has no turn {turn_id!r}.", remedy="Choose from the list."
        )
    return call, turn


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _files(form: FormData) -> list[Sent]:
    """What was chosen; a field nothing was chosen in comes as an empty file without a name."""
    sent = [one for one in form.getlist("recordings") if isinstance(one, UploadFile) and one.filename]
    return [Sent(shown_name(one.filename), one.file, one.size or 0) for one in sent]


def _queue(
    request: Request,
    visit: Visit,
    *,
    brought: list[desk.Brought] | None = None,
    fault: UsageError | None = None,
    status: int = 200,
) -> HTMLResponse:
    house = visit.house
    may_bring = permits(
        visit.actor, Action.CREATE, visit.services.access.of_person(Kind.ATTEMPT, visit.person)
    )
    under_way = house.queue.listed(JobState.WAITING, JobState.WORKING) if visit.actor.local else []
    return visit.page(
        request,
        "desk.html.j2",
        status=status,
        lines=desk.queue_of(visit),
        newest=desk.NEWEST,
        under_way=len(under_way),
        may_bring=may_bring,
        calls=house.library.all() if may_bring else [],
        brought=brought or [],
        fault=fault,
        names=desk.names_of(visit),
        criteria=CRITERIA,
        files_max=FILES_MAX,
    )


def _back(attempt_id: str, on: Take, where: str) -> Response:
    return RedirectResponse(f"/desk/{attempt_id}/takes/{on.id}#{where}", status_code=303)
