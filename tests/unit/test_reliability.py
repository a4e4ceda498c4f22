import pytest

from voice_trainer.adapters.reliability import (
    POCKETSPHINX,
    RELIABLE_FROM,
    Piece,
    Signs,
    pocketsphinx_reliability,
    signs,
    whisper_reliability,
)


def words(text: str, *, posterior: float = 1.0) -> list[Piece]:
    return [Piece(word, True, 20 * i, 20 * i + 19, posterior) for i, word in enumerate(text.split())]


def test_signs_of_a_transcript() -> None:
    found = signs(words("a quick cat sat", posterior=0.75))
    assert found is not None
    assert found.doubt == pytest.approx((4 * 0.25 + 0.5) / (4 + 1))
    assert found.letters == pytest.approx(12 / 4)


@pytest.mark.parametrize("heard", ["", "dog", "understandable frustration"])
def test_too_few_words_are_not_trusted_however_sure(heard: str) -> None:
    assert signs(words(heard)) is None
    assert pocketsphinx_reliability(words(heard)) == 0.0


def test_the_cut_is_the_threshold() -> None:
    estimate = POCKETSPHINX
    at_cut = (estimate.cut - estimate.offset - estimate.letters * 4) / estimate.doubt
    assert estimate.reliability(Signs(at_cut, 4.0)) == pytest.approx(RELIABLE_FROM)


def test_sure_words_are_trusted_and_doubtful_crumbs_are_not() -> None:
    sure = "your coffee machine should have arrived three weeks ago and nobody answered your messages"
    assert pocketsphinx_reliability(words(sure, posterior=0.95)) >= RELIABLE_FROM
    assert pocketsphinx_reliability(words(sure, posterior=0.3)) < RELIABLE_FROM
    crumbs = "if the guy is in a the of an it and so or a he at"
    assert pocketsphinx_reliability(words(crumbs, posterior=0.6)) < RELIABLE_FROM


def segment(
    *, logprob: float, words: int = 4, ratio: float = 1.3, no_speech: float = 0.01
) -> dict[str, object]:
    return {
        "avg_logprob": logprob,
        "compression_ratio": ratio,
        "no_speech_prob": no_speech,
        "words": [{}] * words,
    }


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([], 0.0),
        ([segment(logprob=-0.2, words=0)], 0.0),
        ([segment(logprob=-0.2)], 0.8),
        ([segment(logprob=-0.5)], RELIABLE_FROM),
        ([segment(logprob=-1.4)], 0.0),
        ([segment(logprob=-0.2, ratio=2.5)], 0.0),
        ([segment(logprob=-0.2, no_speech=0.9)], 0.08),
        ([segment(logprob=-0.2, words=3), segment(logprob=-1.0, words=1)], 0.6),
    ],
)
def test_whispers_own_marks_become_a_reliability(segments: list[dict[str, object]], expected: float) -> None:
    assert whisper_reliability(segments) == pytest.approx(expected)
