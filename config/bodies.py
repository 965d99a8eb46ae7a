"""How much a client may send, and how slowly: decided before anything of ours reads it.

A proxy before us has limits of its own; these hold without one. Who is refused reads what to do all the same.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

KB = 1024
# By the beginning of the path; behind each the reader itself wants less. The rest is pages: a photo of the
# written sentence has at most 8 MB, and the editor's pictures no more.
LARGEST = (
    *(("/hooks/", 64 * KB), ("/api/v1/imports/", 5 * 1024 * KB), ("/api/", 1024 * KB)),
    *(("/sync/", 256 * KB), ("/fhir/auth/", 64 * KB), ("/", 10 * 1024 * KB)),
)
# A photo over a bad line takes its time; a line that sends a byte now and then is cut off.
WHOLE_WITHIN_SECONDS = 120.0
_JSON = ("/api/", "/fhir/", "/sync/")
_CALL = "In an emergency call 911, or the emergency number where you are. Else call your clinic."
_REFUSALS = {
    413: ("too_large", f"This is too large and was not sent. {_CALL}"),
    408: ("too_slow", f"This took too long and was not sent. {_CALL}"),
}


class _Refused(Exception):
    """413 or 408."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def limited(app: App) -> App:
    """The application, which gets no larger and no slower body than its address may have."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        largest = next(size for start, size in LARGEST if scope["path"].startswith(start))
        if _declared(scope) > largest:
            await _refuse(413, scope, send)
            return
        try:
            await app(scope, _counting(receive, largest), send)
        except _Refused as refused:
            await _refuse(refused.status, scope, send)

    return call


def _counting(receive: Receive, largest: int) -> Receive:
    """Raises _Refused within the application, which reads the whole body before it answers anything."""
    until = time.monotonic() + WHOLE_WITHIN_SECONDS
    got, is_whole = 0, False

    async def counted() -> Mapping[str, Any]:
        nonlocal got, is_whole
        if is_whole:
            # What comes now is the end of the connection, whenever that is.
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
        except TimeoutError as error:
            raise _Refused(408) from error
        got += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if got > largest:
            raise _Refused(413)
        return message

    return counted


def _declared(scope: Scope) -> int:
    """What the client says that it sends; 0 where it says nothing that can be read."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() and len(said) < 20 else 0


async def _refuse(status: int, scope: Scope, send: Send) -> None:
    code, message = _REFUSALS[status]
    is_json = scope["path"].startswith(_JSON)
    body = json.dumps({"error": {"code": code, "message": message, "fields": {}}}) if is_json else message
    kind = b"application/json" if is_json else b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
