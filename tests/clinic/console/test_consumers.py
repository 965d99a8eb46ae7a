"""The socket, from the handshake on, through the real ASGI application."""

import asyncio
import threading
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic.models import ConsoleWatch
from clinic.services.core import live, tokens
from clinic.services.escalations import lifecycle
from config.asgi import application
from tests import cases, factories
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = b"http://testserver"


def sign_in(person):
    client = Client()
    client.force_login(person)
    return client


def socket_of(
    client=None, *, origin=ORIGIN, token=None, protocols=None, host=b"testserver", path="/ws/console/"
):
    headers = [(b"host", host)]
    if origin:
        headers.append((b"origin", origin))
    if client:
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    if token:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    return Socket(application, path, headers, protocols or [])


async def connected(socket):
    accepted, _ = await socket.connect()
    return accepted


in_thread = database_sync_to_async


@pytest.fixture
def client(nurse):
    return sign_in(nurse)


async def test_nurse_is_greeted_with_the_version(clinic, client):
    socket = socket_of(client)

    assert await connected(socket)

    hello = await socket.receive()
    assert (hello["type"], hello["version"]) == ("hello", clinic.live_version)
    assert hello["at"]
    await socket.disconnect()


@pytest.mark.parametrize(
    "origin",
    [
        None,
        b"http://evil.test",
        b"https://testserver",
        b"http://testserver:8443",
        b"http://testserver.evil.test",
        b"null",
    ],
)
async def test_handshake_of_another_origin_is_refused(client, origin):
    assert not await connected(socket_of(client, origin=origin))


async def test_refused_handshake_waits_for_nothing_that_consoles_do():
    """The database is read for all of them in one thread; here it hangs."""
    free = threading.Event()
    busy = asyncio.create_task(in_thread(free.wait)())
    await asyncio.sleep(0)
    try:
        assert not await connected(socket_of(origin=b"http://evil.test"))
    finally:
        free.set()
        await busy


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/console", "/ws/console/../", "/alerts/"])
async def test_handshake_at_an_address_without_a_socket_is_refused(client, path):
    assert not await connected(socket_of(client, path=path))


async def test_demo_is_reached_under_any_address_of_its_own(client, settings):
    settings.DEMO = True
    socket = socket_of(client, origin=b"http://192.168.1.7:8000", host=b"192.168.1.7:8000")

    assert await connected(socket)

    await socket.disconnect()


async def test_outside_the_demo_only_the_public_address_counts(client, settings):
    settings.DEMO = False

    assert not await connected(socket_of(client, origin=b"http://192.168.1.7:8000", host=b"192.168.1.7:8000"))


async def test_visitor_family_and_educator_are_refused(clinic, caregiver):
    educator = await in_thread(lambda: factories.StaffFactory(clinic=clinic, role="educator").user)()

    assert not await connected(socket_of())
    for person in (caregiver, educator):
        assert not await connected(socket_of(await in_thread(sign_in)(person)))


async def test_token_opens_a_socket_without_origin_and_a_wrong_one_does_not(nurse):
    token = await in_thread(tokens.issue)(user=nurse, label="desk", days=1, now=timezone.now())
    socket = socket_of(origin=None, token=token)

    assert await connected(socket)
    assert not await connected(socket_of(origin=None, token="kw_wrong"))

    await socket.disconnect()


async def test_token_as_a_subprotocol_is_not_sent_back(nurse):
    token = await in_thread(tokens.issue)(user=nurse, label="desk", days=1, now=timezone.now())
    socket = socket_of(protocols=["kinwatch", f"bearer.{token}"])

    assert await socket.connect() == (True, "kinwatch")

    await socket.disconnect()


async def test_change_arrives_as_reference_and_version_and_nothing_else(client, patient):
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()

    escalation = await in_thread(cases.escalate)(patient, cases.FEVER, timezone.now())

    frames = [await socket.receive()]
    while frames[-1]["type"] != "escalation.opened":
        frames.append(await socket.receive())
    assert {key for frame in frames for key in frame} == {"type", "ref", "version", "level", "at", "change"}
    opened = frames[-1]
    assert (opened["ref"], opened["level"]) == (str(escalation.pk), "urgent")
    numbers = [frame["change"] for frame in frames if frame["change"]]
    assert numbers == [f"{patient.clinic_id}:{n}" for n in range(1, len(numbers) + 1)]
    await socket.disconnect()


