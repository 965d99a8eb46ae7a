"""The one WebSocket of the console, and what a handshake must show before it is accepted."""

from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from django.conf import settings
from django.urls import path

from clinic.console.consumers import ConsoleConsumer

websocket_urlpatterns = [path("ws/console/", ConsoleConsumer.as_asgi(), name="ws_console")]


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
        # Without a consumer, which would wait for the one thread that reads the database for all consoles.
        await receive()
        await send({"type": "websocket.close"})


def with_origin_and_session(inner: Any) -> Any:
    """Check the origin, then find out whose session the cookie belongs to."""
    return FullOrigin(AuthMiddlewareStack(inner))


def _own_origins(scope: dict[str, Any], headers: dict[bytes, bytes]) -> set[str]:
    base = urlsplit(settings.PUBLIC_BASE_URL)
    origins = {f"{base.scheme}://{base.netloc}"}
    if settings.DEMO:
        # A demo is opened by whatever address the phone or the desk reaches this machine under.
        scheme = "https" if scope.get("scheme") == "wss" else "http"
        origins.add(f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}")
    return origins
