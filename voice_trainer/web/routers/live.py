"""The WebSocket that brings live sound."""

from __future__ import annotations

from contextlib import suppress

from anyio import create_task_group, to_thread
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from voice_trainer.domain.attempt import Attempt
from voice_trainer.domain.scenario import Turn
from voice_trainer.errors import UsageError, VoiceTrainerError
from voice_trainer.library.snapshot import sha256
from voice_trainer.practice.consent import CONSENT_VERSION
from voice_trainer.practice.customer import line_now, lines_to_follow
from voice_trainer.practice.drill import drill_for
from voice_trainer.practice.takes import begin_take, new_attempt, new_take
from voice_trainer.teams.policy import Action, Kind, Resource
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.live import messages
from voice_trainer.web.live.listening import BaselineListening, CheckListening, TakeListening
from voice_trainer.web.live.messages import BeginBaseline, BeginCheck, BeginTake, Resume
from voice_trainer.web.live.recording import LiveRecording, OpenRecordings

router = APIRouter()
FAULT = 1008  # the connection is closed; the fault was told before
GONE = (WebSocketDisconnect, RuntimeError)  # the server's WebSockets raise the second where nobody hears


@router.websocket("/api/live")
async def live(socket: WebSocket, visit: CurrentVisit) -> None:
    """One recording, or the rest of one whose connection was lost."""
    await socket.accept()
    recording: LiveRecording | None = None
    try:
        first = messages.opening(await socket.receive_text())
        if isinstance(first, Resume):
            recording = visit.services.recordings.find(first.ticket, person=visit.person)
        else:
            recording = await to_thread.run_sync(_begin, visit, first)
            visit.services.recordings.add(recording)
        kept = recording.kept
        await socket.send_json({**recording.begun, "acknowledged": kept - 1})
        await _converse(socket, recording, visit.services.recordings, told=kept)
        await socket.close()
    except* VoiceTrainerError as errors:
        error = next(one for one in errors.exceptions if isinstance(one, VoiceTrainerError))
        with suppress(*GONE):
            await socket.send_json(messages.fault(error))
            await socket.close(FAULT)
    except* (*GONE, KeyError):  # KeyError: a binary message where a text was due
        pass
    finally:
        if recording is not None:
            visit.services.recordings.left(recording)


async def _converse(
    socket: WebSocket, recording: LiveRecording, recordings: OpenRecordings, *, told: int
) -> None:
    """Hear and answer at once, until the outcome is told; raises a group of what ends it before."""
    async with create_task_group() as both:
        both.start_soon(_hear, socket, recording, recordings)
        await _tell(socket, recording, told=told)
        both.cancel_scope.cancel()


async def _hear(socket: WebSocket, recording: LiveRecording, recordings: OpenRecordings) -> None:
    """Take in what the browser sends, for as long as it sends."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1006))
        if (data := message.get("bytes")) is not None:
            recording.take(*messages.piece(data, rate_hz=recording.rate_hz))
            recordings.write_soon()
            continue
        said = messages.later(message.get("text") or "")
        await (recording.end(said.pieces) if said.type == "end" else recording.cancel())


async def _tell(socket: WebSocket, recording: LiveRecording, *, told: int) -> None:
    """Acknowledge what is on disk beyond the `told` pieces, and tell the outcome in the end."""
    while recording.outcome is None:
        kept = await recording.beyond(told)
        if kept > told:
            await socket.send_json({"type": "ack", "number": kept - 1})
            told = kept
    await socket.send_json(recording.outcome)


def _begin(visit: Visit, asked: BeginTake | BeginBaseline | BeginCheck) -> LiveRecording:
    """The recording, with everything stored that must be known of it before its first sample."""
    rate_hz, device = asked.rate_hz, asked.device.strip() or "browser microphone"
    if isinstance(asked, BeginCheck):
        return LiveRecording(CheckListening(rate_hz=rate_hz), person=visit.person, rate_hz=rate_hz, begun={})
    _require_consent(visit)
    if isinstance(asked, BeginBaseline):
        visit.own(Kind.BASELINE, Action.CREATE)
        reading = BaselineListening(visit.house, person=visit.person, device=device, rate_hz=rate_hz)
        return LiveRecording(reading, person=visit.person, rate_hz=rate_hz, begun={})
    house = visit.house
    attempt, turn = _what_to_answer(visit, asked)
    take = new_take(attempt, turn, device=device, store=house.store, clock=house.clock)
    attempt, writer = begin_take(attempt, take, rate_hz=rate_hz, store=house.store, blobs=house.blobs)
    listening = TakeListening.begun(
        house,
        attempt,
        take,
        writer,
        rate_hz=rate_hz,
        lead_in_s=asked.lead_in_s,
        customer_end_s=asked.customer_end_s,
    )
    if attempt.drill is None:
        _, temperature = line_now(attempt, turn)
        visit.services.voices.ahead(lines_to_follow(attempt.scenario, turn, temperature))
    begun = {"attempt": attempt.id, "take": take.id}
    return LiveRecording(listening, person=visit.person, rate_hz=rate_hz, begun=begun)


def _what_to_answer(visit: Visit, asked: BeginTake) -> tuple[Attempt, Turn]:
    """The attempt (a new one where none is named) and its turn."""
    if asked.attempt is None:
        visit.ask(Action.CREATE, Resource(Kind.ATTEMPT, visit.person))
        call = visit.house.library.known(asked.call or "")
        attempt = new_attempt(
            call,
            scenario_sha256=sha256(call),
            person=visit.person,
            clock=visit.house.clock,
            drill=drill_for(asked.drill).skill if asked.drill else None,
        )
    else:
        attempt = visit.attempt(asked.attempt, Action.CHANGE)
    turn = attempt.scenario.turn(asked.turn) if asked.turn else attempt.scenario.opening
    if turn is None:
        raise UsageError(
            "turn_unknown", f"This call has no turn {asked.turn!r}.", remedy="Begin the call again."
        )
    return attempt, turn


def _require_consent(visit: Visit) -> None:
    given = visit.house.store.consent(visit.person)
    if given is None or given.version != CONSENT_VERSION:
        raise UsageError(
            "consent_missing",
            "Nothing is recorded before you agreed to it.",
            remedy="Begin from the page of the call.",
        )
