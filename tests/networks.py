"""A network that misbehaves on purpose: a small proxy between a browser and the system under test."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

# Headers between two hops; the proxy has its own.
_OF_ONE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_PORTAL = b"<!doctype html><title>Hotel</title><h1>Welcome to our wifi. Accept our terms.</h1>"

# Says for one request (method, path) what becomes of it: "pass", "dead", "portal", "lost" or "late".
Fate = Callable[[str, str], str]


def passing(method: str, path: str) -> str:
    """Everything works."""
    return "pass"


class Network:
    """Where the browser goes: `base_url`. What happens there: `fate`. What was asked: `seen`."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.fate: Fate = passing
        self.seen: list[tuple[str, str, int]] = []
        # A slow network: seconds before each answer, and bytes a second after that (0: as fast as can be).
        self.delay = 0.0
        self.bytes_a_second = 0
        self.loaded = 0
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def hand_ins(self) -> list[int]:
        """What the system answered to each report that was handed in."""
        return [status for method, path, status in self.seen if method == "PUT" and path.startswith("/sync/")]

    def cut(self) -> None:
        """No connection gets anywhere."""
        self.fate = lambda _method, _path: "dead"

    def mend(self) -> None:
        self.fate = passing

    @contextmanager
    def running(self) -> Iterator["Network"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def forward(self, request: BaseHTTPRequestHandler) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the system the same, and take in the whole answer."""
        length = int(request.headers.get("Content-Length") or 0)
        target = urlsplit(self.target)
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
        headers = {key: value for key, value in request.headers.items() if key.lower() not in _OF_ONE_HOP}
        connection.request(request.command, request.path, request.rfile.read(length), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.seen.append((request.command, request.path, answer.status))
        return answer.status, answer.getheaders(), body

    def _handler(network) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                fate = network.fate(self.command, self.path)
                self.close_connection = True
                if fate == "portal":
                    self._answer(200, [("Content-Type", "text/html")], _PORTAL)
                elif fate != "dead":
                    self._forwarded(fate)

            def _forwarded(self, fate: str) -> None:
                try:
                    status, headers, body = network.forward(self)
                except OSError:
                    return  # The system is down: the connection breaks.
                if fate == "late":
                    network.released.wait(60)
                if fate != "lost":
                    self._answer(status, headers, body)

            def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response_only(status)
                for key, value in headers:
                    if key.lower() not in _OF_ONE_HOP:
                        self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                if self.command != "HEAD":
                    network.loaded += len(body)
                    # A phone that has gone on to another page hangs up.
                    with suppress(ConnectionError):
                        self._write(body)

            def _write(self, body: bytes) -> None:
                time.sleep(network.delay)
                pace = network.bytes_a_second // 20 or len(body) or 1
                for start in range(0, len(body), pace):
                    self.wfile.write(body[start : start + pace])
                    if network.bytes_a_second:
                        time.sleep(0.05)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_one

            def log_message(self, *arguments: Any) -> None:
                pass

        return Handler
