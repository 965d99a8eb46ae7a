"""The live console's socket."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class ConsoleConsumer(AsyncJsonWebsocketConsumer):
    """Says that something changed, never what."""

    async def connect(self) -> None:
        await self.close(code=4403)
