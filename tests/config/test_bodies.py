"""What a client may send is counted before the application reads it."""

import json

import pytest
from asgiref.testing import ApplicationCommunicator

from config import bodies

KB = 1024


async def reads_all(scope, receive, send):
    """An application that answers with the size of what it got, as Django does."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})
    assert (await receive())["type"] == "http.disconnect"


async def answer(path, parts, declared=None):
    headers = [(b"content-length", str(declared).encode())] if declared is not None else []
    scope = {"type": "http", "path": path, "headers": headers}
    client = ApplicationCommunicator(bodies.limited(reads_all), scope)
    for number, part in enumerate(parts, start=1):
        await client.send_input({"type": "http.request", "body": part, "more_body": number < len(parts)})
    start = await client.receive_output(timeout=10)
    body = await client.receive_output(timeout=10)
    await client.send_input({"type": "http.disconnect"})
    await client.wait(timeout=10)
    return start["status"], body["body"].decode()


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/hooks/twilio/inbound/", 64 * KB, 200),
        ("/hooks/twilio/inbound/", 64 * KB + 1, 413),
        ("/api/v1/reports/x/", 1024 * KB + 1, 413),
        ("/api/v1/imports/", 5 * 1024 * KB, 200),
        ("/api/v1/imports/", 5 * 1024 * KB + 1, 413),
        ("/sync/reports/x/", 256 * KB + 1, 413),
        ("/check-in/x/", 256 * KB + 1, 200),
        ("/writing/x/", 10 * 1024 * KB + 1, 413),
    ],
)
async def test_each_door_takes_so_much_and_no_more(path, size, status):
    assert (await answer(path, [b"1" * (size // 2), b"1" * (size - size // 2)]))[0] == status


async def test_who_says_that_it_is_too_large_sends_nothing():
    status, text = await answer("/sync/reports/x/", [], declared=10**9)

    assert (status, json.loads(text)["error"]["code"]) == (413, "too_large")
    assert "call 911" in text


async def test_a_body_that_does_not_end_is_cut_off_with_words(monkeypatch):
    monkeypatch.setattr(bodies, "WHOLE_WITHIN_SECONDS", 0.05)
    scope = {"type": "http", "path": "/check-in/x/", "headers": []}
    client = ApplicationCommunicator(bodies.limited(reads_all), scope)
    await client.send_input({"type": "http.request", "body": b"1", "more_body": True})

    assert (await client.receive_output(timeout=10))["status"] == 408
    assert b"call 911" in (await client.receive_output(timeout=10))["body"]
