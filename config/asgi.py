"""The ASGI entry: pages over HTTP, the live console over one WebSocket."""

import django

from config import starting

starting.choose_settings()
with starting.one_line_for_problems():
    django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402

from clinic.console.routing import websocket  # noqa: E402
from config import bodies, engine  # noqa: E402
from config.apps import warn_at_start  # noqa: E402
from config.requests import OneThreadHandler  # noqa: E402

starting.start_traces()
with starting.one_line_for_problems():
    http = OneThreadHandler()
warn_at_start()

application = ProtocolTypeRouter(
    {
        "http": bodies.limited(http),
        "websocket": websocket,
        "lifespan": engine.lifespan,
    }
)
