"""Syllables of words in and out of the dictionary."""

import sys

import pytest

from voice_trainer.delivery import syllables
from voice_trainer.delivery.syllables import syllable_count


@pytest.fixture
def without_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syllables, "_dictionary", dict)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("delivery", 4),
        ("Coffee,", 2),
        ("I'm", 1),
        ("don’t", 1),
        ("twenty-five", 3),
        ("7", 2),
        ("24", 2),
        ("...", 0),
        ("", 0),
        ("-", 0),
    ],
)
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert syllable_count(word) == count


@pytest.mark.usefixtures("without_dictionary")
@pytest.mark.parametrize(
    ("word", "count"), [("refund", 2), ("table", 2), ("late", 1), ("hmm", 1), ("delivery", 4)]
)
def test_a_word_the_dictionary_lacks_is_hyphenated(word: str, count: int) -> None:
    assert syllable_count(word) == count


def test_the_dictionary_is_read_without_importing_the_recogniser() -> None:
    assert len(syllables._dictionary()) > 100_000
    assert "voice_trainer.adapters.pocketsphinx" not in syllables.__dict__
    assert not any(name == "pocketsphinx" for name in vars(sys.modules[syllables.__name__]))
