"""A clinic's own system on this machine: takes events, and checks who signed them."""

import hmac
import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Listener:
    """What arrived and was taken. `answers` are given first, one a request; then 204.

    `refuses` gives the status for a patient.
    """

    url: str = ""
    is_down: bool = False
    answers: list[int] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def is_signed(self, number: int, secret: str) -> bool:
        """Whether one of the signatures of that request is made with this secret."""
        headers, body = self.asked[number], self.bodies[number]
        text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        made = hmac.new(b64decode(secret.removeprefix("whsec_")), text, sha256).digest()
        return f"v1,{b64encode(made).decode()}" in headers["webhook-signature"].split(" ")


@contextmanager
def running() -> Iterator[Listener]:
    """Serve on a loopback port until the block ends."""
    fake = Listener()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    fake: Listener

    def do_POST(self) -> None:
        fake = self.fake
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = json.loads(body)
        fake.asked.append({name.lower(): value for name, value in self.headers.items()})
        fake.bodies.append(body)
        status = 503 if fake.is_down else fake.answers.pop(0) if fake.answers else 204
        status = fake.refuses.get(told["data"]["patient"], status)
        if status < 300:
            fake.taken.append(told)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"{fake.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests say what went wrong."""
