"""What a report shows of one take, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_trainer.domain.delivery import Delivery, VoiceProfile
from voice_trainer.domain.listening import Listening
from voice_trainer.domain.scenario import Scenario, Turn
from voice_trainer.domain.score import Score
from voice_trainer.domain.transcript import Transcript


@dataclass(frozen=True, slots=True, eq=False)
class ReportPanel:
    """One take as it is shown.

    Attributes
    ----------
    label
        What tells this panel from the one beside it, as in "A reply that listens".
    note
        Something the reader must know, as in "A synthetic voice speaks here."
    audio
        The recording as an encoded file (FLAC), None where there is none.
    audio_url
        Where a page of the server finds the recording, instead of `audio`.
    example_url
        Where a page of the server finds the sentence to try, spoken; empty where it cannot be had.
    envelope
        Lowest and highest sample of each column, from `voice_trainer.exports.envelope.envelope_of`.
    duration_s
        Length of the recording; None for a typed reply.
    pace_band_wpm
        The words per minute that cost nothing, by the rubric the take was judged by; None where not known.
    """

    scenario: Scenario
    turn: Turn
    label: str = ""
    note: str = ""
    transcript: Transcript | None = None
    delivery: Delivery | None = None
    listening: Listening | None = None
    score: Score | None = None
    baseline: VoiceProfile | None = None
    audio: bytes | None = None
    audio_type: str = "audio/flac"
    audio_url: str = ""
    example_url: str = ""
    envelope: Sequence[tuple[float, float]] = ()
    duration_s: float | None = None
    pace_band_wpm: tuple[float, float] | None = None

    @property
    def sounds(self) -> bool:
        """Whether there is a recording to jump into."""
        return self.audio is not None or bool(self.audio_url)
