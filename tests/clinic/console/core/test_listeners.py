"""The page of other systems, as an administrator uses it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic import tasks
from clinic.models import AuditEvent, Listener, ListenerEvent
from clinic.services.watch import audit_seals
from tests import factories
from tests.fakes import listener as fakes


@pytest.fixture
def receiver(settings):
    with fakes.running() as fake:
        settings.LISTENER_TEST_PEER = fake.url
        yield fake


@pytest.fixture
def administrator(clinic, client):
    person = factories.StaffFactory(clinic=clinic, role="administrator").user
    client.force_login(person)
    return person


def run_engine():
    audit_seals.seal_written(now=timezone.now())
    tasks.send_events()


def add(client, address):
    return client.post(reverse("console_listeners"), {"address": address})


def secrets_on(page):
    return re.findall(r"whsec_[\w+/=]+", page.content.decode())


def acts():
    return list(AuditEvent.objects.filter(subject_type="listener").values_list("action", flat=True))


def test_secret_is_shown_once_and_lies_sealed(client, administrator, receiver):
    made = add(client, f"{receiver.url}/in")
    again = client.get(reverse("console_listeners"))
    row = Listener.objects.get()
    renewed = client.post(reverse("console_listener_secret", args=[row.pk]))

    assert [len(secrets_on(page)) for page in (made, again, renewed)] == [1, 0, 1]
    assert secrets_on(made) != secrets_on(renewed)
    assert secrets_on(made)[0] not in row.secret
    assert "the old one fits as well" in renewed.content.decode()
    assert made["Cache-Control"] == "no-store"
    assert acts() == ["listener.registered", "listener.secret_renewed"]


def test_test_goes_the_way_of_all_events(client, administrator, receiver):
    add(client, f"{receiver.url}/in")
    row = Listener.objects.get()

    client.post(reverse("console_listener_test", args=[row.pk]))
    run_engine()

    assert [one["type"] for one in receiver.taken] == ["listener.test"]
    assert receiver.taken[0]["data"] == {"clinic": row.clinic.slug, "patient": None, "id": str(row.pk)}
    assert "It last took an event" in client.get(reverse("console_listeners")).content.decode()


def test_what_waits_and_why_is_shown_to_administrators(client, administrator, receiver):
    add(client, f"{receiver.url}/in")
    receiver.is_down = True
    client.post(reverse("console_listener_test", args=[Listener.objects.get().pk]))
    run_engine()

    page = client.get(reverse("console_listeners")).content.decode()

    assert "1 event waits" in page
    assert "http_503" in page
    assert "tried once" in page


def test_ended_is_told_nothing_more(client, administrator, receiver):
    add(client, f"{receiver.url}/in")
    row = Listener.objects.get()
    receiver.is_down = True
    client.post(reverse("console_listener_test", args=[row.pk]))
    run_engine()
    receiver.is_down = False

    client.post(reverse("console_listener_end", args=[row.pk]))
    client.post(reverse("console_listener_end", args=[row.pk]))
    run_engine()

    row.refresh_from_db()
    assert (receiver.taken, row.secret, row.ended_by) == ([], "", administrator)
    assert not ListenerEvent.objects.filter(due_at__isnull=False).exists()
    assert acts().count("listener.ended") == 1
    # The address is free again.
    assert len(secrets_on(add(client, f"{receiver.url}/in"))) == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter the address."),
        ("http://engine.river.example/in", "Write it as https://"),
        ("https://10.0.0.1/in", "Write it as https://"),
        ("https://me:word@engine.river.example/in", "Write it as https://"),
    ],
)
def test_wrong_address_is_told_in_words(client, administrator, address, words):
    answer = add(client, address)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Listener.objects.exists()


def test_same_address_twice_and_an_eleventh_are_refused(client, administrator, receiver):
    add(client, f"{receiver.url}/0")
    twice = add(client, f"{receiver.url}/0")
    for number in range(1, 10):
        add(client, f"{receiver.url}/{number}")
    many = add(client, f"{receiver.url}/10")

    assert (twice.status_code, many.status_code) == (422, 422)
    assert "This address is on the list already." in twice.content.decode()
    assert "There are ten already." in many.content.decode()
    assert Listener.objects.count() == 10


def test_page_takes_as_many_queries_for_three_systems_as_for_one(client, administrator, receiver):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("console_listeners"))
        return len(asked)

    add(client, f"{receiver.url}/0")
    one = questions()
    add(client, f"{receiver.url}/1")
    add(client, f"{receiver.url}/2")

    assert questions() == one
