"""How a feeling sounds: speed, pitch, melody and loudness of the customer's voice.

Starting points were measured with eSpeak NG; one that can only change speed and loudness (macOS,
Windows) ignores the rest, and the wording carries the feeling there. A voice also differs a little
from persona to persona, always by the same amount for the same name, and with the customer's temperature:
the same feeling is spoken softer, slower and lower by one who is calming down.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from voice_trainer.domain.call import TEMPERATURES, UNNAMED, feeling_of
from voice_trainer.domain.scenario import Gender


@dataclass(frozen=True, slots=True)
class SpeakingStyle:
    """Settings of the engine.

    Attributes
    ----------
    rate_wpm
        Words per minute as the engine counts them; eSpeak NG says a quarter more, measured over a sentence.
    pitch
        0..99, 50 is the voice's own; about 3 semitones higher at 70.
    pitch_range
        0..99, how far the melody goes up and down: 0 is monotone, 50 the voice's own.
    volume
        0..1.
    """

    rate_wpm: int
    pitch: int
    pitch_range: int
    volume: float


NEUTRAL = SpeakingStyle(rate_wpm=155, pitch=50, pitch_range=50, volume=0.80)
STYLES = {
    "calm": SpeakingStyle(rate_wpm=140, pitch=45, pitch_range=40, volume=0.75),
    "relieved": SpeakingStyle(rate_wpm=153, pitch=56, pitch_range=65, volume=0.70),
    "confused": SpeakingStyle(rate_wpm=134, pitch=60, pitch_range=85, volume=0.70),
    "frustrated": SpeakingStyle(rate_wpm=168, pitch=55, pitch_range=70, volume=0.90),
    "angry": SpeakingStyle(rate_wpm=182, pitch=61, pitch_range=90, volume=1.00),
    "furious": SpeakingStyle(rate_wpm=196, pitch=70, pitch_range=99, volume=1.00),
    "anxious": SpeakingStyle(rate_wpm=188, pitch=78, pitch_range=60, volume=0.70),
    "hurt": SpeakingStyle(rate_wpm=124, pitch=40, pitch_range=30, volume=0.60),
    "resigned": SpeakingStyle(rate_wpm=112, pitch=32, pitch_range=15, volume=0.55),
}

# eSpeak NG's variants that sound like a person; the others are robots, whispers and jokes.
VARIANTS = {
    Gender.FEMALE: ("f2", "f1", "f3", "f4", "f5"),
    Gender.MALE: ("m3", "m1", "m2", "m4", "m7"),
}


@dataclass(frozen=True, slots=True)
class PersonalVoice:
    """One persona's voice in one mood; `choice` is any number that picks among equal voices."""

    style: SpeakingStyle
    variant: str
    choice: int


def style_of(emotion: str, *, temperature: int | None = None) -> SpeakingStyle:
    """The style of a feeling; neutral for a word that is not in the table.

    `temperature` (0..100) sharpens the voice where it lies above the feeling's own and softens it below;
    None leaves it as it is.
    """
    feeling = feeling_of(emotion)
    style = STYLES.get(feeling, NEUTRAL)
    if temperature is None:
        return style
    # Half a scale of temperature is as much as lies between two neighbouring feelings.
    share = (temperature - TEMPERATURES.get(feeling, UNNAMED)) / 50
    return SpeakingStyle(
        rate_wpm=round(_within(style.rate_wpm * (1 + 0.08 * share), 100, 210)),
        pitch=round(_within(style.pitch + 6 * share, 0, 99)),
        pitch_range=round(_within(style.pitch_range + 12 * share, 0, 99)),
        volume=round(_within(style.volume * (1 + 0.15 * share), 0.4, 1.0), 3),
    )


def personal_voice(
    *, emotion: str, gender: Gender, persona: str, temperature: int | None = None
) -> PersonalVoice:
    """The style of a feeling in the voice of a persona: other timbre, up to 4 % faster, a shade higher."""
    style, variants = style_of(emotion, temperature=temperature), VARIANTS[gender]
    if not persona.strip():
        return PersonalVoice(style, variants[0], 0)
    digest = hashlib.sha256(persona.strip().casefold().encode("utf-8", "replace")).digest()
    own = replace(
        style,
        rate_wpm=round(style.rate_wpm * (0.96 + 0.08 * digest[1] / 255)),
        pitch=min(99, max(0, style.pitch - 3 + digest[2] % 7)),
    )
    return PersonalVoice(own, variants[digest[0] % len(variants)], digest[0])


def _within(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
