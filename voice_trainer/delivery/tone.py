"""Vocal steadiness: how far pitch and sharpness moved from the speaker's own relaxed reading.

The rule is fixed, nothing is trained [1]_: ``r = (dF0/3 + dHF500/4 + dAlpha/4) / 3`` with the changes of
median pitch (semitones), of energy 500-3400 over 300-500 Hz and of 1-3.4 over 0.3-1 kHz (dB, mean over
voiced frames). Level takes no part: it tells the microphone, not the voice. For the same reason the low band
begins at 300 Hz and not at 50, as published: both ratios now lie in the band of a telephone.

References
----------
.. [1] Bone, D., Lee, C.-C., Narayanan, S. (2014). Robust unsupervised arousal rating: a rule-based
   framework with knowledge-inspired vocal features. IEEE Trans. Affective Computing 5(2), 201-213.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voice_trainer.delivery.activity import runs
from voice_trainer.delivery.frames import HOP_S
from voice_trainer.delivery.pauses import joined
from voice_trainer.delivery.voice import LOW_HZ, Voice
from voice_trainer.domain.delivery import SignalQuality, Tone, VoiceProfile
from voice_trainer.domain.measurement import Curve, Measurement, NotScored, Span

SEMITONES_SCALE = 3.0
DECIBELS_SCALE = 4.0
CURVE_WINDOW_S = 2.0
CURVE_HOP_S = 1.0
CURVE_MARK = 0.65
_CURVE_VOICED_S = 0.3  # of voice in a window, to say anything about it
_WINDOW_VOICED_S = 1.2  # what a window of 2 s usually holds
_FULL_BASELINE_VOICED_S = 8.0  # what 15 s of reading hold; `CURVE_MARK` was set against such baselines

LEAST_VOICED_S = 1.0
CONFIDENT_VOICED_S = 3.0
LEAST_SNR_DB = 15.0
# A reply noisier than its baseline by 6 dB is refused only below 20 dB: with the noise taken off, pink noise
# at 20 dB no longer moves r (docs/accuracy.md), and rooms differ by more than 6 dB every day.
_COMPARABLE_SNR_DB = 20.0
_SNR_BELOW_BASELINE_DB = 6.0
MOST_CLIPPED = 0.01
LEAST_VOICED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class ToneFigures:
    """The three figures of the rule over some frames."""

    f0_semitones: float
    hf500_db: float
    alpha_db: float


def tone_figures(voice: Voice, frames: np.ndarray) -> ToneFigures | None:
    """The figures over the voiced ones of `frames` (bool); None where there are none."""
    voiced = voice.voiced & frames
    if not voiced.any():
        return None
    return ToneFigures(
        float(np.median(voice.f0_semitones[voiced])),
        float(np.mean(voice.hf500_db[voiced])),
        float(np.mean(voice.alpha_db[voiced])),
    )


def raised_by(figures: ToneFigures, baseline: VoiceProfile) -> float:
    """The rule's r: 0 as in the baseline, 1 clearly raised, negative below it."""
    return (
        (figures.f0_semitones - baseline.f0_semitones) / SEMITONES_SCALE
        + (figures.hf500_db - baseline.hf500_db) / DECIBELS_SCALE
        + (figures.alpha_db - baseline.alpha_db) / DECIBELS_SCALE
    ) / 3.0


