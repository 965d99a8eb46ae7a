"""Whoever reports, signs in or answers an alarm does so without Redis: dead, or hanging."""

import socket
from collections.abc import Iterator
from uuid import uuid4

import pytest
from celery import Celery, current_app
from channels.layers import channel_layers
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from clinic.models import CallCode, Escalation, Report
from clinic.services.core import tokens
from config.cache import CacheOrMemory
from config.settings import jobs
from notifications import push
from notifications.models import Message
from notifications.services import nudge
from tests import cases, factories
from tests.fakes.telephone import Telephone
from tests.notifications.conftest import webhook_settings  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["dead", "hanging"], autouse=True)
def no_redis(request: pytest.FixtureRequest, settings: object) -> Iterator[None]:
    """Broker, cache and channel layer lead to a port that refuses, or one that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1] if request.param == "hanging" else 1
        url = f"redis://127.0.0.1:{port}/0"
        before = current_app._get_current_object()
        broken = Celery("broken", broker=url, set_as_current=False)
        broken.conf.broker_transport_options = jobs.broker(url)["options"]
        broken.set_current()
        settings.CACHES = jobs.caches(url)
        layer = channel_layers["default"]
        channel_layers.set("default", _layer(url))
        yield
        channel_layers.set("default", layer)
        before.set_current()
    # The next test asks at once.
    CacheOrMemory.asks_again_at = push._rest.until = nudge._rest.until = 0.0


def _layer(url: str) -> object:
    from channels_redis.pubsub import RedisPubSubChannelLayer

    return RedisPubSubChannelLayer(**jobs.channel_layers(url)["default"]["CONFIG"])


def test_family_reports_and_is_advised(patient, caregiver):
    token = tokens.issue(user=caregiver, label="test", days=1, now=timezone.now())
    moment = timezone.now().isoformat()
    body = {
        "patient": str(patient.pk),
        "protocol_version": 1,
        "observed_at": moment,
        "sent_at": moment,
        "language": "en",
        "answers": {"temp_value": 38.6, "temp_unit": "C", "confusion": 2},
    }

    answer = Client().put(
        f"/api/v1/reports/{uuid4()}/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, answer.json()["advice"]["level"]) == (201, "emergency")
    assert Report.objects.count() == 1


def test_wrong_token_is_refused_and_no_error(db):
    answer = Client().get("/api/v1/patients/", headers={"Authorization": "Bearer kw_wrong"})

    assert answer.status_code == 401


def test_staff_sign_in_and_take_an_alarm(nurse, patient):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    desk = Client()
    wrong = desk.post("/accounts/login/", {"login": nurse.email, "password": "not this one at all"})

    right = desk.post("/accounts/login/", {"login": nurse.email, "password": factories.PASSWORD})

    assert (wrong.status_code, right.status_code, right.url) == (200, 302, "/console/")
    assert desk.get("/console/").status_code == 200
    assert desk.post(f"/console/escalations/{escalation.pk}/acknowledge/").status_code == 302
    assert Escalation.objects.get().acknowledged_by == nurse


def test_family_is_texted_a_code_because_those_are_counted_in_the_database(caregiver):
    answer = Client().post("/sign-in/", {"phone": str(caregiver.phone)})

    assert answer.status_code == 302
    assert list(Message.objects.values_list("purpose", flat=True)) == ["code"]


def test_danger_sign_by_telephone_keypad_is_advised_and_stored(webhook_settings, clinic, caregiver):  # noqa: F811
    clinic.keypad_phone = "+12025550188"
    clinic.save(update_fields=["keypad_phone"])
    CallCode.objects.create(user=caregiver, code_hash=make_password("482913"))
    call = Telephone(webhook_settings.PUBLIC_BASE_URL, str(caregiver.phone), "CA1")
    call.dial("+12025550188")

    said = call.press("1", "482913", "1")

    assert said.startswith("Call 9 1 1 now.")
    assert "Your answers are sent." in said
    assert Report.objects.get().source == "voice"
