"""A WebSocket client on the ASGI application itself; Channels' own needs the daphne server."""

import asyncio
import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

# Of a machine that is busy with everything else; whatever comes, or the application's own end, comes sooner.
PATIENCE = 60


class Socket(ApplicationCommunicator):
    """One connection. `headers`, `subprotocols` and `query` are those of the handshake."""

    def __init__(
        self,
        application: Any,
        path: str,
        headers: list[tuple[bytes, bytes]],
        subprotocols: list[str],
        *,
        query: bytes = b"",
    ) -> None:
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": path,
            "query_string": query,
            "headers": headers,
            "subprotocols": subprotocols,
        }
        super().__init__(application, scope)

    async def output(self) -> dict[str, Any]:
        """What the application sends next; its exception where it fails, EOFError where it just ends."""
        answer = asyncio.ensure_future(self.output_queue.get())
        await asyncio.wait({answer, self.future}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            if not self.future.done():
                raise TimeoutError
            self.future.result()
            raise EOFError
        message: dict[str, Any] = answer.result()
        return message

    async def connect(self) -> tuple[bool, str | None]:
        """Whether the handshake was accepted, and with which subprotocol."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.output()
        return answer["type"] == "websocket.accept", answer.get("subprotocol")

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        output = await self.output()
        assert output["type"] == "websocket.send", output
        frame: dict[str, Any] = json.loads(output["text"])
        return frame

    async def send(self, *, text: str | None = None, data: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def closing_code(self) -> int:
        """The code with which the server closes, once all frames before it are read."""
        while True:
            output = await self.output()
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=PATIENCE)
