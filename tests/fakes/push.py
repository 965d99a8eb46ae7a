"""A browser and its maker's push service on this machine: takes sealed notes and opens them."""

import json
import os
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass
class Pushes:
    """What arrived. `answers` are given first, one a request; then 201."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def browser(self) -> dict[str, str]:
        """What a browser that subscribed would tell."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"{self.url}/one", "p256dh": _text(point), "auth": _text(self.secret)}

    def opened(self) -> list[dict[str, Any]]:
        """The notes, as the browser reads them."""
        return [
            json.loads(
                http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
            )
            for body in self.bodies
        ]


@contextmanager
def running() -> Iterator[Pushes]:
    """Serve on a loopback port until the block ends."""
    fake = Pushes()
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
    fake: Pushes

    def do_POST(self) -> None:
        self.fake.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.fake.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.fake.answers.pop(0) if self.fake.answers else 201
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.fake.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests say what went wrong."""


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
