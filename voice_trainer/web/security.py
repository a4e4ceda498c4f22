"""What guards every request: the host it names, the page it comes from, and what a page may load.

There is no token against forged requests: a browser says itself where an unsafe request comes from
(``Origin``, ``Sec-Fetch-Site``), and one that comes from elsewhere is refused. The same holds for a
WebSocket, which no browser's same-origin policy protects.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voice_trainer.web.settings import WebSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY_VIOLATION = 1008  # RFC 6455

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
    # Not "no-referrer": with it a browser sends our own forms with the origin "null", which is refused.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """ASGI middleware around everything, live sound included."""

    def __init__(self, app: ASGIApp, *, settings: WebSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what does not come from our own pages; add the headers to what is answered."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if scope["type"] == "websocket":
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": refusal[1]})
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if refusal is not None:
            await _refused(refusal[0], refusal[1])(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> tuple[str, str] | None:
        """Code and message where the request is refused."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._settings.serves(_name(host)):
            return "host_refused", f"This server does not answer to the name {host[:80]!r}."
        live = scope["type"] == "websocket"
        if not live and scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is None:
            # A browser always tells where a WebSocket comes from; a program without one may post.
            elsewhere = live or headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
        else:
            elsewhere = urlsplit(origin).netloc.lower() != host.lower()
        if elsewhere:
            return "origin_refused", "This was asked from a page that is not part of voice-trainer."
        return None


def _name(host: str) -> str:
    """The name in a Host header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _refused(code: str, message: str) -> JSONResponse:
    remedy = "Open the address that `voice-trainer serve` shows."
    return JSONResponse({"error": {"code": code, "message": message, "remedy": remedy}}, status_code=403)
