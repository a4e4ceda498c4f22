"""Does once, early, what would otherwise make the first measurement wait."""

from __future__ import annotations

import numpy as np

from voice_trainer.delivery.frames import ANALYSIS_RATE_HZ, FrameStream
from voice_trainer.delivery.syllables import syllable_count


def warm_up() -> None:
    """Load librosa and the pronouncing dictionary.

    The first import of librosa on a machine compiles for 10-20 s and keeps the result beside the package:
    installation calls this once. Later it takes about a second, which a session can spend in a thread
    while the customer speaks.
    """
    stream = FrameStream(ANALYSIS_RATE_HZ)
    stream.feed(np.zeros(ANALYSIS_RATE_HZ, dtype=np.float32))
    stream.finish()
    syllable_count("ready")
