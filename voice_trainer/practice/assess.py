"""From a recording (or typed words) to a score: the path that practice, demo, score and rescore share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from voice_trainer import __version__
from voice_trainer.delivery import measure_delivery
from voice_trainer.domain.attempt import EngineVersions
from voice_trainer.domain.delivery import Delivery, VoiceProfile
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.rubric import Rubric
from voice_trainer.domain.scenario import CallKind, Gender, Persona, Scenario, Turn
from voice_trainer.domain.score import Score
from voice_trainer.domain.transcript import Transcript, TranscriptSource, Word, typed
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.listening import measure_indicative, measure_listening, turn_of_complaint
from voice_trainer.ports import Aligner, Embedder, SpeechDetector, Transcriber
from voice_trainer.practice.events import Emit, Measured, Scored, Transcribed, Transcribing, ignore
from voice_trainer.scoring import refuse_content, score_take

SPEECH_PROBABILITY = 0.5
SPEECH_S_MIN = 0.2  # below this nobody spoke, and a recogniser would invent words


@dataclass(frozen=True, slots=True)
class Engines:
    """What judging needs from outside, loaded once."""

    transcriber: Transcriber
    detector: SpeechDetector
    rubric: Rubric
    aligner: Aligner | None = None
    embedder: Embedder | None = None

    @property
    def versions(self) -> EngineVersions:
        """Stored with every score."""
        return EngineVersions(
            __version__, self.transcriber.engine, self.transcriber.model, self.rubric.version
        )


@dataclass(frozen=True, slots=True)
class SpokenReply:
    """What is to be judged: the sound, and what is known about it."""

    waveform: Waveform
    baseline: VoiceProfile | None = None
    customer_end_s: float | None = None
    lost_frames: int = 0
    said: str | None = None  # typed by a person: replaces the recogniser's words
    speech: SpeechFrames | None = None  # found while it was recorded; looked for here if None
    machine: Transcript | None = None  # what a recogniser heard earlier: not recognised again


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole judgement of one take."""

    transcript: Transcript | None
    machine_transcript: Transcript | None
    delivery: Delivery | None
    listening: Listening | None
    score: Score
    baseline: VoiceProfile | None = None
    indicative: bool = False


def assess(
    reply: SpokenReply,
    *,
    scenario: Scenario,
    turn: Turn,
    engines: Engines,
    carried: frozenset[str] = frozenset(),
    emit: Emit = ignore,
) -> Assessment:
    """Judge a recording."""
    speech = reply.speech or engines.detector.detect(reply.waveform)
    machine, transcript = _words(reply, speech, scenario, engines, emit)
    emit(Transcribed(transcript))
    delivery = measure_delivery(
        reply.waveform,
        speech=speech,
        words=transcript.words if transcript else (),
        reliability=transcript.reliability if transcript else None,
        baseline=reply.baseline,
        customer_end_s=reply.customer_end_s,
        customer_says=turn.says,
        lost_frames=reply.lost_frames,
    )
    listening = None
    if (
        transcript is not None
        and refuse_content(transcript, delivery=delivery, rubric=engines.rubric) is None
    ):
        listening = measure_listening(
            transcript, turn, scenario=scenario, embedder=engines.embedder, carried=carried
        )
    emit(Measured(delivery, listening))
    score = score_take(
        engines.rubric,
        scenario=scenario,
        turn=turn,
        transcript=transcript,
        delivery=delivery,
        listening=listening,
    )
    emit(Scored(score))
    return Assessment(transcript, machine, delivery, listening, score, reply.baseline)


def expect_reply(turn: Turn, *, scenario: Scenario, embedder: Embedder | None) -> None:
    """Let an embedder meet all that judging a reply to `turn` will ask of it but the reply's own words.

    The customer's own words are judged as if the agent had said them, and the result is forgotten: an
    embedder that remembers its texts then has facts, contraries, wish and complaint at hand when the reply
    comes.
    """
    if embedder is not None:
        measure_listening(typed(turn.says), turn, scenario=scenario, embedder=embedder)


def assess_text(
    reply: str,
    *,
    scenario: Scenario,
    turn: Turn,
    rubric: Rubric,
    embedder: Embedder | None = None,
    carried: frozenset[str] = frozenset(),
) -> Assessment:
    """Judge a typed reply: pace and tone are not scored."""
    transcript = typed(reply)
    listening = measure_listening(transcript, turn, scenario=scenario, embedder=embedder, carried=carried)
    return _scored_text(transcript, listening, scenario=scenario, turn=turn, rubric=rubric)


def assess_indicative(
    reply: str, *, complaint: str, rubric: Rubric, embedder: Embedder | None = None
) -> Assessment:
    """Judge a typed reply to a complaint without a scenario file: only an indication."""
    scenario = scenario_of(complaint)
    transcript = typed(reply)
    listening = measure_indicative(transcript, complaint, embedder=embedder)
    judged = _scored_text(transcript, listening, scenario=scenario, turn=scenario.opening, rubric=rubric)
    return replace(judged, indicative=True)


def scenario_of(complaint: str) -> Scenario:
    """A call made of nothing but what the customer said: its sentences stand in as facts."""
    return Scenario(
        id="without-scenario",
        version=1,
        title="A complaint without a scenario file",
        industry="any",
        language="en",
        kind=CallKind.COMPLAINT,
        difficulty=1,
        turns=(turn_of_complaint(complaint),),
        persona=Persona("the customer", Gender.FEMALE),
    )


def _scored_text(
    transcript: Transcript, listening: Listening, *, scenario: Scenario, turn: Turn, rubric: Rubric
) -> Assessment:
    score = score_take(
        rubric, scenario=scenario, turn=turn, transcript=transcript, delivery=None, listening=listening
    )
    return Assessment(transcript, None, None, listening, score)


def _words(
    reply: SpokenReply, speech: SpeechFrames, scenario: Scenario, engines: Engines, emit: Emit
) -> tuple[Transcript | None, Transcript | None]:
    """What the machine heard, and the words to judge by (a person's where there are any)."""
    machine = reply.machine
    if machine is None and reply.said is None and _somebody_spoke(speech):
        emit(Transcribing(engines.transcriber.engine, reply.waveform.duration_s))
        machine = engines.transcriber.transcribe(reply.waveform, speech=speech, language=scenario.language)
    if reply.said is None:
        return machine, machine
    words = None
    if engines.aligner is not None and _somebody_spoke(speech):
        words = engines.aligner.align(reply.waveform, reply.said.split())
    given = words or tuple(Word(token, None, None) for token in reply.said.split())
    source = TranscriptSource.CORRECTED if machine else TranscriptSource.TYPED
    return machine, Transcript(reply.said, given, "typed", "-", 1.0, source)


def _somebody_spoke(speech: SpeechFrames) -> bool:
    return bool(np.sum(speech.probabilities >= SPEECH_PROBABILITY) * speech.hop_s >= SPEECH_S_MIN)
