"""Taking a call: its page, the customer's voice, where the call stands, what to take from a reply."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import follow_call, in_order, temperature_of
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Criterion
from voice_trainer.exports.course import explained, takeaway, takeaway_of_call, tenseness
from voice_trainer.practice.baseline import READING
from voice_trainer.practice.customer import line_now, line_of, sentence_to_try
from voice_trainer.practice.drill import DRILLS, PACE_GOAL_WPM, Drill, choose_turn, drilled_score
from voice_trainer.teams.policy import Action, Kind, Resource, not_found
from voice_trainer.web.callstate import call_state
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.panels import example_url
from voice_trainer.web.ranges import sound
from voice_trainer.web.routers.consent import standing
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
    return _practise(request, visit, scenario, scenario.opening, begun=begun)


@router.get("/drills/{skill}", response_class=HTMLResponse)
def drill(skill: str, request: Request, visit: CurrentVisit) -> HTMLResponse:
    """A minute on one skill: a short turn of some call, the one that was drilled least."""
    visit.ask(Action.CREATE, Resource(Kind.ATTEMPT, visit.person))
    exercise = next((one for one in DRILLS.values() if one.skill.value == skill), None)
    if exercise is None:
        raise not_found()
    house = visit.house
    on = choose_turn(house.library.all(), exercise.skill, practised=house.growth.practised(visit.person))
    return _practise(request, visit, on.scenario, on.turn, drill=exercise)


def _practise(
    request: Request,
    visit: Visit,
    call: Scenario,
    turn: Turn,
    *,
    begun: Attempt | None = None,
    drill: Drill | None = None,
) -> HTMLResponse:
    return visit.page(
        request,
        "practise.html.j2",
        call=call,
        turn=turn,
        begun=begun,
        drill=drill,
        many=drill is None and len(call.turns) > 1,
        consent=standing(visit),
        baselines=sorted({one.device for one in visit.house.store.baselines(visit.person)}),
        reading=READING,
    )


@router.get("/parts/attempts/{attempt_id}/takes/{take_id}", response_class=HTMLResponse)
def after_take(attempt_id: str, take_id: str, request: Request, visit: CurrentVisit) -> HTMLResponse:
    """What to take from one reply or, after the last one, from the call: what worked, what to change."""
    attempt, take = visit.take(attempt_id, take_id)
    if attempt.drill is not None:
        return _after_drill(request, visit, attempt, take)
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


def _after_drill(request: Request, visit: Visit, attempt: Attempt, take: Take) -> HTMLResponse:
    """The one score, beside that of the take before."""
    skill = attempt.drill
    assert skill is not None
    known = in_order(attempt)
    earlier = known[: known.index(take)] if take in known else []
    before = next((s for one in reversed(earlier) if (s := drilled_score(one, skill)) and s.scored), None)
    return visit.page(
        request,
        "parts/after_drill.html.j2",
        attempt=attempt,
        take=take,
        found=drilled_score(take, skill),
        before=before,
        goal_wpm=PACE_GOAL_WPM if skill is Criterion.PACE else None,
        shown=takeaway(take),
        example_url=example_url,
    )


@api.get("/calls/{call_id}/voice", response_class=Response, responses=_WAV)
def first_voice(
    call_id: str,
    request: Request,
    visit: CurrentVisit,
    turn: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """What the customer says first, as WAV: the opening, or the one `turn` of a drill.

    `X-Speech-Ends-S` says when their last word ends.
    """
    visit.own(Kind.SCENARIO)
    scenario = visit.house.library.known(call_id)
    said = scenario.turn(turn) if turn else scenario.opening
    if said is None:
        raise not_found()
    temperature = temperature_of(said.emotion, difficulty=scenario.difficulty)
    return _spoken(request, visit.services.voices.say(line_of(scenario, said, temperature)))


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
