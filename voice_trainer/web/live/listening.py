"""What is made of live sound: a take, a baseline, a check of the microphone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from voice_trainer.domain.attempt import Attempt, Baseline, Take
from voice_trainer.domain.waveform import FloatArray
from voice_trainer.errors import VoiceTrainerError
from voice_trainer.ports import AudioBlock, BlobWriter
from voice_trainer.practice import drill
from voice_trainer.practice.baseline import BASELINES, READING, profile_of
from voice_trainer.practice.check import MicrophoneListening
from voice_trainer.practice.events import StopReason, ignore
from voice_trainer.practice.loudness import HOP_S, LoudnessStream
from voice_trainer.practice.recording import Limits, TakeRecorder
from voice_trainer.practice.takes import discard_take, recorded
from voice_trainer.wiring import House

_READING = Limits(trailing_silence_s=2.5, longest_s=40.0)


def _recorder(writer: BlobWriter, *, rate_hz: int, limits: Limits, lead_in_s: float = 0.0) -> TakeRecorder:
    return TakeRecorder(
        writer,
        rate_hz=rate_hz,
        speech=LoudnessStream(rate_hz),
        hop_s=HOP_S,
        limits=limits,
        emit=ignore,
        stop_requested=lambda: False,  # what the agent asks for comes as a message
        lead_in_s=lead_in_s,
    )


def limits_of(house: House) -> Limits:
    """When a reply ends by itself: the same settings as at the terminal."""
    return Limits(house.settings.trailing_silence_s, house.settings.longest_take_s)


@dataclass(slots=True)
class TakeListening:
    """A reply: on disk as it comes, then stored, then handed over to be judged."""

    house: House
    attempt: Attempt
    kept: Take
    recorder: TakeRecorder
    customer_end_s: float | None

    @classmethod
    def begun(
        cls,
        house: House,
        attempt: Attempt,
        take: Take,
        writer: BlobWriter,
        *,
        rate_hz: int,
        lead_in_s: float,
        customer_end_s: float | None,
    ) -> TakeListening:
        """For a take that the store knows of."""
        limits = limits_of(house) if attempt.drill is None else drill.LIMITS
        recorder = _recorder(writer, rate_hz=rate_hz, limits=limits, lead_in_s=lead_in_s)
        return cls(house, attempt, take, recorder, customer_end_s)

    def take(self, samples: FloatArray) -> StopReason | None:
        """Write, and follow the speech."""
        self.recorder.take(AudioBlock(samples))
        return self.recorder.reason_to_stop()

    def finish(
        self, reason: StopReason, fault: VoiceTrainerError | None, *, abandoned: bool
    ) -> dict[str, Any]:
        """Stored; judged at once unless nobody is there to see it, or there is nothing to judge."""
        recording = self.recorder.finish(reason, fault)
        if recording.duration_s == 0:
            discard_take(self.attempt, self.kept, store=self.house.store, blobs=self.house.blobs)
            return {"type": "nothing", "attempt": self.attempt.id, "take": self.kept.id}
        take = recorded(self.kept, recording, customer_end_s=self.customer_end_s)
        if abandoned:
            self.house.store.save_take(self.attempt.id, replace(take, recovered=True))
        else:
            rubric = self.house.rubric_office.current_version()
            self.house.queue.submit(self.attempt.id, take, rubric=rubric)
        notice = recording.fault
        return {
            "type": "recorded",
            "attempt": self.attempt.id,
            "take": take.id,
            "duration_s": recording.duration_s,
            "notice": {"code": notice.code, "message": notice.message, "remedy": notice.remedy}
            if notice
            else None,
        }

    def cancel(self) -> None:
        """The sound goes; that there was a take is remembered."""
        self.recorder.finish(StopReason.ASKED)
        discard_take(self.attempt, self.kept, store=self.house.store, blobs=self.house.blobs)


class BaselineListening:
    """The relaxed reading: kept where it can be used, else no sound stays, for nothing would name it."""

    def __init__(self, house: House, *, person: str, device: str, rate_hz: int) -> None:
        now = house.clock.now()
        self._house = house
        self._identity = f"{now:%Y%m%d}-{secrets.token_hex(4)}"
        self._key = f"{BASELINES}{self._identity}"
        self._baseline = (person, device, now)
        writer = house.blobs.writer(self._key, rate_hz=rate_hz)
        self._recorder = _recorder(writer, rate_hz=rate_hz, limits=_READING)

    def take(self, samples: FloatArray) -> StopReason | None:
        """Write, and follow the speech."""
        self._recorder.take(AudioBlock(samples))
        return self._recorder.reason_to_stop()

    def finish(
        self, reason: StopReason, fault: VoiceTrainerError | None, *, abandoned: bool
    ) -> dict[str, Any]:
        """Measure and store; raises what makes the reading unusable."""
        recording = self._recorder.finish(reason, fault)
        house = self._house
        try:
            if recording.fault is not None:
                raise recording.fault
            if abandoned:
                house.blobs.delete(self._key)
                return {"type": "nothing"}
            profile = profile_of([house.blobs.read(self._key)], detector=house.detector, read=READING)
        except BaseException:
            house.blobs.delete(self._key)
            raise
        person, device, now = self._baseline
        house.store.save_baseline(Baseline(self._identity, person, device, now, profile, self._key))
        return {"type": "baseline", "voiced_s": profile.voiced_s}

    def cancel(self) -> None:
        """No sound stays."""
        self._recorder.finish(StopReason.ASKED)
        self._house.blobs.delete(self._key)


class CheckListening:
    """Is the microphone fit to practise with? Nothing is stored."""

    def __init__(self, *, rate_hz: int) -> None:
        self._check = MicrophoneListening(
            LoudnessStream(rate_hz), rate_hz=rate_hz, hop_s=HOP_S, longest_s=8.0
        )

    def take(self, samples: FloatArray) -> StopReason | None:
        """Until enough speech was heard."""
        self._check.take(samples)
        return StopReason.SILENCE if self._check.done else None

    def finish(
        self, reason: StopReason, fault: VoiceTrainerError | None, *, abandoned: bool
    ) -> dict[str, Any]:
        """The verdict."""
        del reason, fault, abandoned
        found = self._check.verdict()
        return {
            "type": "checked",
            "state": found.state.value,
            "message": found.message,
            "remedy": found.remedy,
            "speech_dbfs": found.speech_dbfs,
            "noise_dbfs": found.noise_dbfs,
        }

    def cancel(self) -> None:
        """Nothing to throw away."""
