"""A spoken line in figures, by the program's own measures; `python -m tests.voice_figures` prints all."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice_trainer.adapters.pyttsx3 import Pyttsx3Synthesizer
from voice_trainer.adapters.silero import SileroDetector
from voice_trainer.adapters.speaking_styles import STYLES
from voice_trainer.delivery.frames import analyse_frames
from voice_trainer.delivery.voice import hear_voice
from voice_trainer.domain.scenario import Gender
from voice_trainer.domain.waveform import Waveform
from voice_trainer.ports import VoiceSettings

LINE = (
    "I ordered a coffee machine three weeks ago and it still hasn't arrived. "
    "Every time I ring you I get a different story."
)


@dataclass(frozen=True)
class Figures:
    """Median pitch and its range (10th to 90th percentile) in semitones, words a minute, level in dBFS."""

    pitch_st: float
    range_st: float
    rate_wpm: float
    level_dbfs: float

    @property
    def pitch_hz(self) -> float:
        return float(2 ** (self.pitch_st / 12))


def figures(sound: Waveform, *, words: int) -> Figures:
    """Measured as the agent's own voice is: Silero's speech, the tracker's pitch, the level in speech."""
    features = analyse_frames(sound)
    voice = hear_voice(features, speech=SileroDetector().detect(sound))
    pitch = voice.f0_semitones[voice.voiced]
    low, middle, high = np.percentile(pitch, [10, 50, 90])
    speaking = features.level_db[voice.speaking]
    level = 10 * np.log10(np.mean(10 ** (speaking / 10)))
    spoken_s = voice.spans[-1].end_s - voice.spans[0].start_s
    return Figures(float(middle), float(high - low), 60 * words / spoken_s, float(level))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = Pyttsx3Synthesizer(cache_dir=Path(folder))
        print("| feeling | voice | F0 median, Hz | F0 range, semitones | words/min | level, dBFS |")
        print("|---|---|---|---|---|---|")
        for feeling in STYLES:
            for gender in Gender:
                sound = engine.synthesize(LINE, voice=VoiceSettings(gender, feeling))
                f = figures(sound, words=len(LINE.split()))
                values = f"{f.pitch_hz:.0f} | {f.range_st:.1f} | {f.rate_wpm:.0f} | {f.level_dbfs:.1f}"
                print(f"| {feeling} | {gender} | {values} |")
        engine.close()


if __name__ == "__main__":
    main()
