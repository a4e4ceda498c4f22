"""Taking a call: its page, the customer's voice, where the call stands, what to take from a reply."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from voice_trainer.domain.call import follow_call, temperature_of
from voice_trainer.exports.course import explained, takeaway, takeaway_of_call, tenseness
from voice_trainer.practice.baseline import READING
from voice_trainer.practice.customer import line_now, line_of, sentence_to_try
from voice_trainer.teams.policy import Action, Kind, Resource, not_found
from voice_trainer.web.callstate import call_state
from voice_trainer.web.deps import CurrentVisit
from voice_trainer.web.ranges import sound
from voice_trainer.web.routers.consent import standing
from voice_trainer.web.routers.results import example_url
from voice_trainer.web.schemas import PROBLEMS, CallStateOut
from voice_trainer.web.voices import SpokenLine

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api", tags=["practice"], responses=PROBLEMS)
_WAV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"audio/wav": {}}},
    206: {"content": {"audio/wav": {}}},
}


@router.get("/calls/{call_id}", response_class=HTMLResponse)
def call(
    call_id: str,
    request: Request,
    visit: CurrentVisit,
    attempt: Annotated[str | None, Query(max_length=64)] = None,
) -> HTMLResponse:
    """The page on which a call is taken; with `attempt` one that was broken off goes on."""
    visit.ask(Action.CREATE, Resource(Kind.ATTEMPT, visit.person))
    begun = visit.attempt(attempt, Action.CHANGE) if attempt else None
    scenario = begun.scenario if begun else visit.house.library.known(call_id)
    house = visit.house
    return visit.page(
        request,
        "practise.html.j2",
        call=scenario,
        begun=begun,
        consent=standing(visit),
        baselines=sorted({one.device for one in house.store.baselines(visit.person)}),
        reading=READING,
        silence_s=house.settings.trailing_silence_s,
    )


@router.get("/parts/attempts/{attempt_id}/takes/{take_id}", response_class=HTMLResponse)
def after_take(attempt_id: str, take_id: str, request: Request, visit: CurrentVisit) -> HTMLResponse:
    """What to take from one reply or, after the last one, from the call: what worked, what to change."""
    attempt, take = visit.take(attempt_id, take_id)
    call = follow_call(attempt)
    over = call.upcoming is None and len(call.steps) > 1
    return visit.page(
        request,
        "parts/after_take.html.j2",
        attempt=attempt,
        take=take,
        call=call,
        over=over,
        shown=takeaway_of_call(call) if over else takeaway(take),
        explained=explained,
        tenseness=tenseness,
        example_url=example_url,
    )


@api.get("/calls/{call_id}/voice", response_class=Response, responses=_WAV)
def opening_voice(call_id: str, request: Request, visit: CurrentVisit) -> Response:
    """What the customer opens the call with, as WAV; `X-Speech-Ends-S` says when their last word ends."""
    visit.own(Kind.SCENARIO)
    scenario = visit.house.library.known(call_id)
    temperature = temperature_of(scenario.opening.emotion, difficulty=scenario.difficulty)
    line = line_of(scenario, scenario.opening, temperature)
    return _spoken(request, visit.services.voices.say(line))


@api.get("/attempts/{attempt_id}/voice/{turn_id}", response_class=Response, responses=_WAV)
def turn_voice(attempt_id: str, turn_id: str, request: Request, visit: CurrentVisit) -> Response:
    """What the customer says in one turn of an attempt, as WAV."""
    attempt = visit.attempt(attempt_id)
    turn = attempt.scenario.turn(turn_id)
    if turn is None:
        raise not_found()
    line, _ = line_now(attempt, turn)
    return _spoken(request, visit.services.voices.say(line))


@api.get("/attempts/{attempt_id}/takes/{take_id}/example", response_class=Response, responses=_WAV)
def example_voice(attempt_id: str, take_id: str, request: Request, visit: CurrentVisit) -> Response:
    """The sentence to try after one reply, spoken, as WAV; 404 where there is none."""
    attempt, take = visit.take(attempt_id, take_id)
    words = take.score.feedback.try_saying if take.score is not None else ""
    if not words:
        raise not_found()
    return _spoken(request, visit.services.voices.say(sentence_to_try(attempt.scenario, words)))


@api.get("/attempts/{attempt_id}/call")
def state(attempt_id: str, visit: CurrentVisit) -> CallStateOut:
    """Where a call stands."""
    return call_state(visit.attempt(attempt_id))


def _spoken(request: Request, line: SpokenLine) -> Response:
    response = sound(request, line.wav)
    response.headers["X-Speech-Ends-S"] = f"{line.speech_ends_s:.3f}"
    return response