def measure_tone(
    voice: Voice, *, signal: SignalQuality, baseline: VoiceProfile | None, abstain: bool = True
) -> Tone:
    """Compare a reply with the speaker's baseline.

    Parameters
    ----------
    abstain
        Whether to withhold what rests on too little or too poor sound. Without, only a missing baseline
        and a missing voice withhold.

    Returns
    -------
    tone
        With `withheld` and values None where the rule may not be applied.
    """
    figures = tone_figures(voice, voice.speaking)
    withheld = _reason_to_withhold(voice, signal, baseline) if abstain else None
    if baseline is None or figures is None or withheld is not None:
        return _nothing(withheld or (_NO_BASELINE if baseline is None else _NO_VOICE))
    confidence = _confidence(voice)
    curve = _curve(voice, baseline)

    def measured(name: str, value: float, unit: str) -> Measurement:
        return Measurement(name, round(value, 3), unit, confidence)

    spans = _raised_spans(voice, baseline, curve)
    return Tone(
        raised=Measurement("raised", round(raised_by(figures, baseline), 4), "r", confidence, spans),
        f0_change_semitones=measured(
            "f0_change_semitones", figures.f0_semitones - baseline.f0_semitones, "semitones"
        ),
        hf500_change_db=measured("hf500_change_db", figures.hf500_db - baseline.hf500_db, "dB"),
        alpha_change_db=measured("alpha_change_db", figures.alpha_db - baseline.alpha_db, "dB"),
        curve=curve,
        raised_spans=spans,
    )


def _confidence(voice: Voice) -> float:
    """Clip-to-clip noise falls with the length of the voice; noise under it takes a little more."""
    if voice.voiced_s < CONFIDENT_VOICED_S:
        return 0.3
    confidence = 0.7 + 0.3 * min(1.0, (voice.voiced_s - CONFIDENT_VOICED_S) / 5.0)
    if voice.noise.snr_db is not None and voice.noise.snr_db < _COMPARABLE_SNR_DB:
        confidence *= 0.8
    return round(confidence, 2)


def _curve(voice: Voice, baseline: VoiceProfile) -> Curve:
    """r in windows of 2 s, one a second, at their centres."""
    times: list[float] = []
    values: list[float | None] = []
    length_s = max(0.0, (len(voice.features) - 1) * HOP_S)
    for start_s in np.arange(0.0, max(length_s - CURVE_WINDOW_S, 0.0) + 1e-9, CURVE_HOP_S):
        window = _frames_between(voice, float(start_s), float(start_s) + CURVE_WINDOW_S)
        figures = tone_figures(voice, window)
        enough = float((voice.voiced & window).sum()) * HOP_S >= _CURVE_VOICED_S
        times.append(round(float(start_s) + CURVE_WINDOW_S / 2, 3))
        values.append(round(raised_by(figures, baseline), 3) if figures and enough else None)
    return Curve("raised", "r", tuple(times), tuple(values))


def curve_mark(baseline: VoiceProfile) -> float:
    """The r above which a window counts, higher where the baseline itself is uncertain.

    The chance part of a difference grows with ``1/window + 1/baseline``, in seconds of voice: against six
    seconds of reading two of 13 steady recordings passed a fixed mark, none passes this one.
    """
    full = 1 / _WINDOW_VOICED_S + 1 / _FULL_BASELINE_VOICED_S
    own = 1 / _WINDOW_VOICED_S + 1 / max(baseline.voiced_s, 0.1)
    return CURVE_MARK * max(1.0, float(np.sqrt(own / full)))


def _raised_spans(voice: Voice, baseline: VoiceProfile, curve: Curve) -> tuple[Span, ...]:
    """Where two windows in a row agree; one alone is mostly chance (71% of calm recordings had one)."""
    mark = curve_mark(baseline)
    marked = np.array([value is not None and value > mark for value in curve.values], dtype=bool)
    agreeing = [
        Span(curve.times_s[first] - CURVE_WINDOW_S / 2, curve.times_s[last] + CURVE_WINDOW_S / 2)
        for first, last in runs(marked)
        if last > first
    ]
    return tuple(
        Span(
            round(span.start_s, 3),
            round(span.end_s, 3),
            _explain(voice, baseline, span.start_s, span.end_s),
        )
        for span in joined(agreeing, gap_s=0.0)
    )


def _explain(voice: Voice, baseline: VoiceProfile, start_s: float, end_s: float) -> str:
    figures = tone_figures(voice, _frames_between(voice, start_s, end_s))
    if figures is None:
        return ""
    pitch = figures.f0_semitones - baseline.f0_semitones
    sharpness = figures.hf500_db - baseline.hf500_db
    return f"pitch {pitch:+.1f} semitones, sharpness {sharpness:+.1f} dB against your relaxed reading"


