"""The one WebSocket of the console, and what a handshake must show before it is accepted."""

from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.conf import settings
from django.urls import path, re_path

from clinic.console.consumers import ConsoleConsumer


async def refuse(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Without a consumer, which would wait for the one thread that reads the database for all consoles."""
    await receive()
    await send({"type": "websocket.close"})


class FullOrigin:
    """Refuse a handshake from a page of another site: scheme, host and port must all be ours.

    Channels' AllowedHostsOriginValidator compares the host alone, so another port would pass. A client
    that sends a token in a header is no browser (browsers cannot set it) and may leave Origin out.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin in _own_origins(scope, headers) or (not origin and b"authorization" in headers):
            await self.inner(scope, receive, send)
            return
        await refuse(scope, receive, send)


def _own_origins(scope: dict[str, Any], headers: dict[bytes, bytes]) -> set[str]:
    base = urlsplit(settings.PUBLIC_BASE_URL)
    origins = {f"{base.scheme}://{base.netloc}"}
    if settings.DEMO:
        # A demo is opened by whatever address the phone or the desk reaches this machine under.
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        origins.add(f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}")
    return origins


# The cookie's session is looked up only where a socket is; elsewhere Channels would raise, and whoever likes
# could fill the log.
websocket = FullOrigin(
    URLRouter(
        [
            path("ws/console/", AuthMiddlewareStack(ConsoleConsumer.as_asgi()), name="ws_console"),
            re_path("", refuse),  # type: ignore[arg-type]  # an ASGI application, as Channels asks for
        ]
    )
)
