"""An in-memory channel layer that worker threads may send to.

Channels' own in-memory layer wakes a waiting consumer with a call that is not thread-safe: a message
from a Celery thread then lies unseen until the loop wakes for another reason, up to seconds later.
Here every touch of its state happens on the one loop that serves the sockets.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from channels.layers import InMemoryChannelLayer


class LoopSafeInMemoryChannelLayer(InMemoryChannelLayer):
    """Only correct with one server process: it holds all groups in that process's memory."""

    home: asyncio.AbstractEventLoop | None = None

    async def receive(self, channel: str) -> dict[str, Any]:
        self._settle()
        message: dict[str, Any] = await super().receive(channel)
        return message

    async def group_add(self, group: str, channel: str) -> None:
        self._settle()
        await super().group_add(group, channel)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._at_home(super().send, channel, message)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._at_home(super().group_send, group, message)

    def _settle(self) -> None:
        if self.home is None or self.home.is_closed():
            self.home = asyncio.get_running_loop()

    async def _at_home(self, call: Callable[..., Awaitable[None]], *args: Any) -> None:
        if self.home is None or self.home.is_closed() or self.home is asyncio.get_running_loop():
            await call(*args)
            return

        async def there() -> None:
            await call(*args)

        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(there(), self.home))
