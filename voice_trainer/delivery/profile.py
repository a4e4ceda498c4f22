"""A voice in its everyday state, from a relaxed reading, and whether the reading is good enough."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.delivery.frames import analyse_frames
from voice_trainer.delivery.pace import measure_pace
from voice_trainer.delivery.quality import measure_quality
from voice_trainer.delivery.tone import (
    LEAST_SNR_DB,
    LEAST_VOICED_SHARE,
    MOST_CLIPPED,
    ToneFigures,
    tone_figures,
)
from voice_trainer.delivery.voice import LOW_HZ, Voice, hear_voice
from voice_trainer.domain.delivery import SignalQuality, VoiceProfile
from voice_trainer.domain.transcript import Word
from voice_trainer.domain.waveform import SpeechFrames, Waveform
from voice_trainer.errors import UsageError

LEAST_SPEECH_S = 8.0
LEAST_VOICED_S = 3.0
READING_SPS = (2.5, 6.5)  # outside, the text given is not what was read (half of it, or twice)


def voice_profile(
    waveform: Waveform, *, speech: SpeechFrames, words: Sequence[Word] = (), strict: bool = True
) -> VoiceProfile:
    """Measure the speaker's everyday voice.

    Parameters
    ----------
    waveform
        10-15 s of relaxed reading on the device that will be used.
    speech
        The detector's probabilities over it.
    words
        What was read, with or without times; gives the articulation rate.
    strict
        Whether to refuse a reading that is too short or too poor. Benchmarks on short clips turn it off.

    Raises
    ------
    UsageError
        Code ``baseline_unusable``, with the reason and what to do.
    """
    voice = hear_voice(analyse_frames(waveform), speech=speech)
    signal = measure_quality(waveform, voice=voice)
    figures = tone_figures(voice, voice.speaking)
    if figures is None:
        raise _unusable("no voice was found in it", "Read aloud for 15 seconds in your normal voice.")
    if strict:
        _check(voice, signal)
    return _profile(figures, voice=voice, signal=signal, words=words)


def _profile(
    figures: ToneFigures, *, voice: Voice, signal: SignalQuality, words: Sequence[Word]
) -> VoiceProfile:
    rate_sps = measure_pace(voice.spans, words=words, signal=signal).articulation_rate_sps.value
    plausible = rate_sps is not None and READING_SPS[0] <= rate_sps <= READING_SPS[1]
    return VoiceProfile(
        f0_semitones=figures.f0_semitones,
        hf500_db=figures.hf500_db,
        alpha_db=figures.alpha_db,
        noise_dbfs=-120.0 if signal.noise_dbfs is None else signal.noise_dbfs,
        snr_db=0.0 if signal.snr_db is None else signal.snr_db,
        voiced_s=round(voice.voiced_s, 2),
        bandwidth_hz=8000.0 if signal.bandwidth_hz is None else signal.bandwidth_hz,
        articulation_rate_sps=rate_sps if plausible else None,
        low_from_hz=LOW_HZ[0],
    )


def _check(voice: Voice, signal: SignalQuality) -> None:
    if signal.blocked is not None:
        raise _unusable(signal.blocked.message.rstrip(".").lower(), signal.blocked.remedy)
    if voice.speech_s < LEAST_SPEECH_S:
        raise _unusable(
            f"it holds {voice.speech_s:.1f} s of speech, {LEAST_SPEECH_S:.0f} s are needed",
            "Read for 15 seconds without long pauses.",
        )
    if signal.clipped_share > MOST_CLIPPED:
        raise _unusable(
            f"{signal.clipped_share:.1%} of it is clipped",
            "Turn the microphone down or move it away from your mouth, and read again.",
        )
    if signal.snr_db is not None and signal.snr_db < LEAST_SNR_DB:
        raise _unusable(
            f"speech is only {signal.snr_db:.0f} dB above the noise, {LEAST_SNR_DB:.0f} dB are needed",
            "Move the microphone nearer or find a quieter place, and read again.",
        )
    if voice.voiced_share < LEAST_VOICED_SHARE or voice.voiced_s < LEAST_VOICED_S:
        raise _unusable(
            f"only {voice.voiced_s:.1f} s ({voice.voiced_share:.0%} of the speech) are voiced",
            "Read in your normal voice, not in a whisper.",
        )


def _unusable(reason: str, remedy: str) -> UsageError:
    return UsageError(
        "baseline_unusable", f"The reading cannot serve as a baseline: {reason}.", remedy=remedy
    )
