"""One call, turn by turn: speak, record, judge, save; again, correct, discard, go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.call import CallSummary, follow_call
from voice_trainer.domain.feeling import NamedFeeling
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Criterion
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
)
from voice_trainer.practice.assess import Engines, expect_reply
from voice_trainer.practice.customer import Line, line_now, lines_to_follow
from voice_trainer.practice.events import CustomerSpeaking, Emit, Notice, Reacted, Saved, ignore
from voice_trainer.practice.judgement import judge_take
from voice_trainer.practice.lines import LinesAhead
from voice_trainer.practice.recording import Limits
from voice_trainer.practice.takes import begin_take, discard_take, new_attempt, new_take, recorded, save_take
from voice_trainer.practice.turn import exchange

PATIENCE_S = 5.0  # an engine that hangs must not leave the agent in silence for longer


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
    """One attempt at a scenario. Every change is saved before the method returns.

    A face walks the call so: `turn = session.upcoming`, then `play_turn(turn)`, `judge(take)` and
    `following(take)` until that is None; `close` ends it for good. Nothing here asks or prints.
    """

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
        self.attempt = new_attempt(
            scenario, scenario_sha256=scenario_sha256, person=person, clock=desk.clock, drill=drill
        )
        self._desk = desk
        self._emit = emit
        self._stop_requested: Callable[[], bool] = lambda: False
        self._speech: dict[str, SpeechFrames | None] = {}
        self._lines = LinesAhead(self._spoken)
        self._given_up: set[Line] = set()

    @classmethod
    def resume(cls, desk: Desk, attempt: Attempt, *, emit: Emit = ignore) -> Self:
        """Go on with an attempt that was broken off, at the turn that had no judged answer yet."""
        session = cls(
            desk,
            scenario=attempt.scenario,
            scenario_sha256=attempt.scenario_sha256,
            person=attempt.person,
            emit=emit,
        )
        session.attempt = attempt
        return session

    @property
    def upcoming(self) -> Turn | None:
        """What the customer says now, None where the call is over."""
        return self.summary.upcoming

    @property
    def summary(self) -> CallSummary:
        """The call so far: turns, temperatures, where it goes."""
        return follow_call(self.attempt)

    def stop_with(self, stop_requested: Callable[[], bool]) -> None:
        """Ask `stop_requested` from now on whether to stop playing or recording."""
        self._stop_requested = stop_requested

    def prepare(self, turn: Turn) -> None:
        """Synthesise the customer's line ahead, so that nobody waits for it later."""
        line, _ = line_now(self.attempt, turn)
        self._wait_for(line, patience_s=None)

    def hear(self, turn: Turn) -> None:
        """The customer speaks and nothing is recorded: time to name the feeling before answering."""
        line = self._customer_says(turn, patience_s=None)
        if line is None or self._desk.player is None:
            return
        try:
            self._desk.player.play(line, stop=self._stop_requested)
        except VoiceTrainerError as error:
            self._emit(Notice(error.code, error.message, "Read the customer's words."))

    def play_turn(self, turn: Turn, *, heard: bool = False, feeling: NamedFeeling | None = None) -> Take:
        """The customer speaks, the agent answers; returns the recorded take, not yet judged.

        Where the last reply to this turn could not be judged, the customer asks to hear it again. Meanwhile
        the lines that may follow are synthesised. `heard` says that the customer spoke already (`hear`): only
        the answer is recorded. `feeling` is the customer's as the agent named it; it is kept with the take
        and takes no part in its score.

        Raises
        ------
        AudioDeviceError
            No microphone, or it vanished before a word was recorded. Where something was recorded, the
            take is returned and the fault told as a `Notice`.
        """
        line, temperature = line_now(self.attempt, turn)
        self._wait_for(line, patience_s=PATIENCE_S)  # before the microphone opens: it may take a moment
        self._lines.ask(lines_to_follow(self.attempt.scenario, turn, temperature))
        self._expect_reply(turn)
        take = replace(self._new_take(turn), feeling=feeling)
        with self._desk.recorder.open() as microphone:
            sound = None if heard else self._customer_says(turn, patience_s=PATIENCE_S)
            done = exchange(
                microphone,
                player=self._desk.player,
                line=sound,
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
        take = recorded(take, recording, customer_end_s=done.customer_end_s)
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
            after = self.summary.temperature
            self._emit(Reacted(judged.score.reaction, judged.score.reaction_reason, after))
        self._emit(Saved(self.attempt.id, judged.id))
        return judged

    def discard(self, take: Take) -> Take:
        """Throw a take away: its sound is deleted at once; that it was discarded is remembered."""
        self.attempt = discard_take(self.attempt, take, store=self._desk.store, blobs=self._desk.blobs)
        return next(one for one in self.attempt.takes if one.id == take.id)

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
        """The turn after `take`, None where the call ends.

        The same turn where nothing could be judged: the customer asks again, at most twice, and then the
        call goes on as if nothing had changed.
        """
        if take.score is None:
            return None
        known = self.attempt.with_take(take)
        until = [t for t in known.takes if (t.created_at, t.number) <= (take.created_at, take.number)]
        return follow_call(replace(known, takes=tuple(until))).upcoming

    def close(self) -> None:
        """Nothing more is to come: the call ended, or is left for good."""
        self._lines.close()
        self.attempt = replace(self.attempt, closed=True)
        if self.attempt.takes:
            self._desk.store.save(self.attempt)

    def _customer_says(self, turn: Turn, *, patience_s: float | None) -> Waveform | None:
        """Tell that the customer speaks; the sound to be played, None where there is none."""
        line, temperature = line_now(self.attempt, turn)
        sound = self._wait_for(line, patience_s=patience_s)
        audible = sound is not None and self._desk.player is not None
        self._emit(CustomerSpeaking(turn, audible, line.says, temperature))
        return sound

    def _spoken(self, line: Line) -> Waveform:
        return self._desk.synthesizer.synthesize(line.says, voice=line.voice)

    def _wait_for(self, line: Line, *, patience_s: float | None) -> Waveform | None:
        """The spoken line; None, told once, where it cannot be spoken: then the words are shown."""
        if line in self._given_up:
            return None
        try:
            return self._lines.get(line, patience_s=patience_s)
        except VoiceTrainerError as error:
            self._given_up.add(line)
            self._emit(Notice(error.code, error.message, "Read the customer's words and answer aloud."))
            return None

    def _expect_reply(self, turn: Turn) -> None:
        """Have the turn's facts understood while the customer speaks, so that the reply is judged at once."""
        embedder = self._desk.engines.embedder
        threading.Thread(
            target=expect_reply,
            args=(turn,),
            kwargs={"scenario": self.attempt.scenario, "embedder": embedder},
            name="expect-reply",
            daemon=True,  # only a head start: nothing is lost with it
        ).start()

    def _new_take(self, turn: Turn) -> Take:
        desk = self._desk
        return new_take(self.attempt, turn, device=desk.recorder.device, store=desk.store, clock=desk.clock)

    def _begin(self, take: Take, rate_hz: int) -> BlobWriter:
        self.attempt, writer = begin_take(
            self.attempt, take, rate_hz=rate_hz, store=self._desk.store, blobs=self._desk.blobs
        )
        return writer

    def _save(self, take: Take) -> None:
        self.attempt = save_take(self.attempt, take, store=self._desk.store)
