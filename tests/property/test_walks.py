"""However the replies land, every call that comes with the program ends."""

from __future__ import annotations

import random
from itertools import repeat

import pytest

from voice_trainer.domain.call import TURNS_MAX
from voice_trainer.domain.scenario import Reaction
from voice_trainer.library.finding import ScenarioLibrary, builtin_folder
from voice_trainer.practice.preview import walk_call

LIBRARY = ScenarioLibrary([builtin_folder()])
WALKS = 200


@pytest.mark.parametrize("name", LIBRARY.ids())
def test_two_hundred_walks_end_by_themselves(name: str) -> None:
    call = LIBRARY.get(name)
    chance = random.Random(name)
    for _ in range(WALKS):
        reactions = [chance.choice(list(Reaction)) for _ in range(TURNS_MAX)]
        walked = list(walk_call(call, reactions))
        assert 1 <= len(walked) <= TURNS_MAX
        last = walked[-1].turn
        # Not cut off at the limit: the last turn leads nowhere, whatever the reply.
        assert last.following(reactions[len(walked) - 1]) is None, [one.turn.id for one in walked]
        assert all(0 <= one.temperature <= 100 for one in walked)


@pytest.mark.parametrize("name", LIBRARY.ids())
def test_a_customer_heard_ends_calmer_than_one_brushed_off(name: str) -> None:
    call = LIBRARY.get(name)
    heard, brushed = (list(walk_call(call, repeat(r))) for r in (Reaction.CALMER, Reaction.ANGRIER))
    if len(heard) > 1 and len(brushed) > 1:
        assert heard[-1].temperature < brushed[-1].temperature
