"""The coach's desk: what needs a look first, one reply with everything beside it, what people add to it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Form
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voice_trainer.adapters.soundfile import encode
from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import in_order
from voice_trainer.domain.queue import DeskLine, in_queue
from voice_trainer.domain.review import Answer, Comment, Override, Remark, agreement_with_machine
from voice_trainer.domain.score import Criterion
from voice_trainer.errors import UsageError, VoiceTrainerError
from voice_trainer.exports.wording import CRITERIA
from voice_trainer.library import sha256
from voice_trainer.practice.takes import new_attempt, new_take, save_take
from voice_trainer.teams.policy import Action, Kind, Resource, permits
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.routers.results import take_view

router = APIRouter(prefix="/desk", include_in_schema=False)
FILES_MAX = 200
UPLOAD_MAX_BYTES = 512 << 20  # of all files of one import together
_LINES = 200
_SLACK_BYTES = 1 << 20  # what the form around the files may take


@router.get("", response_class=HTMLResponse)
def desk(request: Request, visit: CurrentVisit) -> HTMLResponse:
    """The queue: disputes, doubtful judgements, what stands out; done work last."""
    return _desk(request, visit)


@router.post("/import", response_class=HTMLResponse)
async def take_over(request: Request, visit: CurrentVisit) -> Response:
    """Take recordings over and have them judged: each file is one reply to the first turn of a call.

    A file's name is shown to people and is never part of a path. What cannot be read is named, the rest
    is taken over all the same.
    """
    visit.ask(Action.CREATE, Resource(Kind.DESK))
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > UPLOAD_MAX_BYTES + _SLACK_BYTES:
        raise UsageError(
            "upload_too_large",
            f"The upload has {length or 'unknown'} bytes; at most {UPLOAD_MAX_BYTES:,} are taken at once.",
            remedy="Send fewer recordings at a time.",
        )
    async with request.form(max_files=FILES_MAX, max_fields=10) as form:
        call, person = str(form.get("call", "")), str(form.get("person", "")).strip()[:100]
        files = [one for one in form.getlist("recordings") if isinstance(one, UploadFile) and one.filename]
        done, refused = await to_thread.run_sync(_take_over, visit, call, person, files)
    return await to_thread.run_sync(lambda: _desk(request, visit, taken=done, refused=refused))


@router.get("/agreement", response_class=HTMLResponse)
def agreement_page(request: Request, visit: CurrentVisit) -> HTMLResponse:
    """How far the coaches' points agree with the machine's, by criterion."""
    visit.ask(Action.VIEW, Resource(Kind.CALIBRATION))
    found = agreement_with_machine(visit.house.reviews.overrides())
    return visit.page(request, "desk_agreement.html.j2", found=found, names=CRITERIA)


@router.get("/{attempt_id}/takes/{take_id}", response_class=HTMLResponse)
def review(attempt_id: str, take_id: str, request: Request, visit: CurrentVisit) -> HTMLResponse:
    """One reply: sound, words and points on one page, and what the coach adds."""
    attempt, take = visit.take(attempt_id, take_id, Action.REVIEW)
    remarks = visit.house.reviews.review(attempt.id).of_take(take.id)
    takes = in_order(attempt)
    return visit.page(
        request,
        "review.html.j2",
        attempt=attempt,
        take=take,
        takes=takes,
        title=attempt.scenario.title,
        panel=take_view(visit, attempt, take, 1),
        shared_call=None,
        review=remarks,
        criteria=[
            (one.criterion.value, CRITERIA[one.criterion], one.points)
            for one in (take.score.criteria if take.score else ())
        ],
        me=visit.person,
    )


@router.post("/{attempt_id}/takes/{take_id}/comments")
def comment(
    attempt_id: str,
    take_id: str,
    visit: CurrentVisit,
    text: Annotated[str, Form(max_length=4000)],
    start_s: Annotated[str, Form(max_length=20)] = "",
    end_s: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A comment on the reply, on a moment of it or on a span."""
    attempt, take = visit.take(attempt_id, take_id, Action.REVIEW)
    start, end = _seconds(start_s, take), _seconds(end_s, take)
    if not text.strip() or (end is not None and (start is None or end < start)):
        raise UsageError(
            "comment_unclear",
            f"A comment needs words, and a span an end after its start; sent: {start_s!r} to {end_s!r}.",
            remedy="Write the comment again.",
        )
    now = visit.house.clock.now()
    remark = Comment(uuid.uuid4().hex, take.id, visit.person, now, text.strip(), start, end)
    return _kept(visit, attempt, take, remark)


@router.post("/{attempt_id}/takes/{take_id}/overrides")
def override(
    attempt_id: str,
    take_id: str,
    visit: CurrentVisit,
    criterion: Annotated[str, Form(max_length=40)],
    points: Annotated[int, Form(ge=0, le=100)],
    reason: Annotated[str, Form(max_length=4000)],
) -> Response:
    """The coach's points for one criterion; the machine's stay beside them."""
    attempt, take = visit.take(attempt_id, take_id, Action.REVIEW)
    score = take.score
    machine = {one.criterion.value: one for one in score.criteria} if score else {}
    if score is None or criterion not in machine or not reason.strip():
        raise UsageError(
            "override_unclear",
            f"An override needs a criterion of this reply and a reason; {criterion!r} was sent.",
            remedy="Choose a criterion and say why.",
        )
    remark = Override(
        uuid.uuid4().hex,
        take.id,
        visit.person,
        visit.house.clock.now(),
        Criterion(criterion),
        points,
        reason.strip(),
        machine[criterion].points,
        score.rubric_version,
    )
    return _kept(visit, attempt, take, remark)


