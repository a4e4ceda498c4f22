"""What a person agrees to before the first recording."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter

from voice_trainer.domain.attempt import Consent
from voice_trainer.errors import UsageError
from voice_trainer.practice.consent import CONSENT_VERSION, consent_sentences
from voice_trainer.teams.policy import Action, Kind
from voice_trainer.web.deps import CurrentVisit, Visit
from voice_trainer.web.schemas import PROBLEMS, ConsentIn, ConsentOut

router = APIRouter(prefix="/api/consent", tags=["consent"], responses=PROBLEMS)


@router.get("")
def consent(visit: CurrentVisit) -> ConsentOut:
    """The text of today, and when this person agreed to it (null: not yet)."""
    return standing(visit)


@router.post("", status_code=HTTPStatus.CREATED)
def agree(given: ConsentIn, visit: CurrentVisit) -> ConsentOut:
    """Agree to the text of that version."""
    if given.version != CONSENT_VERSION:
        raise UsageError(
            "consent_outdated",
            f"The text has changed since: its version is {CONSENT_VERSION}.",
            remedy="Load the page again and read it.",
        )
    visit.own(Kind.BASELINE, Action.CREATE)
    visit.house.store.save_consent(Consent(visit.person, given.version, visit.house.clock.now()))
    return standing(visit)


def standing(visit: Visit) -> ConsentOut:
    """The text, and whether the one who asks agreed to it."""
    given = visit.house.store.consent(visit.person)
    today = given is not None and given.version == CONSENT_VERSION
    text = consent_sentences(
        retention_days=visit.house.settings.retention_days, on_a_server=visit.services.entrance is not None
    )
    return ConsentOut(
        version=CONSENT_VERSION,
        text="\n".join(text),
        given_at=given.given_at if given is not None and today else None,
    )
