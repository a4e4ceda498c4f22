from hypothesis import given
from hypothesis import strategies as st

from voice_trainer.adapters.reliability import (
    POCKETSPHINX,
    Decoding,
    Piece,
    Signs,
    pocketsphinx_reliability,
    signs,
    whisper_reliability,
)

shares = st.floats(0, 1)
pieces = st.lists(
    st.builds(
        lambda text, word, length, posterior: Piece(text, word, 0, length, posterior),
        st.sampled_from(["the", "cat", "sat", "<sil>"]),
        st.booleans(),
        st.integers(0, 80),
        shares,
    ),
    max_size=12,
).map(tuple)


@given(st.builds(Decoding, pieces, pieces))
def test_reliability_is_a_share_whatever_was_heard(decoding: Decoding) -> None:
    assert 0 <= pocketsphinx_reliability(decoding) <= 1
    found = signs(decoding)
    if found is not None:
        assert 0 <= found.disagreement <= 1
        assert 0 <= found.doubt <= 1


@given(shares, shares, st.floats(0, 0.5))
def test_more_disagreement_or_doubt_is_never_more_reliable(
    disagreement: float, doubt: float, more: float
) -> None:
    base = POCKETSPHINX.reliability(Signs(disagreement, doubt))
    assert POCKETSPHINX.reliability(Signs(disagreement + more, doubt)) <= base
    assert POCKETSPHINX.reliability(Signs(disagreement, doubt + more)) <= base


segments = st.fixed_dictionaries(
    {
        "avg_logprob": st.floats(-5, 0),
        "compression_ratio": st.floats(0, 10),
        "no_speech_prob": shares,
        "words": st.lists(st.just({}), max_size=5),
    }
)


@given(st.lists(segments, max_size=4))
def test_whispers_reliability_is_a_share(found: list[dict[str, object]]) -> None:
    assert 0 <= whisper_reliability(found) <= 1