def _frames_between(voice: Voice, start_s: float, end_s: float) -> np.ndarray:
    # Half a hop of tolerance keeps frames on the edge out of the reach of rounding.
    times = voice.features.times_s + HOP_S / 2
    return np.asarray((times > start_s) & (times < end_s))


def _reason_to_withhold(
    voice: Voice, signal: SignalQuality, baseline: VoiceProfile | None
) -> NotScored | None:
    if signal.blocked is not None:
        return NotScored(signal.blocked.code, signal.blocked.message, signal.blocked.remedy)
    if baseline is None:
        return _NO_BASELINE
    if baseline.low_from_hz != LOW_HZ[0]:
        return _OLD_BASELINE
    if voice.voiced_s < LEAST_VOICED_S:
        return NotScored(
            "too_little_voice",
            f"There is only {voice.voiced_s:.1f} s of voiced speech; tone needs {LEAST_VOICED_S:.0f} s.",
            "Answer in a full sentence or two.",
        )
    if signal.clipped_share > MOST_CLIPPED:
        return NotScored(
            "clipped",
            f"{signal.clipped_share:.1%} of the samples are clipped, which sounds like a sharper voice.",
            "Turn the microphone down or move it away from your mouth.",
        )
    if voice.voiced_share < LEAST_VOICED_SHARE:
        return NotScored(
            "little_voicing",
            f"Only {voice.voiced_share:.0%} of the speech is voiced (whisper, hoarse voice or noise).",
            "Speak in your normal voice.",
        )
    return _noise_reason(signal, baseline) or _bandwidth_reason(signal, baseline)


def _noise_reason(signal: SignalQuality, baseline: VoiceProfile) -> NotScored | None:
    snr = signal.snr_db
    if snr is None:
        return None
    if snr < LEAST_SNR_DB:
        return NotScored(
            "noisy",
            f"Speech is only {snr:.0f} dB above the noise; tone needs {LEAST_SNR_DB:.0f} dB.",
            "Move the microphone nearer, or find a quieter place.",
        )
    if snr < _COMPARABLE_SNR_DB and snr < baseline.snr_db - _SNR_BELOW_BASELINE_DB:
        return NotScored(
            "noisier_than_baseline",
            f"Speech is {snr:.0f} dB above the noise, in your baseline {baseline.snr_db:.0f} dB.",
            "Find a place as quiet as for the baseline, or record a new baseline here.",
        )
    return None


def _bandwidth_reason(signal: SignalQuality, baseline: VoiceProfile) -> NotScored | None:
    if signal.bandwidth_hz is None or abs(signal.bandwidth_hz - baseline.bandwidth_hz) < 1.0:
        return None
    return NotScored(
        "other_bandwidth",
        f"The recording reaches {signal.bandwidth_hz / 1000:.0f} kHz, your baseline "
        f"{baseline.bandwidth_hz / 1000:.0f} kHz: another line or microphone mode.",
        "Record a baseline over the same line.",
    )


_NO_BASELINE = NotScored(
    "no_baseline",
    "There is no baseline of your voice to compare with.",
    "Run `voice-trainer baseline --record` once with this microphone.",
)
_OLD_BASELINE = NotScored(
    "old_baseline",
    "Your baseline was measured by an earlier version, in another band of the voice.",
    "Run `voice-trainer baseline --record` once more with this microphone.",
)
_NO_VOICE = NotScored("too_little_voice", "No voiced speech was found.", "Answer in a full sentence or two.")


def _nothing(withheld: NotScored) -> Tone:
    return Tone(
        raised=Measurement("raised", None, "r", 0.0),
        f0_change_semitones=Measurement("f0_change_semitones", None, "semitones", 0.0),
        hf500_change_db=Measurement("hf500_change_db", None, "dB", 0.0),
        alpha_change_db=Measurement("alpha_change_db", None, "dB", 0.0),
        curve=Curve("raised", "r", (), ()),
        raised_spans=(),
        withheld=withheld,
    )
