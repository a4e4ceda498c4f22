"""One call, turn by turn: speak, record, judge, save; again, correct, discard, go on."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby

from voice_trainer.domain.attempt import Attempt, Take, TakeState
from voice_trainer.domain.feeling import NamedFeeling
from voice_trainer.domain.listening import FactStatus
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Criterion
from voice_trainer.domain.transcript import TranscriptSource
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.errors import AudioDeviceError, VoiceTrainerError
from voice_trainer.ports import (
    AttemptStore,
    BlobStore,
    BlobWriter,
    Clock,
    Player,
    Recorder,
    Synthesizer,
    VoiceSettings,
)
from voice_trainer.practice.assess import Engines, SpokenReply, assess, assess_text
from voice_trainer.practice.events import CustomerSpeaking, Emit, Notice, Reacted, Saved, Scored, ignore
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.turn import exchange

TURNS_MAX = 8
MACHINE = TranscriptSource.MACHINE


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a session works with: devices, engines, store."""

    synthesizer: Synthesizer
    player: Player | None  # None: no output; the words are shown
    recorder: Recorder
    engines: Engines
    store: AttemptStore
    blobs: BlobStore
    clock: Clock
    limits: Limits = field(default_factory=Limits)


class PracticeSession:
    """One attempt at a scenario. Every change is saved before the method returns."""

    def __init__(
        self,
        desk: Desk,
        *,
        scenario: Scenario,
        scenario_sha256: str,
        person: str,
        drill: Criterion | None = None,
        emit: Emit = ignore,
    ) -> None:
        self._desk = desk
        self._emit = emit
        self._stop_requested: Callable[[], bool] = lambda: False
        self._speech: dict[str, SpeechFrames | None] = {}
        self._lines: dict[str, Waveform | None] = {}
        now = desk.clock.now()
        identity = f"{now:%Y%m%d}-{secrets.token_hex(4)}"
        self.attempt = Attempt(identity, person, now, scenario, scenario_sha256, drill=drill)

    def stop_with(self, stop_requested: Callable[[], bool]) -> None:
        """Ask `stop_requested` from now on whether to stop playing or recording."""
        self._stop_requested = stop_requested

    def prepare(self, turn: Turn) -> None:
        """Synthesise the customer's line ahead, so that nobody waits for it later."""
        if turn.id not in self._lines:
            self._lines[turn.id] = self._speak(turn)

    def hear(self, turn: Turn) -> None:
        """The customer speaks and nothing is recorded: time to name the feeling before answering."""
        self.prepare(turn)
        line, player = self._lines[turn.id], self._desk.player
        self._emit(CustomerSpeaking(turn, audible=line is not None and player is not None))
        if line is None or player is None:
            return
        try:
            player.play(line, stop=self._stop_requested)
        except VoiceTrainerError as error:
            self._emit(Notice(error.code, error.message, "Read the customer's words."))

    def play_turn(self, turn: Turn, *, heard: bool = False, feeling: NamedFeeling | None = None) -> Take:
        """The customer speaks, the agent answers; returns the recorded take, not yet judged.

        `heard` says that the customer spoke already (`hear`): only the answer is recorded. `feeling` is the
        customer's as the agent named it; it is kept with the take and takes no part in its score.

        Raises
        ------
        AudioDeviceError
            No microphone, or it vanished before a word was recorded. Where something was recorded, the
            take is returned and the fault told as a `Notice`.
        """
        self.prepare(turn)
        line = None if heard else self._lines[turn.id]
        take = replace(self._new_take(turn), feeling=feeling)
        with self._desk.recorder.open() as microphone:
            if not heard:
                audible = line is not None and self._desk.player is not None
                self._emit(CustomerSpeaking(turn, audible=audible))
            done = exchange(
                microphone,
                player=self._desk.player,
                line=line,
                open_writer=lambda rate_hz: self._begin(take, rate_hz),
                detector=self._desk.engines.detector,
                limits=self._desk.limits,
                emit=self._emit,
                stop_requested=self._stop_requested,
                device=self._desk.recorder.device,
            )
        recording = done.recording
        if recording.fault is not None:
            fault = recording.fault
            kept = f"{recording.duration_s:.1f} s are kept. {fault.remedy}".strip()
            self._emit(Notice(fault.code, fault.message, kept))
        self._speech[take.id] = recording.speech
        take = replace(
            take,
            state=TakeState.RECORDED,
            duration_s=recording.duration_s,
            customer_end_s=done.customer_end_s,
            lost_frames=recording.lost_frames,
        )
        self._save(take)
        return take

    def judge(self, take: Take, *, said: str | None = None) -> Take:
        """Transcribe (or take the words as typed), measure, score, save."""
        judged = judge_take(
            self.attempt,
            take,
            engines=self._desk.engines,
            blobs=self._desk.blobs,
            said=said,
            speech=self._speech.get(take.id),
            emit=self._emit,
        )
        self._save(judged)
        if judged.score is not None:
            self._emit(Reacted(judged.score.reaction, judged.score.reaction_reason))
        self._emit(Saved(self.attempt.id, judged.id))
        return judged

    def discard(self, take: Take) -> Take:
        """Throw a take away: its sound is deleted at once; that it was discarded is remembered."""
        if take.audio_key is not None:
            self._desk.blobs.delete(take.audio_key)
        gone = Take(
            id=take.id,
            turn_id=take.turn_id,
            number=take.number,
            created_at=take.created_at,
            state=TakeState.DISCARDED,
        )
        self._save(gone)
        return gone

    def listen(self, take: Take) -> None:
        """Play a take back."""
        if take.audio_key is None:
            return
        if self._desk.player is None:
            raise AudioDeviceError(
                "no_output", "There is no output to play on.", remedy="Connect a headset; see `doctor`."
            )
        self._desk.player.play(self._desk.blobs.read(take.audio_key), stop=self._stop_requested)

    def following(self, take: Take) -> Turn | None:
        """The turn after `take`, None where the call ends."""
        turn = self.attempt.scenario.turn(take.turn_id)
        if turn is None or take.score is None or _turns_heard(self.attempt) >= TURNS_MAX:
            return None
        following = turn.following(take.score.reaction)
        return self.attempt.scenario.turn(following) if following else None

    def _speak(self, turn: Turn) -> Waveform | None:
        persona = self.attempt.scenario.persona
        voice = VoiceSettings(
            gender=persona.voice,
            emotion=turn.emotion or "calm",
            language=self.attempt.scenario.language,
            persona=persona.name,
        )
        try:
            return self._desk.synthesizer.synthesize(turn.says, voice=voice)
        except VoiceTrainerError as error:
            self._emit(Notice(error.code, error.message, "Read the customer's words and answer aloud."))
            return None

    def _new_take(self, turn: Turn) -> Take:
        number = 1 + sum(take.turn_id == turn.id for take in self.attempt.takes)
        identity = f"{turn.id}-{number}"
        baseline = self._desk.store.baseline(self.attempt.person, self._desk.recorder.device)
        return Take(
            id=identity,
            turn_id=turn.id,
            number=number,
            created_at=self._desk.clock.now(),
            state=TakeState.RECORDING,
            audio_key=f"{self.attempt.id}/{identity}",
            device=self._desk.recorder.device,
            baseline=baseline.profile if baseline else None,
        )

    def _begin(self, take: Take, rate_hz: int) -> BlobWriter:
        # Known to the database before the first sample is on disk: a crash can then be told and mended.
        self._save(take)
        return self._desk.blobs.writer(take.audio_key or take.id, rate_hz=rate_hz)

    def _save(self, take: Take) -> None:
        first = not self.attempt.takes
        self.attempt = self.attempt.with_take(take)
        if first:
            self._desk.store.save(self.attempt)
        else:
            self._desk.store.save_take(self.attempt.id, take)


def _turns_heard(attempt: Attempt) -> int:
    """Turns gone through, a turn that came round again counted again; answering again is no new turn."""
    takes = sorted(attempt.takes, key=lambda take: (take.created_at, take.number))
    return sum(1 for _ in groupby(takes, key=lambda take: take.turn_id))


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
    turn = attempt.scenario.turn(take.turn_id) or attempt.scenario.opening
    if said is None and take.transcript is not None and take.transcript.source is not MACHINE:
        said = take.transcript.text
    carried = given_back(attempt, before=take)
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
        turn=attempt.scenario.turn(take.turn_id) or attempt.scenario.opening,
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
