"""The judgement of one take inside its call: what was given back before counts, and a person's words stay."""

from __future__ import annotations

from dataclasses import replace

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.call import as_judged
from voice_trainer.domain.listening import FactStatus
from voice_trainer.domain.transcript import TranscriptSource
from voice_trainer.domain.waveform import SpeechFrames
from voice_trainer.ports import BlobStore
from voice_trainer.practice.assess import Engines, SpokenReply, assess, assess_text
from voice_trainer.practice.events import Emit, Scored, ignore

MACHINE = TranscriptSource.MACHINE


def judge_take(
    attempt: Attempt,
    take: Take,
    *,
    engines: Engines,
    blobs: BlobStore,
    said: str | None = None,
    rehear: bool = False,
    speech: SpeechFrames | None = None,
    emit: Emit = ignore,
) -> Take:
    """The take with transcript, measurements and score; what the machine heard stays beside a correction.

    `said` are the words as a person typed them; a correction made earlier stays unless a new one comes.
    `rehear` recognises again where no person's words stand. `speech` spares looking for speech again.
    """
    turn = as_judged(attempt, take)
    if said is None and take.transcript is not None and take.transcript.source is not MACHINE:
        said = take.transcript.text
    # A summary is asked for to hear everything once more.
    carried = frozenset() if turn.asks_summary else given_back(attempt, before=take)
    if take.audio_key is None:
        if said is None or take.delivery is not None:  # nothing to judge, or its sound has been swept away
            return take
        return _judge_typed(attempt, take, said, engines=engines, carried=carried, emit=emit)
    machine = None if rehear and said is None else take.machine_transcript
    reply = SpokenReply(
        blobs.read(take.audio_key),
        baseline=take.baseline,
        customer_end_s=take.customer_end_s,
        lost_frames=take.lost_frames,
        said=said,
        speech=speech,
        machine=machine,
    )
    result = assess(reply, scenario=attempt.scenario, turn=turn, engines=engines, carried=carried, emit=emit)
    return replace(
        take,
        state=TakeState.SCORED,
        duration_s=reply.waveform.duration_s,
        transcript=result.transcript,
        machine_transcript=result.machine_transcript,
        delivery=result.delivery,
        listening=result.listening,
        score=result.score,
        engines=engines.versions,
    )


def _judge_typed(
    attempt: Attempt, take: Take, said: str, *, engines: Engines, carried: frozenset[str], emit: Emit
) -> Take:
    """A reply that was typed instead of spoken."""
    result = assess_text(
        said,
        scenario=attempt.scenario,
        turn=as_judged(attempt, take),
        rubric=engines.rubric,
        embedder=engines.embedder,
        carried=carried,
    )
    emit(Scored(result.score))
    return replace(
        take,
        state=TakeState.SCORED,
        transcript=result.transcript,
        listening=result.listening,
        score=result.score,
        engines=engines.versions,
    )


def given_back(attempt: Attempt, *, before: Take) -> frozenset[str]:
    """Ids of facts that earlier turns already gave back: they need not be repeated."""
    return frozenset(
        finding.fact_id
        for take in attempt.takes
        if take.turn_id != before.turn_id and take.listening is not None
        for finding in take.listening.facts
        if finding.status is FactStatus.REFLECTED
    )
