"""A system of a clinic that asks for tokens: its keys, what it signs, and where the keys are published."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


@dataclass(frozen=True)
class Pair:
    """A key that signs in one way, under a name."""

    private: Any
    way: str
    kid: str

    @property
    def public(self) -> dict[str, str]:
        maker = RSAAlgorithm if self.way.startswith("RS") else ECAlgorithm
        told = json.loads(maker.to_jwk(self.private.public_key()))
        return {**told, "kid": self.kid}

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        way = headers.pop("alg", self.way)
        said = {name: value for name, value in {"kid": self.kid, **headers}.items() if value is not None}
        return jwt.encode(claims, self.private, algorithm=way, headers=said)


@cache
def rsa_pair(kid: str = "one", bits: int = 2048) -> Pair:
    return Pair(rsa.generate_private_key(public_exponent=65537, key_size=bits), "RS384", kid)


@cache
def ec_pair(kid: str = "curve") -> Pair:
    return Pair(ec.generate_private_key(ec.SECP384R1()), "ES384", kid)


def key_set(*pairs: Pair) -> str:
    return json.dumps({"keys": [one.public for one in pairs]})


def claims(client_id: object, audience: str, **changes: Any) -> dict[str, Any]:
    """What a well-behaved system says of itself; a change to None leaves one out."""
    said = {
        "iss": str(client_id),
        "sub": str(client_id),
        "aud": audience,
        "exp": int(time.time()) + 240,
        "jti": str(uuid4()),
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


@dataclass
class Publisher:
    """The address of a key set; `body` is what it gives, `asked` how often that was."""

    url: str = ""
    body: bytes = b""
    status: int = 200
    asked: list[str] = field(default_factory=list)


@contextmanager
def publishing(*pairs: Pair) -> Iterator[Publisher]:
    """Serve the keys of these on a loopback port until the block ends."""
    fake = Publisher(body=key_set(*pairs).encode())
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
    fake: Publisher

    def do_GET(self) -> None:
        fake = self.fake
        fake.asked.append(self.path)
        self.send_response(fake.status)
        if 300 <= fake.status < 400:
            self.send_header("Location", f"{fake.url}/elsewhere")
        self.send_header("Content-Length", str(len(fake.body)))
        self.end_headers()
        self.wfile.write(fake.body)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests say what went wrong."""