async def test_other_clinics_console_receives_nothing(other_nurse, patient):
    socket = socket_of(await in_thread(sign_in)(other_nurse))
    await connected(socket)
    await socket.receive()

    await in_thread(cases.escalate)(patient, cases.FEVER, timezone.now())

    assert await socket.receive_nothing(timeout=0.5)
    await socket.disconnect()


async def test_heartbeat_proves_the_line_and_records_who_watches(clinic, nurse, client):
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()
    await in_thread(ConsoleWatch.objects.update)(seen_at=timezone.now() - timedelta(minutes=1))

    await in_thread(live.heartbeat)(now=timezone.now())

    beat = await socket.receive()
    assert (beat["type"], beat["version"]) == ("heartbeat", clinic.live_version)
    watch = await in_thread(ConsoleWatch.objects.get)()
    assert (watch.clinic_id, watch.user_id) == (clinic.pk, nurse.pk)
    assert timezone.now() - watch.seen_at < timedelta(seconds=30)
    await socket.disconnect()
    assert await in_thread(ConsoleWatch.objects.count)() == 0


async def test_lost_frame_shows_in_the_next_ones_version(clinic, client, nurse, patient):
    escalation = await in_thread(cases.escalate)(patient, cases.FEVER, timezone.now())
    socket = socket_of(client)
    await connected(socket)
    hello = await socket.receive()
    channel = (await in_thread(ConsoleWatch.objects.get)()).channel.split("/")[0]
    layer = get_channel_layer()
    await layer.group_discard(live.group_of(clinic.pk), channel)
    await in_thread(lifecycle.acknowledge)(escalation_id=escalation.pk, by=nurse, now=timezone.now())
    await layer.group_add(live.group_of(clinic.pk), channel)

    await in_thread(live.heartbeat)(now=timezone.now())

    beat = await socket.receive()
    assert (beat["type"], beat["version"]) == ("heartbeat", hello["version"] + 1)
    await socket.disconnect()


async def test_signing_out_closes_the_socket(client):
    socket = socket_of(client)
    await connected(socket)

    response = await in_thread(client.post)("/accounts/logout/")

    assert response.status_code == 302
    assert await socket.closing_code() == 4401


@pytest.mark.parametrize("what", ["session", "account", "role"])
async def test_socket_closes_when_what_it_stands_on_ends(nurse, client, what):
    socket = socket_of(client)
    await connected(socket)

    def end():
        if what == "session":
            client.session.flush()
        elif what == "account":
            nurse.is_active = False
            nurse.save(update_fields=["is_active"])
        else:
            role = nurse.staff_roles.get()
            role.ended_at, role.ended_by = timezone.now(), nurse
            role.save(update_fields=["ended_at", "ended_by"])

    await in_thread(end)()

    assert await socket.closing_code() in {4401, 4403}


async def test_frame_after_the_role_ended_is_not_forwarded(clinic, nurse, client):
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()

    def end_and_change():
        nurse.staff_roles.update(ended_at=timezone.now(), ended_by=nurse)
        live.heartbeat(now=timezone.now())

    await in_thread(end_and_change)()

    output = await socket.receive_output(timeout=5)
    assert (output["type"], output["code"]) == ("websocket.close", 4403)


async def beat_once(sockets):
    """Heartbeats that all of these hear."""
    await in_thread(live.heartbeat)(now=timezone.now())
    return await asyncio.gather(*(socket.receive() for socket in sockets))


async def test_frame_after_the_role_ended_is_not_forwarded_where_others_came_before(clinic, nurse, client):
    """One look for all consoles, by what was found when each looked for itself."""
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()
    await beat_once([socket])
    await beat_once([socket])

    def end_and_change():
        ConsoleWatch.objects.update(seen_at=clinic.created_at)
        nurse.staff_roles.update(ended_at=timezone.now(), ended_by=nurse)
        live.heartbeat(now=timezone.now())

    await in_thread(end_and_change)()

    output = await socket.receive_output(timeout=5)
    assert (output["type"], output["code"]) == ("websocket.close", 4403)
    watches = await in_thread(lambda: list(ConsoleWatch.objects.values_list("seen_at", flat=True)))()
    assert watches in ([], [clinic.created_at])


