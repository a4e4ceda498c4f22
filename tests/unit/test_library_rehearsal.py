"""The judge hears a call before an agent does: model replies reach the top band, parrots do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice_trainer.domain.scenario import Turn
from voice_trainer.library import builtin_folder, check, load_scenario
from voice_trainer.library.rehearsal import Rehearsed, parroted, rehearse

GOOD = """\
id: my-call
version: 1
title: A parcel
industry: post
language: en-GB
kind: complaint
difficulty: 1
turns:
  - id: opening
    says: I was promised my red parcel for Tuesday, and three weeks later nobody can tell me where it is.
    emotion: annoyed
    wish: {text: know where the parcel is}
    facts:
      - id: parcel
        text: the red parcel was promised for Tuesday
        keys: [[parcel], [promise, due]]
        values: [tuesday]
      - id: weeks
        text: three weeks later nobody knows where it is
        keys: [[nobody, no one]]
        values: [3 weeks]
    model_replies:
      - That's annoying. Your red parcel was due on Tuesday, it's been 3 weeks,
        and no one can say where it went. You want to know where the parcel is. Have I got that right?
"""
POOR = "      - We are sorry for any inconvenience.\n"


@pytest.fixture(scope="module")
def shipped() -> list[Rehearsed]:
    """Every call that ships, judged without embeddings, which are slow and forgive more."""
    calls = [load_scenario(path) for path in sorted(builtin_folder().glob("*/*.yaml"))]
    return [heard for call in calls for heard in rehearse(call)]


def test_model_replies_of_shipped_calls_reach_the_top_band(shipped: list[Rehearsed]) -> None:
    replies = [heard for heard in shipped if heard.number is not None]
    low = [f"{heard.points}: {heard.reply} ({heard.reason})" for heard in replies if not heard.is_top]
    assert len(replies) > 250
    assert not low, "\n".join(low)


def test_no_shipped_complaint_reaches_it_by_being_parroted(shipped: list[Rehearsed]) -> None:
    parrots = [heard for heard in shipped if heard.number is None]
    assert len(parrots) > 120
    assert [heard.reply for heard in parrots if heard.is_top] == []


def test_a_poor_model_reply_is_told_with_its_points_and_line(tmp_path: Path) -> None:
    path = tmp_path / "my-call.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert check(path, rehearsed=True) == []
    path.write_text(GOOD + POOR, encoding="utf-8")
    assert check(path) == []
    (problem,) = check(path, rehearsed=True)
    assert problem.key == "turns[0].model_replies[1]"
    assert problem.line == len(GOOD.splitlines()) + 1
    assert "of 100 for listening; 80 is the top band" in problem.message


def test_a_parrot_swaps_the_persons() -> None:
    assert parroted(Turn("opening", "I've told you my name.")) == "you've told we your name."
