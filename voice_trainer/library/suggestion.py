"""Which call to practise next. Simple on purpose; spaced repetition takes its place later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voice_trainer.domain.scenario import Scenario
from voice_trainer.errors import ScenarioError


def suggest(scenarios: Sequence[Scenario], attempted: Mapping[str, int | None]) -> Scenario:
    """The easiest call not tried yet; when all were tried, the weakest.

    Parameters
    ----------
    attempted
        Points (0..100) by scenario id, None where a call was tried and not scored: that ranks as the
        weakest, since nothing is known of it.
    """
    if not scenarios:
        raise ScenarioError(
            "scenarios_missing", "There is no call to practise.", remedy="Name a file with --scenario FILE."
        )
    fresh = [s for s in scenarios if s.id not in attempted]
    if fresh:
        return min(fresh, key=lambda s: (s.difficulty, s.id))

    def weakness(scenario: Scenario) -> tuple[float, int, str]:
        points = attempted[scenario.id]
        return (-1.0 if points is None else points, scenario.difficulty, scenario.id)

    return min(scenarios, key=weakness)
