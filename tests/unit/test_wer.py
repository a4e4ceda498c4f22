import pytest

from voice_trainer.testing.wer import spoken_words, wer


@pytest.mark.parametrize(
    ("reference", "heard", "expected"),
    [
        ("the cat sat down", "the cat sat down", 0.0),
        ("The cat sat, down!", "the cat sat down", 0.0),
        ("the cat sat down", "the hat sat down", 0.25),
        ("the cat sat down", "the sat down", 0.25),
        ("the cat sat down", "the big cat sat down", 0.25),
        ("one", "two three four", 3.0),
        ("", "", 0.0),
        ("", "anything", 1.0),
        ("anything", "", 1.0),
    ],
)
def test_counts_edits_per_spoken_word(reference: str, heard: str, expected: float) -> None:
    assert wer(reference, heard) == pytest.approx(expected)


def test_apostrophes_stay_and_hyphens_part() -> None:
    assert spoken_words("Don\N{RIGHT SINGLE QUOTATION MARK}t re-send it.") == ["don't", "re", "send", "it"]
