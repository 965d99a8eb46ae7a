"""Whatever handshake and whichever frames come to the console's socket: refused or ignored, never a fault.

There is no other socket; phones hand in by HTTP. A share of FUZZ_INPUTS, as test_hostile_doors.py.
"""

import os
from collections import Counter

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from clinic.services.core import tokens
from config.asgi import application
from tests.architecture.hostile import TEXTS, Sender
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)
HANDSHAKES = max(40, int(os.environ.get("FUZZ_INPUTS") or 0) // 10)
SEED = int(os.environ.get("FUZZ_SEED") or 1)
PATHS = (
    "/ws/console/",
    "/ws/console",
    "/ws/",
    "/",
    "/ws/console/\0",
    "/ws/console/../../admin/",
    "/ws/\ud800",
)
NAMES = ("type", "ref", "version", "level", "clinic")


async def test_no_handshake_and_no_frame_is_a_fault_of_ours(nurse):
    sender = Sender(SEED)
    client = Client()
    await sync_to_async(client.force_login)(nurse)
    token = await sync_to_async(tokens.issue)(user=nurse, label="A program", days=1, now=timezone.now())
    session = f"sessionid={client.cookies['sessionid'].value}"

    ends = Counter([await end_of(sender, session, token) for _handshake in range(HANDSHAKES)])

    print(f"FUZZ_SEED={SEED}", dict(ends))
    assert ends["accepted"] and ends["refused"]


async def end_of(sender: Sender, session: str, token: str) -> str:
    """An exception of the application is raised here, and so is its end without an answer."""
    path = "/ws/console/" if sender.happens(0.8) else sender.random.choice(PATHS)
    query = sender.query(NAMES, (token,)) if sender.happens(0.3) else ""
    headers, protocols = headers_of(sender, session, token), protocols_of(sender, token)
    socket = Socket(application, path, headers, protocols, query=query.encode())
    accepted, _protocol = await socket.connect()
    if not accepted:
        await socket.disconnect()
        return "refused"
    await socket.receive()
    for _frame in range(sender.random.randrange(6)):
        await send(socket, sender)
    await socket.disconnect()
    return "accepted"


def headers_of(sender: Sender, session: str, token: str) -> list[tuple[bytes, bytes]]:
    """Mostly those of a browser that is signed in; then some more, and some twice."""
    headers = {"Host": "testserver", "Origin": "http://testserver", "Cookie": session}
    if sender.happens(0.3):
        headers = {"Host": "testserver", "Authorization": f"Bearer {token}"}
    pairs = [*headers.items()]
    if sender.happens(0.6):
        pairs += sender.headers().items()
    if sender.happens(0.3):
        pairs.append(("Cookie", sender.cookies(session)))
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]


def protocols_of(sender: Sender, token: str) -> list[str]:
    offered = ("kinwatch", f"bearer.{token}", "bearer.", "bearer.x", *TEXTS[:20])
    return [sender.random.choice(offered) for _ in range(sender.random.randrange(4))]


async def send(socket: Socket, sender: Sender) -> None:
    """A frame of text or of bytes: JSON, or nothing like it."""
    body, _kind = sender.body(NAMES, ("1",))
    if sender.happens(0.5):
        await socket.send(data=body)
    else:
        await socket.send(text=body.decode("utf-8", "replace"))