async def test_role_at_another_clinic_is_followed_where_frames_came_before(
    clinic, other_clinic, nurse, client
):
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()
    await beat_once([socket])

    def begin_and_change():
        factories.StaffFactory(user=nurse, clinic=other_clinic)
        live.publish_change(clinic_id=clinic.pk, kind="x", ref="r", level=None, now=timezone.now())

    await in_thread(begin_and_change)()
    await socket.receive()

    await in_thread(live.publish_change)(
        clinic_id=other_clinic.pk, kind="y", ref="r", level=None, now=timezone.now()
    )
    frames = [await socket.receive()]
    while frames[-1]["type"] != "y":
        frames.append(await socket.receive())
    assert frames[-1]["version"] == 2
    await socket.disconnect()


async def test_heartbeat_costs_no_more_statements_for_twenty_consoles_than_for_one(client):
    @in_thread
    def count():
        spent, connection.force_debug_cursor = len(connection.queries_log), True
        connection.queries_log.clear()
        return spent

    sockets, spent = [], []
    for many in (1, 20):
        while len(sockets) < many:
            sockets.append(socket_of(client))
            await connected(sockets[-1])
            await sockets[-1].receive()
        await beat_once(sockets)
        await count()
        await beat_once(sockets)
        spent.append(await count())

    # Frames that come while one look is under way share the next.
    assert 0 < spent[0] <= spent[1] <= 3 * spent[0]
    for socket in sockets:
        await socket.disconnect()


async def test_nurse_of_two_clinics_keeps_the_one_that_is_left(clinic, other_clinic, nurse, client):
    await in_thread(factories.StaffFactory)(user=nurse, clinic=other_clinic)
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()

    def end_other():
        nurse.staff_roles.filter(clinic=other_clinic).update(ended_at=timezone.now(), ended_by=nurse)
        live.heartbeat(now=timezone.now())

    await in_thread(end_other)()

    first = await socket.receive()
    assert first["version"] == clinic.live_version
    watches = await in_thread(lambda: list(ConsoleWatch.objects.values_list("clinic_id", flat=True)))()
    assert watches == [clinic.pk]
    await socket.disconnect()


async def test_whatever_a_client_sends_changes_nothing(client, patient):
    escalation = await in_thread(cases.escalate)(patient, cases.FEVER, timezone.now())
    socket = socket_of(client)
    await connected(socket)
    await socket.receive()

    for sent in (f'{{"type": "acknowledge", "ref": "{escalation.pk}"}}', "not json", "{}"):
        await socket.send(text=sent)
    await socket.send(data=b"\x00\xff")

    assert await socket.receive_nothing(timeout=0.3)
    await in_thread(escalation.refresh_from_db)()
    assert escalation.state == "open"
    await socket.disconnect()


async def test_twenty_consoles_hear_of_one_change(client, clinic):
    sockets = [socket_of(client) for _ in range(20)]
    for socket in sockets:
        assert await connected(socket)
        await socket.receive()

    await in_thread(live.heartbeat)(now=timezone.now())

    frames = await asyncio.gather(*(socket.receive() for socket in sockets))
    assert {frame["type"] for frame in frames} == {"heartbeat"}
    for socket in sockets:
        await socket.disconnect()


async def test_locked_desk_hears_of_changes_and_of_nobody(clinic, client, nurse, patient):
    await in_thread(client.post)("/console/desk/lock/")
    socket = socket_of(client)
    assert await connected(socket)
    await socket.receive()

    await in_thread(cases.escalate)(patient, cases.FEVER, timezone.now())

    frame = await socket.receive()
    assert set(frame) == {"type", "ref", "version", "level", "at", "change"}
    assert (frame["level"], patient.family_name in str(frame)) == ("urgent", False)
    await socket.disconnect()
