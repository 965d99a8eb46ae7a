"""A WebSocket client on the ASGI application itself; Channels' own needs the daphne server."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator


class Socket(ApplicationCommunicator):
    """One connection. `headers` and `subprotocols` are those of the handshake."""

    def __init__(
        self, application: Any, path: str, headers: list[tuple[bytes, bytes]], subprotocols: list[str]
    ) -> None:
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": path,
            "query_string": b"",
            "headers": headers,
            "subprotocols": subprotocols,
        }
        super().__init__(application, scope)

    async def connect(self) -> tuple[bool, str | None]:
        """Whether the handshake was accepted, and with which subprotocol."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=10)
        return answer["type"] == "websocket.accept", answer.get("subprotocol")

    async def receive(self) -> dict[str, Any]:
        """The next frame."""
        output = await self.receive_output(timeout=10)
        assert output["type"] == "websocket.send", output
        frame: dict[str, Any] = json.loads(output["text"])
        return frame

    async def send(self, *, text: str | None = None, data: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def closing_code(self) -> int:
        """The code with which the server closes, once all frames before it are read."""
        while True:
            output = await self.receive_output(timeout=10)
            if output["type"] == "websocket.close":
                return int(output["code"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=10)
