"""Pushes from the outbox to a browser that opens them, and what becomes of a browser that left."""

import json
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.demo_keys import vapid
from notifications.models import Message, PushSubscription
from notifications.providers.chosen import push_key
from notifications.queries import has_unsent_page, push_targets
from notifications.services import dispatch, push_subscriptions
from tests.fakes import push as fakes
from tests.notifications.builders import queue

pytestmark = pytest.mark.django_db

OWNER = uuid.UUID(int=7)
BODY = "River Line: someone needs your answer now. Open https://kin.example.org/console/escalations/1/"


@pytest.fixture
def pushes(settings: Any, tmp_path: Any) -> Iterator[fakes.Pushes]:
    """The maker of a browser, with keys as the demo makes them."""
    with fakes.running() as fake:
        settings.PUSH_TEST_PEER = fake.url
        settings.VAPID_PRIVATE_KEY = vapid(tmp_path / "vapid.key")
        settings.VAPID_CONTACT = "mailto:it@clinic.example"
        yield fake


@pytest.fixture
def device(pushes: fakes.Pushes, now: datetime) -> str:
    push_subscriptions.subscribe(owner_id=OWNER, label="Firefox, Linux", now=now, **pushes.browser)
    return push_targets(OWNER)[0].id


def push(device: str, now: datetime, **changes: Any) -> Message:
    return queue(to=device, channel="push", body=BODY, now=now, **changes)


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.error_code


def test_note_arrives_sealed_and_says_what_the_text_says(
    pushes: fakes.Pushes, device: str, now: datetime
) -> None:
    message = push(device, now)

    dispatch.send_due(now=now)

    assert state(message) == ("sent", "")
    assert pushes.opened() == [
        {
            "web_push": 8030,
            "notification": {
                "title": "River Line",
                "body": "someone needs your answer now. Open",
                "navigate": "https://kin.example.org/console/escalations/1/",
                "tag": str(message.id),
                "requireInteraction": True,
            },
        }
    ]
    assert b"River" not in pushes.bodies[0]
    headers = pushes.headers[0]
    assert (headers["content-encoding"], headers["ttl"], headers["urgency"]) == ("aes128gcm", "300", "high")


def test_maker_can_tell_who_sends(pushes: fakes.Pushes, device: str, now: datetime) -> None:
    push(device, now)

    dispatch.send_due(now=now)

    scheme, _, fields = pushes.headers[0]["authorization"].partition(" ")
    signed = dict(part.strip().split("=", 1) for part in fields.split(","))
    claims = signed["t"].split(".")[1]
    told = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (scheme, signed["k"].rstrip("=")) == ("vapid", push_key())
    assert (told["aud"], told["sub"]) == (pushes.url, "mailto:it@clinic.example")


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_left_is_forgotten(
    pushes: fakes.Pushes, device: str, now: datetime, status: int
) -> None:
    pushes.answers = [status]
    first = push(device, now)
    dispatch.send_due(now=now)
    later = push(device, now)
    dispatch.send_due(now=now)

    assert (state(first), state(later)) == (("failed", "push_gone"), ("failed", "push_gone"))
    assert (len(pushes.bodies), PushSubscription.objects.count()) == (1, 0)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_maker_is_asked_again(pushes: fakes.Pushes, device: str, now: datetime, status: int) -> None:
    pushes.answers = [status]
    message = push(device, now)

    dispatch.send_due(now=now)
    assert state(message) == ("sending", "push_busy")
    dispatch.send_due(now=now + timedelta(seconds=30))

    assert state(message) == ("sent", "")
    assert len(pushes.bodies) == 2


@pytest.mark.parametrize("status", [302, 400, 413])
def test_refusal_is_final_and_no_redirect_is_followed(
    pushes: fakes.Pushes, device: str, now: datetime, status: int
) -> None:
    pushes.answers = [status]
    message = push(device, now)

    dispatch.send_due(now=now)

    assert (state(message), len(pushes.bodies)) == (("failed", "push_refused"), 1)
    assert PushSubscription.objects.count() == 1


def test_key_that_is_none_costs_no_other_message(pushes: fakes.Pushes, device: str, now: datetime) -> None:
    PushSubscription.objects.update(p256dh="B" + "A" * 86)
    message, text = push(device, now), queue(now=now)

    dispatch.send_due(now=now)

    assert (state(message), state(text)[0]) == (("failed", "push_gone"), "delivered")


def test_maker_that_is_away_keeps_no_text_waiting(settings: Any, device: str, now: datetime) -> None:
    settings.PUSH_TEST_PEER = "http://127.0.0.1:1"
    PushSubscription.objects.update(endpoint="http://127.0.0.1:1/x")
    message, text = push(device, now - timedelta(minutes=1)), queue(purpose="reply", now=now)

    dispatch.send_due(now=now)

    assert (state(message), state(text)) == (("sending", "unreachable"), ("delivered", ""))
    assert not has_unsent_page(queued_before=now)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://169.254.169.254/latest",
        "https://clinic.example/push",
        "https://fcm.googleapis.com.evil.test/x",
    ],
)
def test_server_posts_to_known_makers_only(pushes: fakes.Pushes, now: datetime, endpoint: str) -> None:
    with pytest.raises(push_subscriptions.NotAPushAddress):
        push_subscriptions.subscribe(
            owner_id=OWNER, label="", now=now, **{**pushes.browser, "endpoint": endpoint}
        )


def test_browser_belongs_to_who_asked_last(pushes: fakes.Pushes, device: str, now: datetime) -> None:
    other = uuid.uuid4()

    push_subscriptions.subscribe(owner_id=other, label="", now=now, **pushes.browser)

    assert (len(push_targets(OWNER)), len(push_targets(other))) == (0, 1)


def test_nobody_forgets_a_device_of_somebody_else(device: str) -> None:
    subscription = uuid.UUID(device)

    assert push_subscriptions.delete(owner_id=uuid.uuid4(), subscription_id=subscription) is False
    assert push_subscriptions.delete(owner_id=OWNER, subscription_id=subscription) is True
    assert push_subscriptions.delete_all(owner_id=OWNER) == []


def test_oldest_device_gives_way(pushes: fakes.Pushes, now: datetime) -> None:
    for number in range(12):
        browser = {**pushes.browser, "endpoint": f"{pushes.url}/{number}"}
        push_subscriptions.subscribe(
            owner_id=OWNER, label=str(number), now=now + timedelta(seconds=number), **browser
        )

    assert [target.label for target in push_targets(OWNER)] == [str(number) for number in range(2, 12)]


def test_demo_keeps_its_key(tmp_path: Any) -> None:
    path = tmp_path / "new" / "vapid.key"

    assert vapid(path) == vapid(path) == path.read_text()
    assert (path.stat().st_mode & 0o777, [one.name for one in path.parent.iterdir()]) == (
        0o600,
        ["vapid.key"],
    )
