"""Scored attempts as xAPI 1.0.3 statements for a learning record store.

An actor is an account (home page and id), never a name or an address. A statement's id follows from attempt,
take, criterion and rubric, so that sending twice is storing once. Content criteria alone are told: nothing
of tone, pace or the customer's reaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from voice_trainer.domain.attempt import Attempt, Take
from voice_trainer.domain.rubric import TOP_POINTS
from voice_trainer.domain.score import CONTENT_CRITERIA

SCORED = {"id": "http://adlnet.gov/expapi/verbs/scored", "display": {"en": "scored"}}
COMPLETED = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}}
SIMULATION = "http://adlnet.gov/expapi/activities/simulation"
OBJECTIVE = "http://adlnet.gov/expapi/activities/objective"


def statements(attempt: Attempt, *, home_page: str) -> Iterator[dict[str, Any]]:
    """One statement a scored take, and one for each of its content criteria.

    Parameters
    ----------
    home_page
        The address of the server: accounts and activities are named under it.
    """
    base = home_page.rstrip("/")
    call = f"{base}/calls/{attempt.scenario.id}"
    for take in attempt.takes:
        if take.score is None:
            continue
        common: dict[str, Any] = {
            "actor": {"objectType": "Agent", "account": {"homePage": base, "name": attempt.person}},
            "timestamp": take.created_at.isoformat(),
            "context": {
                "registration": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{base}/attempts/{attempt.id}")),
                "extensions": {f"{base}/xapi/rubric": take.score.rubric_version},
            },
        }
        yield common | {
            "id": _id(base, attempt, take, "take"),
            "verb": COMPLETED,
            "object": _activity(call, attempt.scenario.title, SIMULATION),
            "result": _result(take.score.listening_points, take),
        }
        for criterion in CONTENT_CRITERIA:
            scored = take.score.criterion(criterion)
            if scored is not None and scored.points is not None:
                yield common | {
                    "id": _id(base, attempt, take, criterion.value),
                    "verb": SCORED,
                    "object": _activity(f"{call}/{criterion.value}", criterion.value, OBJECTIVE),
                    "result": _result(scored.points, take),
                }


def duration(seconds: float) -> str:
    """ISO 8601, to the hundredth of a second as xAPI compares them."""
    minutes, rest = divmod(round(seconds, 2), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = f"{hours}H" if hours else ""
    parts += f"{minutes}M" if minutes else ""
    return f"PT{parts}{rest:.2f}".rstrip("0").rstrip(".") + "S"


def _result(points: int | None, take: Take) -> dict[str, Any]:
    result: dict[str, Any] = {"completion": True}
    if points is not None:
        result["score"] = {"scaled": points / 100, "raw": points, "min": 0, "max": 100}
        result["success"] = points >= TOP_POINTS
    if take.duration_s is not None:
        result["duration"] = duration(take.duration_s)
    return result


def _activity(identity: str, name: str, kind: str) -> dict[str, Any]:
    return {"objectType": "Activity", "id": identity, "definition": {"type": kind, "name": {"en": name}}}


def _id(base: str, attempt: Attempt, take: Take, part: str) -> str:
    rubric = take.score.rubric_version if take.score else ""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{base}/xapi/{attempt.id}/{take.id}/{part}/{rubric}"))
