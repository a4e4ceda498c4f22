"""The rubric as shipped, and the curves it draws."""

from __future__ import annotations

import pytest

from voice_trainer.domain.listening import HelpKind, MisstepKind
from voice_trainer.domain.score import CONTENT_CRITERIA, DELIVERY_CRITERIA, Criterion
from voice_trainer.errors import UsageError
from voice_trainer.scoring import CURRENT_VERSION, load_rubric
from voice_trainer.scoring.rubric import along, available_versions
from voice_trainer.scoring.sales_rules import _MISSTEPS

RUBRIC = load_rubric()


def test_the_current_version_is_there_and_says_its_name() -> None:
    assert CURRENT_VERSION in available_versions()
    assert RUBRIC.version == CURRENT_VERSION


@pytest.mark.parametrize("criterion", list(Criterion))
def test_every_criterion_has_weight_bands_norm_and_source(criterion: Criterion) -> None:
    rule = RUBRIC.criteria[criterion]
    assert rule.weight > 0
    assert len(set(rule.bands)) == 3
    assert rule.norm.text.endswith(".")
    assert rule.norm.source


@pytest.mark.parametrize("group", [DELIVERY_CRITERIA, CONTENT_CRITERIA[:3]])
def test_weights_of_a_mean_make_one(group: tuple[Criterion, ...]) -> None:
    assert sum(RUBRIC.criteria[c].weight for c in group) == pytest.approx(1)


def test_shares_of_the_paraphrase_make_one() -> None:
    numbers = RUBRIC.criteria[Criterion.PARAPHRASE].numbers
    assert numbers["facts"] + numbers["wish"] + numbers["form"] == pytest.approx(1)


def test_every_sign_and_misstep_of_sales_has_its_number() -> None:
    numbers = RUBRIC.criteria[Criterion.HELPFULNESS].numbers
    assert sum(numbers[kind] for kind in HelpKind) == pytest.approx(100)
    assert all(numbers[kind] > 0 for kind in _MISSTEPS)


def test_a_wrong_fact_cannot_reach_the_top_band() -> None:
    numbers = RUBRIC.criteria[Criterion.PARAPHRASE].numbers
    assert numbers["contradicted_cap"] < 60
    assert numbers["added_cap"] < 80


@pytest.mark.parametrize(("points", "band"), [(100, 0), (80, 0), (79, 1), (60, 1), (59, 2), (0, 2)])
def test_bands_begin_at_80_and_60(points: int, band: int) -> None:
    rule = RUBRIC.criteria[Criterion.PACE]
    assert rule.band(points) == rule.bands[band]


def test_an_unknown_version_is_told_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="Use one of: 1") as caught:
        load_rubric("99")
    assert caught.value.code == "rubric_unknown"


@pytest.mark.parametrize(
    ("value", "points"), [(-5, 10), (0, 10), (5, 30), (10, 50), (15, 25), (20, 0), (99, 0)]
)
def test_a_curve_is_straight_between_its_points_and_flat_beyond(value: float, points: float) -> None:
    assert along(((0, 10), (10, 50), (20, 0)), value) == pytest.approx(points)


def test_misstep_kinds_are_told_apart_by_the_rubric() -> None:
    validation = RUBRIC.criteria[Criterion.VALIDATION].numbers
    for kind in (MisstepKind.BLAME, MisstepKind.CALM_DOWN, MisstepKind.MINIMISING):
        assert validation[kind] > 0
