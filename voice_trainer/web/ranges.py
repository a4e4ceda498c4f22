"""Parts of a sound on request: a browser asks for them to jump about in it."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def sound(request: Request, content: bytes, *, media_type: str = "audio/wav") -> Response:
    """The whole, or the one range that was asked for (RFC 9110, 14); several are answered with the whole."""
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store", "Content-Encoding": "identity"}
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or asked[0] == "bytes=-":
        return Response(content, media_type=media_type, headers=headers)
    size = len(content)
    if asked[1]:
        start, end = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    else:
        start, end = max(0, size - int(asked[2])), size - 1
    if start > end:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return Response(
        content[start : end + 1], HTTPStatus.PARTIAL_CONTENT, media_type=media_type, headers=headers
    )
