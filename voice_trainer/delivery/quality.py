"""Is the recording good enough to judge? Each problem comes with what to do about it."""

from __future__ import annotations

import numpy as np

from voice_trainer.delivery.disturbances import (
    Hum,
    background_voice_s,
    clipped_mask,
    dropouts_s,
    find_hum,
    resampled_clipping,
)
from voice_trainer.delivery.frames import AIR, BROAD, UPPER, decibels
from voice_trainer.delivery.voice import Voice
from voice_trainer.domain.delivery import Severity, SignalProblem, SignalQuality
from voice_trainer.domain.measurement import Span
from voice_trainer.domain.waveform import Waveform

SHORTEST_S = 1.0
LEAST_SPEECH_S = 0.5
SILENT_DBFS = -65.0
NOISY_SNR_DB = 15.0
MOST_CLIPPED = 0.01
LEAST_VOICED_SHARE = 0.12  # below it nothing that was said aloud: whisper, breath, noise
# A note holds its pitch: 5% of the voice at most in 400 recordings of speech, mostly 75% and more in tunes.
# Slow speech on nearly one pitch and drawn-out sounds come nearer: less counts only with notes far apart.
MOST_EVEN_PITCH = 0.65
MOST_EVEN_NOTES = 0.5
NOTES_APART_SEMITONES = 2.0
LOST_SHARE_BLOCKING = 0.1
NARROW_HZ = 4000.0
_WIDE_HZ = 8000.0
_NARROW_DB = (
    -48.0
)  # loudest frames, 4.3-7.5 over 1-3.4 kHz: wideband speech lies above -36, telephone below -88


def measure_quality(
    waveform: Waveform,
    *,
    voice: Voice,
    lost_frames: int = 0,
    customer_s: float = 0.0,
    mixed: Span | None = None,
) -> SignalQuality:
    """Level, noise, clipping and bandwidth of a recording, and what is wrong with it.

    Parameters
    ----------
    lost_frames
        Sample frames the device did not deliver during the recording.
    customer_s
        Seconds of the customer's voice that the microphone heard.
    mixed
        Where the customer speaks in a recording that holds both parties; None where it holds one.
    """
    speaking = voice.speaking
    speech_power = voice.features.bands[speaking, BROAD]
    in_speech = _samples_between(voice.spans, waveform)
    bandwidth_hz = _bandwidth_hz(voice, waveform.rate_hz)
    hum = find_hum(waveform)
    lost_s = lost_frames / waveform.rate_hz + dropouts_s(waveform, voice.spans)
    clipped_share = 0.0
    if in_speech.any():
        plateaus = float(clipped_mask(waveform.samples)[in_speech].mean())
        clipped_share = max(plateaus, resampled_clipping(waveform.samples[in_speech]))
    level = float(decibels(speech_power.mean())) if len(speech_power) else None
    problems = [
        *_blocking(waveform, voice),
        *_mixed(mixed),
        *_clipped(clipped_share),
        *_noisy(voice),
        *_hum(hum),
        *_dropout(lost_s, waveform.duration_s),
        *_narrow(bandwidth_hz),
        *_bleed(customer_s),
        *_background(background_voice_s(voice.features.level_db, speaking=speaking, voiced=voice.voiced)),
    ]
    return SignalQuality(
        duration_s=waveform.duration_s,
        speech_s=round(voice.speech_s, 3),
        level_dbfs=level,
        noise_dbfs=voice.noise.floor_dbfs,
        snr_db=voice.noise.snr_db,
        clipped_share=clipped_share,
        bandwidth_hz=bandwidth_hz,
        problems=tuple(problems),
    )


def _samples_between(spans: tuple[Span, ...], waveform: Waveform) -> np.ndarray:
    mask = np.zeros(len(waveform.samples), dtype=bool)
    for span in spans:
        mask[round(span.start_s * waveform.rate_hz) : round(span.end_s * waveform.rate_hz)] = True
    return mask


def _bandwidth_hz(voice: Voice, rate_hz: int) -> float | None:
    """4000 for a telephone line, 8000 for anything wider (no more is analysed); None without speech."""
    if not voice.speaking.any():
        return None
    if rate_hz <= 2 * NARROW_HZ:
        return NARROW_HZ
    bands = voice.features.bands[voice.speaking]
    air = np.quantile(bands[:, AIR], 0.98)
    upper = np.quantile(bands[:, UPPER], 0.95)
    return NARROW_HZ if float(decibels(air) - decibels(upper)) < _NARROW_DB else _WIDE_HZ


