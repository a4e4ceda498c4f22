"""What lies around the customer's voice: a telephone line, an open-plan office, music while one waits.

All of it is computed here from the voice itself and from sines; no recording is shipped.
"""

from __future__ import annotations

import threading
import zlib
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.signal import butter, resample_poly, sosfilt, sosfiltfilt

from voice_trainer.domain.scenario import Gender
from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import Synthesizer, VoiceSettings
from voice_trainer.practice.turn import trailing_silence_s

LineName = Literal["clear", "telephone"]
BackgroundName = Literal["quiet", "office"]

BAND_HZ = (300.0, 3400.0)  # of a telephone, ITU-T G.712
OFFICE_BELOW_DB = 20.0  # how far the office lies below the customer's voice
_TELEPHONE_HZ = 8000
_MU = 255.0  # ITU-T G.711
_LEAD_S = 0.4  # the office is heard this long before the customer speaks
_FADE_S = 0.1
_COLLEAGUES = (
    (
        Gender.FEMALE,
        "calm",
        "Thank you for waiting, I have your order in front of me and I can see the date.",
    ),
    (Gender.MALE, "confused", "Could you spell the street for me, please? And the number of the house?"),
    (Gender.FEMALE, "relieved", "That is all done now, you will get a letter within the next few days."),
    (Gender.MALE, "calm", "No, the other form, the green one, it should lie in the second drawer."),
    (Gender.FEMALE, "confused", "I am putting you through to my colleague, she knows about these contracts."),
    (Gender.MALE, "relieved", "We had lunch at the new place on the corner, and the soup was good."),
)


@dataclass(slots=True)
class CallSound:
    """The port `Synthesizer`, with a line and a background put around the voice of another."""

    voice: Synthesizer
    line: LineName = "clear"
    background: BackgroundName = "quiet"
    _babble: Waveform | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def synthesize(self, text: str, *, voice: VoiceSettings) -> Waveform:
        """Speak `text`, and mix in what was asked for; raises as the voice does."""
        spoken = self.voice.synthesize(text, voice=voice)
        if self.background == "office":
            spoken = with_office(spoken, self._office(), seed=zlib.crc32(text.encode()))
        return telephone(spoken) if self.line == "telephone" else spoken

    def _office(self) -> Waveform:
        with self._lock:
            if self._babble is None:
                self._babble = babble(self.voice)
            return self._babble


def telephone(sound: Waveform) -> Waveform:
    """As a telephone carries it: 300-3400 Hz at 8 kHz, companded to 8 bits, at the same level and rate."""
    samples = sound.samples.astype(np.float64)
    narrow = resample_poly(samples, _TELEPHONE_HZ, sound.rate_hz)
    narrow = sosfiltfilt(butter(4, BAND_HZ, "bandpass", fs=_TELEPHONE_HZ, output="sos"), narrow)
    peak = float(np.abs(narrow).max(initial=0.0)) or 1.0
    pressed = np.sign(narrow) * np.log1p(_MU * np.abs(narrow) / peak) / np.log1p(_MU)
    pressed = np.round(pressed * 127.0) / 127.0
    carried = np.sign(pressed) * (np.expm1(np.abs(pressed) * np.log1p(_MU)) / _MU) * peak
    wide = resample_poly(carried, sound.rate_hz, _TELEPHONE_HZ)[: len(samples)]
    wide = np.pad(wide, (0, len(samples) - len(wide)))
    return _sound(wide * _rms(samples) / max(_rms(wide), 1e-9), sound.rate_hz)


def babble(voice: Synthesizer) -> Waveform:
    """Six colleagues on the telephone at once, some metres away; raises as the voice does."""
    lines = [
        voice.synthesize(text, voice=VoiceSettings(gender, emotion, persona=f"colleague {number}"))
        for number, (gender, emotion, text) in enumerate(_COLLEAGUES)
    ]
    rate_hz = lines[0].rate_hz
    length = max(round(line.duration_s * rate_hz) for line in lines)
    mixed = np.zeros(length)
    for number, line in enumerate(lines):
        samples = resample_poly(line.samples.astype(np.float64), rate_hz, line.rate_hz)
        # Each speaks all the time and begins elsewhere, so that no word stands out.
        mixed += np.roll(np.resize(samples, length), number * length // len(lines)) / max(_rms(samples), 1e-9)
    # Distance and partitions take the high sounds away, a room spreads what is left over 0.1 s.
    far = sosfilt(butter(2, 2500.0, "lowpass", fs=rate_hz, output="sos"), mixed)
    delays = [round(delay_s * rate_hz) for delay_s in (0.023, 0.051, 0.097)]
    far = far + sum(0.4 / (index + 1) * np.roll(far, delay) for index, delay in enumerate(delays))
    return _sound(far * 0.1 / max(_rms(far), 1e-9), rate_hz)


def with_office(spoken: Waveform, office: Waveform, *, seed: int) -> Waveform:
    """`spoken` with `office` around it, which fades with the last word: the reply is recorded in quiet.

    `seed` chooses where in the office's sound this line begins.
    """
    rate_hz = spoken.rate_hz
    samples = np.pad(spoken.samples.astype(np.float64), (round(_LEAD_S * rate_hz), 0))
    around = resample_poly(office.samples.astype(np.float64), rate_hz, office.rate_hz)
    around = np.resize(np.roll(around, -(seed % len(around))), len(samples))
    around *= _rms(spoken.samples) * 10 ** (-OFFICE_BELOW_DB / 20) / max(_rms(around), 1e-9)
    fade, last = round(_FADE_S * rate_hz), len(samples) - round(trailing_silence_s(spoken) * rate_hz)
    around[last:] = 0.0
    ramp = np.linspace(0.0, 1.0, fade)
    around[:fade] *= ramp
    around[max(0, last - fade) : last] *= ramp[::-1][-min(fade, last) :]
    return _sound(samples + around, rate_hz)


def hold_music(duration_s: float = 6.0, *, rate_hz: int = 22_050) -> Waveform:
    """A tune of broken chords, as one hears while being put through; it fades in and out."""
    count = round(duration_s * rate_hz)
    tune = np.zeros(count + rate_hz)
    chords = ((0, 4, 7, 12), (-3, 0, 4, 9), (-7, -3, 0, 5), (-5, -1, 2, 7))  # C, a, F, G above middle C
    step_s, t = 0.25, np.arange(rate_hz) / rate_hz
    for number in range(int(duration_s / step_s)):
        chord = chords[number // 8 % len(chords)]
        hz = 261.63 * 2 ** (chord[(0, 1, 2, 3, 2, 1, 2, 1)[number % 8]] / 12)
        note = np.exp(-4 * t) * (np.sin(2 * np.pi * hz * t) + 0.3 * np.sin(4 * np.pi * hz * t))
        at = round(number * step_s * rate_hz)
        tune[at : at + rate_hz] += note[: max(0, len(tune) - at)]
    tune = tune[:count]
    fade = np.linspace(0.0, 1.0, min(count, round(0.5 * rate_hz)))
    tune[: len(fade)] *= fade
    tune[count - len(fade) :] *= fade[::-1]
    return telephone(_sound(0.06 * tune / max(_rms(tune), 1e-9), rate_hz))


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _sound(samples: np.ndarray, rate_hz: int) -> Waveform:
    return Waveform(np.clip(samples, -1.0, 1.0).astype(np.float32), rate_hz)
