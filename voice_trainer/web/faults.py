"""Faults as answers: code, message and remedy, as a page for people and as JSON for programs."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from voice_trainer.errors import (
    AccessError,
    AudioDeviceError,
    ModelError,
    NotFoundError,
    StorageError,
    UsageError,
    VoiceTrainerError,
)
from voice_trainer.web.deps import services_of
from voice_trainer.web.security import HEADERS

# The first class that fits counts; a code before its class.
STATUS_OF_CODE = {
    "attempt_exists": HTTPStatus.CONFLICT,
    "attempt_unknown": HTTPStatus.NOT_FOUND,
    "consent_missing": HTTPStatus.CONFLICT,
    "consent_outdated": HTTPStatus.CONFLICT,
    "recording_missing": HTTPStatus.NOT_FOUND,
    "scenario_unknown": HTTPStatus.NOT_FOUND,
    "disk_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "take_not_judgeable": HTTPStatus.CONFLICT,
    "sign_in_needed": HTTPStatus.UNAUTHORIZED,
    "upload_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
STATUS_OF_CLASS: tuple[tuple[type[VoiceTrainerError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (AccessError, HTTPStatus.UNAUTHORIZED),
    (UsageError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (AudioDeviceError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ModelError, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(fault: VoiceTrainerError) -> HTTPStatus:
    """The HTTP status that says the same."""
    if fault.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[fault.code]
    found = (status for kind, status in STATUS_OF_CLASS if isinstance(fault, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def install(app: FastAPI) -> None:
    """Have every fault answered in our words."""

    async def foreseen(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, VoiceTrainerError)
        if fault.code == "sign_in_needed" and wants_page(request):
            return _to_the_entrance(request)
        return _answer(request, status_of(fault), fault)

    async def of_http(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, HTTPException)
        response = _answer(request, HTTPStatus(fault.status_code), _of_status(fault))
        response.headers.update(fault.headers or {})
        return response

    async def malformed(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, RequestValidationError)
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        told = UsageError(
            "request_wrong", f"{where}: {first['msg']}.", remedy="/api/openapi.json says what is right."
        )
        return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, told)

    async def unforeseen(request: Request, fault: Exception) -> Response:
        told = VoiceTrainerError(
            "unexpected",
            f"Something went wrong here ({type(fault).__name__}).",
            remedy="This is a fault of the program. What was recorded is kept; please report it.",
        )
        response = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, told)
        response.headers.update(HEADERS)  # it is answered outside every middleware
        return response

    app.add_exception_handler(VoiceTrainerError, foreseen)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(Exception, unforeseen)


def _of_status(fault: HTTPException) -> VoiceTrainerError:
    if fault.status_code == HTTPStatus.NOT_FOUND:
        return NotFoundError("not_found", "There is no such page.", remedy="Start from the first page.")
    return UsageError(f"http_{fault.status_code}", f"{fault.detail}.")


def wants_page(request: Request) -> bool:
    """Whether a person is reading: programs are answered in JSON."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def _to_the_entrance(request: Request) -> Response:
    """A person without a sign-in is shown the way; what they wanted is kept where it can be asked again."""
    wanted = request.url.path if request.method == "GET" else "/"
    entrance = f"/sign-in?{urlencode({'to': wanted})}"
    if "hx-request" in request.headers:  # a part of a page cannot be replaced by the sign-in page
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": entrance})
    return RedirectResponse(entrance, status_code=HTTPStatus.SEE_OTHER)


def _answer(request: Request, status: HTTPStatus, fault: VoiceTrainerError) -> Response:
    if not wants_page(request):
        told = {"code": fault.code, "message": fault.message, "remedy": fault.remedy}
        return JSONResponse({"error": told}, status_code=status)
    part = "hx-request" in request.headers and "hx-boosted" not in request.headers
    template = "parts/fault.html.j2" if part else "fault.html.j2"
    return services_of(request).pages.page(request, template, status=status, fault=fault)