def _blocking(waveform: Waveform, voice: Voice) -> list[SignalProblem]:
    if waveform.duration_s < SHORTEST_S:
        return [
            _blocked(
                "too_short",
                f"The recording is only {waveform.duration_s:.1f} s long.",
                "Answer in a full sentence or two.",
            )
        ]
    loudest = float(np.max(voice.features.level_db, initial=-200.0))
    if not voice.speaking.any() and loudest < SILENT_DBFS:
        return [
            _blocked(
                "silent",
                f"The recording is silent (never above {max(loudest, -120.0):.0f} dBFS).",
                "Check that the right microphone is chosen and not muted.",
            )
        ]
    if not voice.speaking.any():
        return [_blocked("no_speech", "No speech was found in the recording.", _SPEAK_UP)]
    if voice.voiced_share < LEAST_VOICED_SHARE:
        return [
            _blocked(
                "no_speech",
                f"No voice was found: only {voice.voiced_share:.0%} of what might be speech is voiced.",
                _SPEAK_UP,
            )
        ]
    if _like_music(voice):
        message = "What might be speech holds its pitch like an instrument: it sounds like music or a tone."
        return [_blocked("no_speech", message, "Turn the music off and record again.")]
    if voice.speech_s < LEAST_SPEECH_S:
        return [
            _blocked(
                "too_short",
                f"There are only {voice.speech_s:.1f} s of speech.",
                "Answer in a full sentence or two.",
            )
        ]
    return []


def _like_music(voice: Voice) -> bool:
    share, apart = voice.even_pitch
    return share > MOST_EVEN_PITCH or (share > MOST_EVEN_NOTES and apart >= NOTES_APART_SEMITONES)


_SPEAK_UP = "Speak up, in your normal voice, with the microphone near your mouth."


def _clipped(share: float) -> list[SignalProblem]:
    if share <= MOST_CLIPPED:
        return []
    message = f"The recording is clipped in {share:.1%} of its speech."
    return [_warning("clipped", message, "Turn the microphone down or move it away from your mouth.")]


def _noisy(voice: Voice) -> list[SignalProblem]:
    snr = voice.noise.snr_db
    if snr is None or snr >= NOISY_SNR_DB:
        return []
    message = f"Speech is only {snr:.0f} dB above the noise."
    return [_warning("noisy", message, "Move the microphone nearer, or find a quieter place.")]


def _hum(hum: Hum | None) -> list[SignalProblem]:
    if hum is None:
        return []
    message = f"There is mains hum at {hum.frequency_hz:.0f} Hz ({hum.level_dbfs:.0f} dBFS)."
    return [_warning("hum", message, "Use another USB port or cable, or run the laptop on its battery.")]


def _dropout(lost_s: float, duration_s: float) -> list[SignalProblem]:
    if lost_s <= 0.0:
        return []
    message = f"About {lost_s:.2f} s of sound were lost while recording."
    remedy = "Close other programs, and use a cable instead of Bluetooth."
    blocking = duration_s > 0 and lost_s / (duration_s + lost_s) > LOST_SHARE_BLOCKING
    return [_blocked("dropout", message, remedy) if blocking else _warning("dropout", message, remedy)]


def _narrow(bandwidth_hz: float | None) -> list[SignalProblem]:
    if bandwidth_hz is None or bandwidth_hz > NARROW_HZ:
        return []
    message = "The sound ends at 4 kHz, as on a telephone line or a headset in hands-free mode."
    return [_warning("narrow_band", message, "Use a wired headset, or its music mode, where you can.")]


def _bleed(customer_s: float) -> list[SignalProblem]:
    if customer_s <= 0.0:
        return []
    message = f"The microphone heard the customer ({customer_s:.1f} s); that was left out."
    return [_warning("bleed", message, "Use a headset, or turn the loudspeaker down.")]


def _mixed(span: Span | None) -> list[SignalProblem]:
    if span is None:
        return []
    where = f"from {span.start_s:.0f} to {span.end_s:.0f} s"
    message = f"Two people speak: {where} another voice says the customer's words."
    remedy = "Record the agent alone, or a call with a channel for each and `score --agent-channel`."
    return [_blocked("mixed", message, remedy)]


def _background(soft_s: float) -> list[SignalProblem]:
    if soft_s <= 0.0:
        return []
    message = f"{soft_s:.1f} s of speech are far softer than the rest, as of another person in the room."
    remedy = "Find a place where nobody else talks, and speak into the microphone throughout."
    return [_warning("background_voice", message, remedy)]


def _blocked(code: str, message: str, remedy: str) -> SignalProblem:
    return SignalProblem(code, Severity.BLOCKING, message, remedy)


def _warning(code: str, message: str, remedy: str) -> SignalProblem:
    return SignalProblem(code, Severity.WARNING, message, remedy)
