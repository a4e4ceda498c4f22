"""What concerns one person: who has opened their things, where they are signed in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from voice_trainer.errors import StorageError, UsageError
from voice_trainer.exports.person import write_person
from voice_trainer.practice.person import attempts_of
from voice_trainer.teams.policy import Action, Kind
from voice_trainer.web.deps import CurrentVisit, Visit, services_of

router = APIRouter(include_in_schema=False)


@router.get("/me", response_class=HTMLResponse)
def me(request: Request, visit: CurrentVisit) -> Response:
    """The account, its sign-ins, and the log of who has seen what is this person's."""
    return _page(request, visit)


@router.post("/me/sign-ins/{digest}/end")
def end_sign_in(request: Request, visit: CurrentVisit, digest: str) -> Response:
    """Sign one browser out, wherever it is."""
    del request
    visit.own(Kind.ACCOUNT)
    visit.house.accounts.end_sign_ins(visit.person, only=digest)
    return RedirectResponse("/me", status_code=303)


@router.get("/me/export")
def export(visit: CurrentVisit) -> Response:
    """All that is held on this person, as a zip."""
    visit.own(Kind.PERSON, Action.EXPORT)
    home = visit.house
    # It has no name, so nothing of it is left behind, whatever happens to this process.
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is sent
    try:
        write_person(
            file,
            visit.person,
            attempts_of(visit.person, home.store),
            store=home.store,
            growth=home.growth,
            reviews=home.reviews,
            blobs=home.blobs,
            records=home.person_records,
        )
    except OSError as error:
        file.close()
        raise StorageError(
            "export_failed",
            f"The file cannot be made: {error}.",
            remedy="Tell whoever looks after this server.",
        ) from error
    except BaseException:
        file.close()
        raise
    length = file.tell()
    headers = {
        "Content-Disposition": 'attachment; filename="voice-trainer-my-data.zip"',
        "Content-Length": str(length),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_sent(file), media_type="application/zip", headers=headers)


@router.post("/me/erase", response_class=HTMLResponse)
def erase(
    request: Request, visit: CurrentVisit, login: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Erase this person and the account for good; `login` typed once more says that it is meant."""
    visit.own(Kind.PERSON, Action.DELETE)
    account = visit.house.accounts.account(visit.person)
    try:
        if account is None or login.strip().casefold() != account.login:
            raise UsageError(
                "erasure_unconfirmed",
                "That is not the name you sign in with, so nothing was erased.",
                remedy="Type it as it stands at the top of this page.",
            )
        receipt = visit.house.registrar.erase(visit.person, by=visit.person)
    except UsageError as fault:
        return _page(request, visit, fault=fault, status=422)
    entrance = services_of(request).entrance
    page = visit.page(request, "team/receipt.html.j2", receipt=receipt, own=True, nav=())
    return entrance.forgotten(page) if entrance else page


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(1 << 16):
            yield piece


def _page(request: Request, visit: Visit, *, fault: UsageError | None = None, status: int = 200) -> Response:
    visit.own(Kind.ACCOUNT)
    visit.own(Kind.AUDIT)
    home = visit.house
    account = home.accounts.account(visit.person)
    entries = home.audit.about(visit.person)
    known = [home.accounts.account(actor) for actor in {entry.actor for entry in entries}]
    names = {one.id: one.name for one in known if one}
    entrance = services_of(request).entrance
    return visit.page(
        request,
        "team/me.html.j2",
        status=status,
        fault=fault,
        account=account,
        sign_ins=home.accounts.sign_ins(visit.person),
        this_one=entrance.digest(request) if entrance else "",
        entries=entries,
        names=names,
    )
