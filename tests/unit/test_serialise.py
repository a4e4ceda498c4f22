"""JSON of domain values: nothing becomes another thing on the way."""

from __future__ import annotations

import json
import math

import pytest

from voice_trainer.domain.attempt import EngineVersions
from voice_trainer.domain.delivery import VoiceProfile
from voice_trainer.domain.transcript import typed
from voice_trainer.serialise import ENGINES, PROFILE, TRANSCRIPT, UnreadableError


def test_not_a_number_does_not_become_not_measured() -> None:
    profile = VoiceProfile(1.0, 2.0, 3.0, -math.inf, 5.0, 6.0, 7.0, math.nan)
    text = PROFILE.dump(profile)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    found = PROFILE.load(text)
    assert found.noise_dbfs == -math.inf
    assert found.articulation_rate_sps is not None
    assert math.isnan(found.articulation_rate_sps)


def test_a_field_of_a_later_program_is_ignored() -> None:
    versions = EngineVersions("1", "whisper", "base.en", "1")
    text = json.dumps(json.loads(ENGINES.dump(versions)) | {"aligner": "new"})
    assert ENGINES.load(text) == versions


def test_a_field_of_an_earlier_program_gets_the_default() -> None:
    fields = json.loads(TRANSCRIPT.dump(typed("hello there")))
    del fields["source"]
    assert TRANSCRIPT.load(json.dumps(fields)).text == "hello there"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("null", "whole value"),
        ("[]", "EngineVersions"),
        ("{", "whole value"),
        ('{"program": 1}', "program"),
        ("[" * 5000, "EngineVersions"),
    ],
)
def test_what_does_not_fit_is_named(text: str, named: str) -> None:
    with pytest.raises(UnreadableError, match=named):
        ENGINES.load(text)
