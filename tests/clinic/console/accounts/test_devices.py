"""Notify this device: the button's requests, the list on the account page, and the worker."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent
from notifications.models import PushSubscription
from notifications.queries import push_targets
from notifications.services import push_subscriptions
from tests.architecture.test_access import client_of

BROWSER = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "p256dh": "B" + "A" * 86,
    "auth": "A" * 22,
    "label": "Firefox, Linux",
}


def test_device_is_added_shown_and_removed(nurse: Any) -> None:
    client = client_of(nurse)

    assert client.post("/accounts/devices/", BROWSER).status_code == 204
    (device,) = push_targets(nurse.pk)
    text = client.get("/accounts/").content.decode()
    assert "This device will be notified." in text
    assert text.count("Firefox, Linux") == 2

    answer = client.post(f"/accounts/devices/{device.id}/remove/", follow=True)
    assert "That device is not notified any more." in answer.content.decode()
    assert push_targets(nurse.pk) == []
    actions = AuditEvent.objects.filter(action__startswith="device.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["device.added", "device.removed"]


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://clinic.example/x"},
        {"endpoint": ""},
        {"p256dh": "short"},
        {"p256dh": "!" * 87},
        {"auth": "x" * 30},
        {"label": "x" * 81},
    ],
    ids=str,
)
def test_nonsense_is_refused(nurse: Any, changes: dict[str, str]) -> None:
    assert client_of(nurse).post("/accounts/devices/", {**BROWSER, **changes}).status_code == 400
    assert not PushSubscription.objects.exists()


def test_device_of_a_colleague_is_not_there(nurse: Any, other_nurse: Any) -> None:
    browser = {name: BROWSER[name] for name in ("endpoint", "p256dh", "auth", "label")}
    kept = push_subscriptions.subscribe(owner_id=other_nurse.pk, now=timezone.now(), **browser)

    answers = [
        client_of(nurse).post(f"/accounts/devices/{one}/remove/").status_code
        for one in (kept.pk, uuid.uuid4())
    ]

    assert answers == [404, 404]
    assert len(push_targets(other_nurse.pk)) == 1


def test_signing_out_ends_the_notices_on_that_device_only(nurse: Any) -> None:
    desk, phone = client_of(nurse), client_of(nurse)
    desk.post("/accounts/devices/", BROWSER)
    phone.post("/accounts/devices/", {**BROWSER, "endpoint": f"{BROWSER['endpoint']}d", "label": "Phone"})

    desk.post("/accounts/logout/")

    assert [one.label for one in push_targets(nurse.pk)] == ["Phone"]
    assert AuditEvent.objects.filter(action="device.removed", actor_id=nurse.pk).count() == 1


def test_signing_out_everywhere_else_ends_the_notices_there(nurse: Any, other_nurse: Any) -> None:
    lost, held = client_of(nurse), client_of(nurse)
    for number, client in enumerate([lost, held]):
        client.post(
            "/accounts/devices/",
            {**BROWSER, "endpoint": f"{BROWSER['endpoint']}{number}", "label": str(number)},
        )
    client_of(other_nurse).post("/accounts/devices/", BROWSER)

    held.post("/accounts/sessions/")

    assert [one.label for one in push_targets(nurse.pk)] == ["1"]
    assert len(push_targets(other_nurse.pk)) == 1


def test_who_is_never_paged_is_offered_nothing(
    caregiver: Any, clinic: Any, settings: Any, nurse: Any
) -> None:
    assert client_of(caregiver).post("/accounts/devices/", BROWSER).status_code == 404
    assert 'id="devices"' in client_of(nurse).get("/accounts/").content.decode()

    settings.VAPID_PRIVATE_KEY = ""
    assert 'id="devices"' not in client_of(nurse).get("/accounts/").content.decode()


@pytest.mark.django_db
def test_worker_is_public_and_never_stale(client: Client) -> None:
    answer = client.get("/console/push-worker.js")

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content
