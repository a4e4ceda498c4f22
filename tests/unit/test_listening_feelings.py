"""The customer's feeling as the agent names it."""

from __future__ import annotations

import pytest

from voice_trainer.domain.feeling import FeelingMatch
from voice_trainer.domain.scenario import Turn
from voice_trainer.library import ScenarioLibrary, builtin_folder
from voice_trainer.listening.feelings import likely_meant, name_feeling

TURN = Turn("opening", "Again!", emotion="frustrated", accept_emotions=("let down",))


@pytest.mark.parametrize(
    ("said", "match", "points"),
    [
        ("frustrated", FeelingMatch.RIGHT, 100),
        ("Fed-up!", FeelingMatch.RIGHT, 100),
        ("let down", FeelingMatch.RIGHT, 100),
        ("disappointed", FeelingMatch.RIGHT, 100),  # another word for "let down", which the call accepts
        ("I think she is at her wits' end", FeelingMatch.RIGHT, 100),
        ("angry", FeelingMatch.NEAR, 50),
        ("tired", FeelingMatch.NEAR, 50),
        ("delighted", FeelingMatch.OTHER, 0),
        ("frustrated, scared, sad, ashamed or happy", FeelingMatch.NEAR, 50),
        ("purple", FeelingMatch.UNKNOWN, None),
        ("", FeelingMatch.UNKNOWN, None),
    ],
)
def test_words_for_the_feeling_count_and_near_ones_in_part(
    said: str, match: FeelingMatch, points: int | None
) -> None:
    found = name_feeling(said, turn=TURN, language="en-GB")
    assert found is not None
    assert (found.match, found.points, found.declared) == (match, points, "frustrated")


def test_a_turn_that_declares_no_feeling_has_nothing_to_compare() -> None:
    assert name_feeling("sad", turn=Turn("t", "Hello?"), language="en-GB") is None


def test_a_feeling_no_family_holds_is_right_by_its_own_word() -> None:
    found = name_feeling("Calm", turn=Turn("t", "Hello.", emotion="calm"), language="en-GB")
    assert found is not None
    assert found.match is FeelingMatch.RIGHT


def test_every_built_in_feeling_is_right_by_its_own_name() -> None:
    for call in ScenarioLibrary([builtin_folder()]).all():
        for turn in call.turns:
            for name in (turn.emotion, *turn.accept_emotions):
                found = name_feeling(name, turn=turn, language=call.language)
                assert found is not None
                assert found.match is FeelingMatch.RIGHT, (call.id, turn.id, name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("furios", "furious"), ("worryed", "worried"), ("Furious", None), ("let down", None), ("bashful", None)],
)
def test_a_slip_of_the_pen_is_told_from_a_rare_feeling(written: str, meant: str | None) -> None:
    assert likely_meant(written, language="en-GB") == meant
