"""Whatever was measured, the score keeps its promises."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests import strategies as values
from tests.findings import CALL, FACTS, SAID, TURN, heard_all, spoken
from voice_trainer.domain.delivery import Delivery
from voice_trainer.domain.listening import FactFinding, FactStatus, Listening
from voice_trainer.domain.scenario import Scenario
from voice_trainer.domain.score import Criterion, Score
from voice_trainer.domain.transcript import Transcript, typed
from voice_trainer.scoring import load_rubric, score_take

QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
RUBRIC = load_rubric()
WORDS = typed("You sound fed up.")
statuses = st.lists(st.sampled_from(FactStatus), min_size=3, max_size=3)


def findings(chosen: list[FactStatus]) -> tuple[FactFinding, ...]:
    return tuple(FactFinding(fact.id, status, SAID) for fact, status in zip(FACTS, chosen, strict=True))


def judge(listening: Listening | None, delivery: Delivery | None = None) -> Score:
    return score_take(
        RUBRIC, scenario=CALL, turn=TURN, transcript=WORDS, delivery=delivery, listening=listening
    )


def paraphrase(listening: Listening) -> int | None:
    found = judge(listening).criterion(Criterion.PARAPHRASE)
    assert found is not None
    return found.points


@QUICK
@given(
    values.scenarios,
    values.perhaps(values.transcripts),
    values.perhaps(values.deliveries),
    values.perhaps(values.listenings),
)
def test_any_take_is_judged_within_bounds(
    scenario: Scenario, transcript: Transcript | None, delivery: Delivery | None, listening: Listening | None
) -> None:
    score = score_take(
        RUBRIC,
        scenario=scenario,
        turn=scenario.opening,
        transcript=transcript,
        delivery=delivery,
        listening=listening,
    )
    for criterion in score.criteria:
        assert criterion.points is None or 0 <= criterion.points <= 100
        assert criterion.scored == (criterion.band is not None) == (criterion.withheld is None)
        assert all(reason.norm and reason.source and reason.points_lost >= 0 for reason in criterion.reasons)
        if criterion.points is not None and criterion.points < 100:
            assert sum(reason.points_lost for reason in criterion.reasons) >= 100 - criterion.points - 0.51
    for mean in (score.listening_points, score.delivery_points):
        assert mean is None or 0 <= mean <= 100
    if delivery is None:
        assert score.delivery_points is None
    if listening is None or transcript is None:
        assert score.listening_points is None
    assert all((score.feedback.strength, score.feedback.change, score.feedback.try_saying))


@QUICK
@given(values.listenings, values.deliveries)
def test_the_same_take_gets_the_same_score(listening: Listening, delivery: Delivery) -> None:
    assert judge(listening, delivery) == judge(listening, delivery)


@given(statuses)
def test_a_wrong_fact_never_scores_above_the_cap(chosen: list[FactStatus]) -> None:
    assume(FactStatus.CONTRADICTED in chosen)
    points = paraphrase(heard_all(facts=findings(chosen)))
    assert points is not None
    assert points <= RUBRIC.criteria[Criterion.PARAPHRASE].numbers["contradicted_cap"]


@given(statuses)
def test_unsure_facts_cost_nothing(chosen: list[FactStatus]) -> None:
    every = findings(chosen)
    sure = tuple(finding for finding in every if finding.status is not FactStatus.UNSURE)
    if sure:
        assert paraphrase(heard_all(facts=every)) == paraphrase(heard_all(facts=sure))
    else:
        assert paraphrase(heard_all(facts=every)) is None


@given(statuses, st.integers(0, 2))
def test_giving_back_more_never_costs(chosen: list[FactStatus], index: int) -> None:
    assume(FactStatus.UNSURE not in chosen)
    better = [*chosen]
    better[index] = FactStatus.REFLECTED
    before, after = (paraphrase(heard_all(facts=findings(c))) for c in (chosen, better))
    assert before is not None
    assert after is not None
    assert after >= before


@given(st.floats(-3, 5), st.floats(-3, 5))
def test_a_steadier_voice_never_scores_less(r1: float, r2: float) -> None:
    def tone(raised: float) -> int:
        found = judge(None, spoken(raised=raised)).criterion(Criterion.TONE_CALMNESS)
        assert found is not None
        assert found.points is not None
        return found.points

    assert tone(min(r1, r2)) >= tone(max(r1, r2))


@given(st.floats(-60, -3), values.deliveries)
def test_the_level_of_a_recording_changes_no_points(level_dbfs: float, delivery: Delivery) -> None:
    louder = replace(
        delivery,
        signal=replace(delivery.signal, level_dbfs=level_dbfs),
        level=replace(
            delivery.level, values=tuple(v if v is None else v + level_dbfs for v in delivery.level.values)
        ),
    )
    assert judge(heard_all(), louder).criteria == judge(heard_all(), delivery).criteria


@given(st.floats(0, 400), st.floats(0, 600), st.floats(0, 1))
def test_points_are_whole_numbers_of_finite_losses(rate: float, fastest: float, pauses: float) -> None:
    score = judge(heard_all(), spoken(rate_wpm=rate, fastest_wpm=fastest, pause_share=pauses))
    for criterion in score.criteria:
        assert isinstance(criterion.points, int)
        assert all(math.isfinite(reason.points_lost) for reason in criterion.reasons)
