"""Points for help that is not salesy."""

from __future__ import annotations

import pytest

from tests.findings import heard_all, missteps, moves
from voice_trainer.domain.listening import HelpFinding, HelpKind, Listening, MisstepKind, MoveKind
from voice_trainer.domain.measurement import Heard
from voice_trainer.domain.score import Criterion
from voice_trainer.scoring import load_rubric
from voice_trainer.scoring.sales_rules import judge_helpfulness

RULE = load_rubric().criteria[Criterion.HELPFULNESS]


def offering(found: set[HelpKind], *wrong: MisstepKind) -> Listening:
    signs = tuple(HelpFinding(kind, kind in found, Heard("if you like")) for kind in HelpKind)
    kinds = (MoveKind.PARAPHRASE, MoveKind.OFFER)
    return heard_all(help=signs, moves=moves(*kinds), missteps=missteps(*wrong))


def test_help_with_every_sign_gets_full_marks() -> None:
    assert judge_helpfulness(offering(set(HelpKind)), RULE).points == 100


@pytest.mark.parametrize("missing", list(HelpKind))
def test_each_missing_sign_costs_what_the_rubric_says(missing: HelpKind) -> None:
    score = judge_helpfulness(offering(set(HelpKind) - {missing}), RULE)
    assert score.points == 100 - RULE.numbers[missing]
    assert score.reasons[0].points_lost == RULE.numbers[missing]
    assert score.reasons[0].source


@pytest.mark.parametrize("kind", ["urgency", "exaggeration", "feature_list", "unfit_offer"])
def test_pressure_costs_with_its_words(kind: str) -> None:
    score = judge_helpfulness(offering(set(HelpKind), MisstepKind(kind)), RULE)
    assert score.points == 100 - RULE.numbers[kind]
    assert score.reasons[0].heard[0].text == f"words of {kind}"


def test_where_nothing_was_offered_nothing_is_scored() -> None:
    score = judge_helpfulness(heard_all(), RULE)
    assert score.withheld is not None
    assert score.withheld.code == "nothing_offered"
