"""Whatever a file holds, it loads or is refused with a `ScenarioError`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_trainer.domain.scenario import Reaction
from voice_trainer.errors import ScenarioError
from voice_trainer.library import check, load_scenario, sha256
from voice_trainer.library.formats import FactFile, ScenarioFile, TurnFile

WORDS = st.sampled_from(
    ["opening", "a", "b", "coffee machine", "off", "3 weeks", "", "Ärger", "\t", "my-call"]
)
KEYS = st.sampled_from(
    [*ScenarioFile.model_fields, *TurnFile.model_fields, *FactFile.model_fields, "then", "x"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | WORDS | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
TURN_IDS = st.sampled_from(["a", "b", "c", "d"])
TURNS = st.lists(
    st.fixed_dictionaries(
        {"id": TURN_IDS, "says": st.just("My parcel is late.")},
        optional={
            "then": st.dictionaries(st.sampled_from(["calmer", "same", "angrier"]), TURN_IDS),
            "facts": VALUES,
        },
    ),
    max_size=5,
)
CALLS = st.fixed_dictionaries(
    {
        "id": st.just("my-call"), "version": st.integers(0, 2), "title": WORDS, "industry": st.just("post"),
        "language": st.just("en"), "kind": st.sampled_from(["complaint", "sales"]),
        "difficulty": st.integers(1, 5), "turns": TURNS,
    },
    optional={"offers": VALUES, "persona": VALUES, "skills": VALUES},
)  # fmt: skip


def outcome(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my-call.yaml"
        path.write_bytes(content)
        errors = [p for p in check(path) if p.severity == "error"]
        if errors:
            with pytest.raises(ScenarioError) as caught:
                load_scenario(path)
            assert caught.value.code == "scenario_invalid"
            assert caught.value.remedy
            return
        scenario = load_scenario(path)
        assert len(sha256(scenario)) == 64
        for turn in scenario.turns:
            for reaction in Reaction:
                following = turn.following(reaction)
                assert following is None or scenario.turn(following) is not None


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=8) | CALLS)
def test_any_mapping_loads_or_is_refused(values: dict[str, Any]) -> None:
    outcome(yaml.safe_dump(values, allow_unicode=True).encode())


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from(list("id: [a]{}&*!-#'\"\n\t>|%@\x00é,?")), max_size=60) | st.binary(max_size=60)
)
def test_any_bytes_load_or_are_refused(content: bytes | str) -> None:
    outcome(content if isinstance(content, bytes) else content.encode())
