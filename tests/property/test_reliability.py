from hypothesis import given
from hypothesis import strategies as st

from voice_trainer.adapters.reliability import (
    POCKETSPHINX,
    Piece,
    Signs,
    pocketsphinx_reliability,
    signs,
    whisper_reliability,
)

shares = st.floats(0, 1)
words = st.lists(
    st.builds(
        lambda text, length, posterior: Piece(text, True, 0, length, posterior),
        st.sampled_from(["the", "cat", "unbelievable", "i"]),
        st.integers(0, 80),
        shares,
    ),
    max_size=12,
)


@given(words)
def test_reliability_is_a_share_whatever_was_heard(heard: list[Piece]) -> None:
    assert 0 <= pocketsphinx_reliability(heard) <= 1
    found = signs(heard)
    if found is not None:
        assert 0 <= found.doubt <= 1
        assert found.letters >= 1


@given(shares, st.floats(1, 15), st.floats(0, 0.5))
def test_more_doubt_is_never_more_reliable(doubt: float, letters: float, more: float) -> None:
    base = POCKETSPHINX.reliability(Signs(doubt, letters))
    assert POCKETSPHINX.reliability(Signs(doubt + more, letters)) <= base


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