@router.post("/{attempt_id}/takes/{take_id}/answers")
def answer(
    attempt_id: str,
    take_id: str,
    visit: CurrentVisit,
    dispute_id: Annotated[str, Form(max_length=64)],
    text: Annotated[str, Form(max_length=4000)],
) -> Response:
    """The coach's word on a dispute, which settles it."""
    attempt, take = visit.take(attempt_id, take_id, Action.REVIEW)
    known = {one.id for one in visit.house.reviews.review(attempt.id).of_take(take.id).disputes}
    if dispute_id not in known or not text.strip():
        raise UsageError(
            "answer_unclear", "There is no such dispute here, or no answer.", remedy="Load the page again."
        )
    now = visit.house.clock.now()
    return _kept(
        visit, attempt, take, Answer(uuid.uuid4().hex, take.id, visit.person, now, dispute_id, text.strip())
    )


@router.post("/{attempt_id}/takes/{take_id}/remarks/{remark_id}/delete")
def take_back(attempt_id: str, take_id: str, remark_id: str, visit: CurrentVisit) -> Response:
    """Take back what one has written oneself; what others wrote stays."""
    attempt, take = visit.take(attempt_id, take_id, Action.REVIEW)
    own = {
        one.id
        for one in visit.house.reviews.review(attempt.id).of_take(take.id).remarks
        if one.author == visit.person
    }
    if remark_id in own:
        visit.house.reviews.remove(attempt.id, remark_id)
    return RedirectResponse(f"/desk/{attempt.id}/takes/{take.id}", status_code=303)


def _desk(
    request: Request, visit: Visit, *, taken: Sequence[str] = (), refused: Sequence[tuple[str, str]] = ()
) -> HTMLResponse:
    visit.ask(Action.VIEW, Resource(Kind.DESK))
    importing = permits(visit.actor, Action.CREATE, Resource(Kind.DESK))
    return visit.page(
        request,
        "desk.html.j2",
        status=422 if refused and not taken else 200,
        waiting=in_queue(_lines(visit)),
        names=CRITERIA,
        importing=importing,
        calls=visit.house.library.all() if importing else [],
        files_max=FILES_MAX,
        taken=taken,
        refused=refused,
    )


def _lines(visit: Visit) -> list[DeskLine]:
    """What lies on this desk: on a server what the coach's teams handed in."""
    house = visit.house
    lines = house.reviews.desk(limit=_LINES)
    if visit.services.entrance is None:
        return lines
    mine = set(house.training.handed_in(visit.actor.coached, limit=_LINES))
    return [line for line in lines if line.attempt_id in mine]


def _take_over(
    visit: Visit, call: str, person: str, files: Sequence[UploadFile]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Names taken over, and names with why they were not."""
    house = visit.house
    scenario = house.library.known(call)
    if not files:
        raise UsageError("nothing_uploaded", "No recording was sent.", remedy="Choose one file or more.")
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    load = house.loader()
    with tempfile.TemporaryDirectory(prefix="voice-trainer-") as folder:
        for number, file in enumerate(files):
            name = (file.filename or "")[-120:]
            path = Path(folder) / f"{number}.sound"  # never the name that was sent
            try:
                with path.open("wb") as out:
                    while piece := file.file.read(1 << 20):
                        out.write(piece)
                waveform = load(path)
            except VoiceTrainerError as error:
                refused.append((name, f"{error.message.replace(str(path), name)} {error.remedy}"))
                continue
            finally:
                path.unlink(missing_ok=True)
            attempt = new_attempt(
                scenario,
                scenario_sha256=sha256(scenario),
                person=person or visit.person,
                clock=house.clock,
            )
            take = new_take(
                attempt, scenario.opening, device="imported", store=house.store, clock=house.clock
            )
            take = replace(take, state=TakeState.RECORDED, duration_s=waveform.duration_s)
            house.blobs.put(take.audio_key or take.id, encode(waveform))
            attempt = replace(attempt, imported_from=name)
            save_take(attempt, take, store=house.store)
            house.queue.ask_again(attempt.id, take.id, rubric=house.rubric_office.current_version())
            done.append(name)
    return done, refused


def _kept(visit: Visit, attempt: Attempt, take: Take, remark: Remark) -> Response:
    visit.house.reviews.add(attempt.id, remark)
    return RedirectResponse(f"/desk/{attempt.id}/takes/{take.id}#review", status_code=303)


def _seconds(text: str, take: Take) -> float | None:
    """Seconds, or minutes and seconds as in 1:05; None for an empty field."""
    if not text.strip():
        return None
    try:
        minutes, _, seconds = text.strip().rpartition(":")
        value = 60 * int(minutes or 0) + float(seconds)
    except ValueError:
        value = -1.0
    if not 0 <= value <= (take.duration_s or 0.0) + 1:
        raise UsageError(
            "moment_outside",
            f"{text!r} is no moment of this reply.",
            remedy=f"Give seconds from 0 to {take.duration_s or 0:.1f}, or minutes as in 0:05.",
        )
    return value
