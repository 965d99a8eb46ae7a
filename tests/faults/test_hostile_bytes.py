"""Bytes that are hardly a request: the web process refuses them and goes on, whoever stands before it."""

import contextlib
import os
import socket

import pytest
import requests

from tests.architecture.hostile import HEADER_VALUES, HEADERS, TEXTS, Sender
from tests.processes import PATIENCE, Place

pytestmark = pytest.mark.faults
INPUTS = max(150, int(os.environ.get("FUZZ_INPUTS") or 0) // 10)
SEED = int(os.environ.get("FUZZ_SEED") or 1)
METHODS = (b"GET", b"POST", b"PUT", b"get", b"", b"G\0T", b"BREW", b"CONNECT", b"PRI", b"POST" * 3000)
PATHS = (
    *(b"/", b"/sign-in/", b"/api/v1/me/", b"/sync/x/", b"/hooks/twilio/inbound/", b"/static/../manage.py"),
    *(
        b"*",
        b"",
        b"//evil.test/",
        b"http://evil.test/",
        b"/%",
        b"/%ff%fe/",
        b"/%00",
        b"/\xff",
        b"/a b",
        b"/?%zz",
    ),
    *(b"/" + b"a" * 70_000, b"/health/live", b"/ws/console/", b"/static/%2e%2e/%2e%2e/etc/passwd", b"/#a"),
)
VERSIONS = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"HTTP/1.1 more", b"", b"HTTP/2.0")
FRAMINGS = (
    *(
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: 5, 5",
        b"Content-Length: 99999999999999",
    ),
    *(b"Transfer-Encoding: chunked", b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked, identity"),
    *(b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Expect: 100-continue", b"Content-Encoding: gzip"),
    *(
        b"Connection: upgrade\r\nUpgrade: websocket",
        b"Connection: upgrade\r\nUpgrade: h2c",
        b": empty",
        b"no colon",
    ),
    *(b"Content-Type: multipart/form-data", b"Content-Type: application/json; charset=utf-99", b" folded: a"),
)
BODIES = (
    *(
        b"",
        b"hello",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"ffffffffffffffff\r\n",
        b"-1\r\n\r\n",
        b"5;a=b\r\nhello",
        b"\0" * 900,
    ),
    b"x\r\n" * 90,
)


def test_no_bytes_are_a_fault_of_ours(place: Place) -> None:
    place.start_web()
    sender = Sender(SEED)
    print(f"FUZZ_SEED={SEED}")

    faults = [sent for sent in (request(sender) for _input in range(INPUTS)) if is_fault(answer(place, sent))]

    assert [sent[:300] for sent in faults] == []
    assert "Traceback" not in place.log("web"), place.log("web")
    assert requests.get(f"{place.base_url}/health/live", timeout=PATIENCE).ok


def request(sender: Sender) -> bytes:
    def line() -> bytes:
        value = sender.random.choice((*HEADER_VALUES, *TEXTS))
        return f"{sender.random.choice(HEADERS)}: {value}".encode("utf-8", "replace")

    choose = sender.random.choice
    first = b" ".join((choose(METHODS), choose(PATHS), choose(VERSIONS)))
    headers = [b"Host: 127.0.0.1"] if sender.happens(0.8) else []
    headers += [line() for _header in range(sender.random.randrange(4))]
    headers += [choose(FRAMINGS)] if sender.happens(0.6) else []
    return b"\r\n".join((first, *headers, b"", b"")) + choose(BODIES)


def answer(place: Place, sent: bytes) -> bytes:
    """The first line of what comes back; b"" where the connection ends without a word."""
    connection = socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE)
    with connection, contextlib.suppress(ConnectionError):
        connection.sendall(sent)
        # Whoever waits for more of the body is told that there is none.
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096).partition(b"\r\n")[0]
    return b""


def is_fault(status: bytes) -> bool:
    return status.split(b" ")[1:2] > [b"499"] and b" 503 " not in status
