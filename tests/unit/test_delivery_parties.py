"""A call mixed into one channel is known by the customer's words in another voice than the rest."""

from __future__ import annotations

import numpy as np
import pytest

from tests.voices import RATE_HZ, talk
from voice_trainer.delivery import measure_delivery
from voice_trainer.domain.delivery import SignalQuality
from voice_trainer.domain.transcript import Word
from voice_trainer.domain.waveform import SpeechFrames, Waveform

LINE = "I ordered a coffee machine three weeks ago and it still hasn't arrived."
HEARD = "i ordered the coffee machine three weeks ago and it still hasn't arrived"
REPLY = "you sound fed up and i can see why that is no way to treat you"


def said(text: str, start_s: float, end_s: float) -> list[Word]:
    tokens = text.split()
    edges = np.linspace(start_s, end_s, len(tokens) + 1)
    return [Word(t, float(a), float(b)) for t, a, b in zip(tokens, edges[:-1], edges[1:], strict=True)]


def signal(words: list[Word], *, first_hz: float, then_hz: float) -> SignalQuality:
    first, first_speech = talk([("silence", 0.512), ("voice", 4.0)], f0_hz=first_hz)
    then, then_speech = talk([("silence", 0.512), ("voice", 4.0), ("silence", 0.5)], f0_hz=then_hz)
    speech = SpeechFrames(
        np.concatenate([first_speech.probabilities, then_speech.probabilities]), first_speech.hop_s
    )
    waveform = Waveform(np.concatenate([first.samples, then.samples]), RATE_HZ)
    return measure_delivery(waveform, speech=speech, words=words, customer_says=LINE).signal


def test_a_mixed_call_is_blocked_and_told_where() -> None:
    words = said(HEARD, 0.5, 4.5) + said(REPLY, 5.0, 9.0)
    found = signal(words, first_hz=220.0, then_hz=120.0)
    assert found.blocked is not None
    assert found.blocked.code == "mixed"
    assert "--agent-channel" in found.blocked.remedy
    assert "to 4 s" in found.blocked.message or "to 5 s" in found.blocked.message


@pytest.mark.parametrize(
    ("words", "first_hz"),
    [
        (said(HEARD, 0.5, 4.5) + said(REPLY, 5.0, 9.0), 120.0),  # repeats the complaint in their own voice
        (said(REPLY, 0.5, 4.5) + said(REPLY, 5.0, 9.0), 220.0),  # another voice, but not the customer's words
        (said("i ordered a coffee machine then", 0.5, 4.5) + said(REPLY, 5.0, 9.0), 220.0),  # a few words
        ([Word(w, None, None) for w in f"{HEARD} {REPLY}".split()], 220.0),  # nobody knows when
        ([], 220.0),
    ],
)
def test_neither_sign_alone_blocks(words: list[Word], first_hz: float) -> None:
    assert signal(words, first_hz=first_hz, then_hz=120.0).blocked is None


def test_the_customers_words_alone_are_not_two_people() -> None:
    """All of the voice inside the line: nobody is left to compare with."""
    assert signal(said(HEARD.replace("the", "a"), 0.5, 9.0), first_hz=220.0, then_hz=120.0).blocked is None
