"""How a reply was said: pace, tone against one's own baseline, and the quality of the signal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice_trainer.domain.measurement import Curve, Measurement, NotScored, Span


@dataclass(frozen=True, slots=True)
class VoiceProfile:
    """A voice in its everyday state, measured from 10-15 s of relaxed reading on one device.

    Attributes
    ----------
    f0_semitones
        Median pitch, semitones above 1 Hz.
    hf500_db
        Energy 500-3400 Hz over `low_from_hz`-500 Hz in voiced frames.
    alpha_db
        Energy 1-3.4 kHz over 0.3-1 kHz in voiced frames (the alpha ratio, telephone band).
    noise_dbfs, snr_db
        Noise floor and signal-to-noise ratio of the baseline recording.
    voiced_s
        Seconds of voiced speech the figures rest on.
    articulation_rate_sps
        Syllables per second of speaking, None where not measured.
    low_from_hz
        Where the low band of `hf500_db` begins; earlier versions measured from 50 Hz, which compares with
        nothing measured today.
    """

    f0_semitones: float
    hf500_db: float
    alpha_db: float
    noise_dbfs: float
    snr_db: float
    voiced_s: float
    bandwidth_hz: float
    articulation_rate_sps: float | None = None
    low_from_hz: float = 50.0


class Severity(StrEnum):
    """How much a signal problem matters."""

    WARNING = "warning"  # scored, with less confidence
    BLOCKING = "blocking"  # nothing that rests on it is scored


@dataclass(frozen=True, slots=True)
class SignalProblem:
    """Something wrong with the recording, and what to do about it."""

    # silent, too_short, no_speech, clipped, noisy, hum, dropout, narrow_band, bleed, background_voice, mixed
    code: str
    severity: Severity
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SignalQuality:
    """Is the recording good enough to judge?"""

    duration_s: float
    speech_s: float
    level_dbfs: float | None  # RMS while speaking
    noise_dbfs: float | None  # RMS while not speaking
    snr_db: float | None
    clipped_share: float  # 0..1 of samples while speaking
    bandwidth_hz: float | None
    problems: tuple[SignalProblem, ...]

    @property
    def blocked(self) -> SignalProblem | None:
        """The first problem that forbids judging the sound at all."""
        return next((p for p in self.problems if p.severity is Severity.BLOCKING), None)


# Not known of takes that were measured by earlier versions.
_NO_SYLLABLES = Measurement("speech_rate_spm", None, "syllables/min", 0.0)
_NO_CHANGE = Measurement("articulation_change", None, "share", 0.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Speed and pauses. Any value is None where it could not be measured."""

    speech_rate_wpm: Measurement  # words per minute of speaking time: pauses over 0.5 s are left out
    articulation_rate_sps: Measurement  # syllables per second of pure speaking
    pause_share: Measurement  # 0..1 of the time from first to last word
    longest_pause_s: Measurement
    reply_gap_s: Measurement  # end of the customer's speech to the first word
    fastest_3s_wpm: Measurement
    slowest_3s_wpm: Measurement
    pauses: tuple[Span, ...]  # each over 0.5 s
    curve: Curve  # wpm in 3 s windows
    withheld: NotScored | None = None
    speech_rate_spm: Measurement = _NO_SYLLABLES
    articulation_change: Measurement = _NO_CHANGE  # against one's own reading: 0.1 is a tenth faster

    @property
    def pause_count(self) -> Measurement:
        """How many pauses passed 0.5 s; None where pauses were not measured."""
        count = None if self.pause_share.value is None else float(len(self.pauses))
        return Measurement("pause_count", count, "", self.pause_share.confidence, self.pauses)

    def measurements(self) -> tuple[Measurement, ...]:
        """Every number, in the order it is shown."""
        return (
            self.speech_rate_wpm,
            self.speech_rate_spm,
            self.articulation_rate_sps,
            self.articulation_change,
            self.pause_share,
            self.pause_count,
            self.longest_pause_s,
            self.reply_gap_s,
            self.fastest_3s_wpm,
            self.slowest_3s_wpm,
        )


@dataclass(frozen=True, slots=True)
class Tone:
    """Vocal steadiness against one's own baseline. It describes delivery, never a feeling."""

    raised: Measurement  # r: 0 as in the baseline, 1 clearly raised
    f0_change_semitones: Measurement
    hf500_change_db: Measurement
    alpha_change_db: Measurement
    curve: Curve  # r in 2 s windows, 1 s hop
    raised_spans: tuple[Span, ...]  # two windows in a row above the mark
    withheld: NotScored | None = None

    def measurements(self) -> tuple[Measurement, ...]:
        """Every number, in the order it is shown."""
        return self.raised, self.f0_change_semitones, self.hf500_change_db, self.alpha_change_db


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that was measured in the sound of one take."""

    speech: tuple[Span, ...]
    pace: Pace
    tone: Tone
    signal: SignalQuality
    pitch: Curve  # semitones above 1 Hz, None where unvoiced
    level: Curve  # dBFS
