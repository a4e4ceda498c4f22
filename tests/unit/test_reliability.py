import pytest

from voice_trainer.adapters.reliability import (
    POCKETSPHINX,
    RELIABLE_FROM,
    Decoding,
    Piece,
    Signs,
    pocketsphinx_reliability,
    signs,
    whisper_reliability,
)


def pieces(text: str, *, posterior: float = 1.0) -> tuple[Piece, ...]:
    return tuple(
        Piece(word, not word.startswith("<"), 20 * i, 20 * i + 19, posterior)
        for i, word in enumerate(text.split())
    )


def decoding(first: str, second: str, *, posterior: float = 1.0) -> Decoding:
    return Decoding(pieces(first, posterior=posterior), pieces(second))


def test_signs_of_two_decodings() -> None:
    found = signs(decoding("<s> the cat sat", "<s> the hat sat down", posterior=0.75))
    assert found is not None
    assert found.disagreement == pytest.approx((2 + 0.5) / (4 + 1))
    assert found.doubt == pytest.approx((3 * 0.25 + 0.5) / (3 + 1))


@pytest.mark.parametrize("heard", ["", "<s> <sil> </s>", "<s> dog </s>", "hello dana"])
def test_too_few_words_are_not_trusted_however_sure(heard: str) -> None:
    assert signs(decoding(heard, heard)) is None
    assert pocketsphinx_reliability(decoding(heard, heard)) == 0.0


def test_the_cut_is_the_threshold() -> None:
    estimate = POCKETSPHINX
    at_cut = (estimate.cut - estimate.offset) / estimate.disagreement
    assert estimate.reliability(Signs(at_cut, 0.0)) == pytest.approx(RELIABLE_FROM)


def test_agreement_is_trusted_and_quarrel_is_not() -> None:
    same = pocketsphinx_reliability(decoding("the cat sat down here", "the cat sat down here"))
    other = pocketsphinx_reliability(decoding("the cat sat down here", "a hut said crown ear", posterior=0.3))
    assert same >= RELIABLE_FROM > other


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
