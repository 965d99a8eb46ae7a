"""A line that loses pushes: between one browser and the system, of every ten frames three never arrive."""

import json
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import IO

_TEXT_FRAME = 1
# A browser may shrink frames with what was in earlier ones; after a lost one it could read none.
_EXTENSIONS = b"sec-websocket-extensions"


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


class LeakyLine:
    """Where one browser goes: `base_url`. What was pushed to it, by kind of frame: `passed`, `lost`."""

    def __init__(self, target_port: int, seed: int) -> None:
        self.target_port = target_port
        self.passed: list[str] = []
        self.lost: list[str] = []
        self._chance = random.Random(seed)
        self._fates: list[bool] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["LeakyLine"]:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def carry(self, browser: socket.socket) -> None:
        """One connection, until either side ends it; none at all while the system is down."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.target_port)) as system:
            head = _head(browser.makefile("rb", buffering=0))
            is_live = b"\r\nupgrade: websocket" in head.lower()
            system.sendall(_without_extensions(head) if is_live else head)
            threading.Thread(target=_copy, args=(browser, system), daemon=True).start()
            if is_live:
                self._push(system.makefile("rb"), browser)
            else:
                _copy(system, browser)

    def _push(self, system: IO[bytes], browser: socket.socket) -> None:
        browser.sendall(_head(system))
        while frame := _frame(system):
            kind, raw = frame
            if kind and self._is_lost():
                self.lost.append(kind)
                continue
            browser.sendall(raw)
            if kind:
                self.passed.append(kind)
        browser.shutdown(socket.SHUT_RDWR)

    def _is_lost(self) -> bool:
        if not self._fates:
            self._fates = self._chance.sample([True] * 3 + [False] * 7, 10)
        return self._fates.pop()

    def _handler(line) -> type[BaseRequestHandler]:
        class Handler(BaseRequestHandler):
            def handle(self) -> None:
                line.carry(self.request)

        return Handler


def _head(stream: IO[bytes]) -> bytes:
    lines = [stream.readline()]
    while lines[-1] not in (b"\r\n", b""):
        lines.append(stream.readline())
    return b"".join(lines)


def _without_extensions(head: bytes) -> bytes:
    lines = head.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(_EXTENSIONS))


def _frame(stream: IO[bytes]) -> tuple[str, bytes] | None:
    """One frame of the server's: its type, none where it is the protocol's own, and its bytes."""
    start = stream.read(2)
    if len(start) < 2:
        return None
    more = stream.read({126: 2, 127: 8}.get(start[1], 0))
    content = stream.read(int.from_bytes(more, "big") if more else start[1])
    is_text = start[0] & 0x0F == _TEXT_FRAME
    return (json.loads(content)["type"] if is_text else ""), start + more + content


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
