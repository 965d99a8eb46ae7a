"""Tells open browsers that something changed. Delivery is a hint: they read the truth over HTTP."""

import asyncio
import logging
import time
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from notifications.rules.rest import Rest

logger = logging.getLogger(__name__)

# A hung Redis may cost the request this much, no more, and not at every change.
_TIMEOUT_SECONDS = 2
_rest = Rest()


def send(group: str, frame: dict[str, Any]) -> None:
    """Hand one frame to every socket of a group; never raises."""
    began = time.monotonic()
    if _rest.holds(began):
        return
    try:
        async_to_sync(_send)(group, frame)
    except Exception:
        _rest.failed(began=began, ended=time.monotonic())
        logger.exception("A live frame could not be handed on; consoles find the change by polling.")


async def _send(group: str, frame: dict[str, Any]) -> None:
    event = {"type": "live.frame", "frame": frame}
    await asyncio.wait_for(get_channel_layer().group_send(group, event), _TIMEOUT_SECONDS)
