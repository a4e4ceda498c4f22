"""All measurements of how one reply was said."""

from __future__ import annotations

from collections.abc import Sequence

from voice_trainer.delivery.frames import FrameFeatures, analyse_frames
from voice_trainer.delivery.pace import measure_pace
from voice_trainer.delivery.parties import customer_in_recording
from voice_trainer.delivery.quality import measure_quality
from voice_trainer.delivery.tone import measure_tone
from voice_trainer.delivery.voice import hear_voice, without_customer
from voice_trainer.domain.delivery import Delivery, VoiceProfile
from voice_trainer.domain.transcript import Word
from voice_trainer.domain.waveform import SpeechFrames, Waveform


def measure_delivery(
    waveform: Waveform,
    *,
    speech: SpeechFrames,
    words: Sequence[Word] = (),
    reliability: float | None = None,
    baseline: VoiceProfile | None = None,
    customer_end_s: float | None = None,
    customer_says: str = "",
    lost_frames: int = 0,
    abstain: bool = True,
    features: FrameFeatures | None = None,
) -> Delivery:
    """Pace, tone against the speaker's baseline, pitch and the quality of the signal.

    Parameters
    ----------
    waveform
        The reply, mono, any rate.
    speech
        The speech detector's probabilities over it.
    words
        The transcript's words, with or without times; empty where there is none.
    reliability
        0..1, how far the words may be trusted; None where nobody could tell.
    baseline
        The speaker's relaxed reading on the same device; without it tone is withheld.
    customer_end_s
        End of the customer's speech on the take's clock; may be negative. What ends with it is taken for
        the customer, heard by the microphone, and left out.
    customer_says
        The customer's line; heard here in another voice than the rest, it blocks: the call is mixed.
    lost_frames
        Sample frames the device did not deliver.
    abstain
        Whether tone is withheld on poor sound (False only to study the rule).
    features
        What a `FrameStream` collected while the reply was recorded; saves most of the work here.

    Returns
    -------
    delivery
        Measurements, never points; None stands for "not measured", with the reason in `withheld`.
    """
    voice = hear_voice(analyse_frames(waveform) if features is None else features, speech=speech)
    voice, customer_s = without_customer(voice, customer_end_s=customer_end_s)
    mixed = customer_in_recording(voice, words, customer_says=customer_says)
    signal = measure_quality(
        waveform, voice=voice, lost_frames=lost_frames, customer_s=customer_s, mixed=mixed
    )
    return Delivery(
        speech=voice.spans,
        pace=measure_pace(
            voice.spans,
            words=words,
            signal=signal,
            reliability=reliability,
            customer_end_s=customer_end_s,
            baseline_sps=None if baseline is None else baseline.articulation_rate_sps,
        ),
        tone=measure_tone(voice, signal=signal, baseline=baseline, abstain=abstain),
        signal=signal,
        pitch=voice.pitch_curve,
        level=voice.level_curve,
    )
