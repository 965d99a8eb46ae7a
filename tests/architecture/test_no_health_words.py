"""What a family reports stays in the record: not in logs, broker messages, texts or push frames."""

import json
import logging
from uuid import uuid4

import pytest
from celery.signals import before_task_publish
from channels.layers import InMemoryChannelLayer
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent, Escalation, Report
from clinic.services.escalations import scoring
from clinic.services.paging import chain
from notifications.models import Message
from notifications.services import dispatch
from tests import factories
from tests.architecture.test_access import client_of

pytestmark = pytest.mark.django_db(transaction=True)
# Words that occur nowhere else, so that finding one is finding a leak.
NAMES = ("Zebulon", "Quixotry", "Carla Caregiver")
TYPED = ("40,77", "40.77", "canaryblister", "canarynote")
SIGNS = ("seizure", "confusion", "fever", "temperature", "red_flags", "axi-cel", "CAR-T", "cancer")


class RecordingLayer(InMemoryChannelLayer):
    """A channel layer that keeps what is handed to it."""

    frames: list[str] = []

    async def group_send(self, group, message):
        self.frames.append(json.dumps(message))


@pytest.fixture
def frames(settings):
    RecordingLayer.frames = []
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.RecordingLayer"}}
    return RecordingLayer


@pytest.fixture
def broker_messages():
    sent: list[str] = []

    def keep(body=None, headers=None, **kwargs):
        sent.append(json.dumps([body, headers, kwargs.get("properties")], default=str))

    before_task_publish.connect(keep)
    yield sent
    before_task_publish.disconnect(keep)


@pytest.fixture
def canary(clinic):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic), position=0)
    patient = factories.PatientFactory(clinic=clinic, given_name="Zebulon", family_name="Quixotry")
    member = factories.CareTeamMemberFactory(patient=patient, user__name="Carla Caregiver")
    return patient, member.user


def send_over_api(patient, caregiver):
    moment = timezone.now().isoformat()
    body = {
        "patient": str(patient.pk),
        "protocol_version": 1,
        "observed_at": moment,
        "sent_at": moment,
        "language": "en",
        "answers": {"temp_value": "40,77", "temp_unit": "C", "confusion": 2, "red_flags": ["canaryblister"]},
    }
    client = client_of(caregiver)
    answer = client.put(f"/api/v1/reports/{uuid4()}/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    refused = {**body, "answers": {"canaryblister": "40,77", "confusion": "canarynote"}}
    answer = client.put(f"/api/v1/reports/{uuid4()}/", refused, content_type="application/json")
    assert answer.status_code == 400


def send_over_the_form(patient, caregiver):
    browser, address, report_id = client_of(caregiver), f"/check-in/{patient.pk}/", str(uuid4())
    browser.post(address, {"report_id": report_id, "action": "none"})
    browser.post(f"{address}temperature/", {"report_id": report_id, "temp_value": "40,77", "temp_unit": "C"})
    browser.post(
        address, {"report_id": report_id, "red_flags": ["seizure", "canaryblister"], "action": "alarm"}
    )
    browser.post(address, {"report_id": report_id, "red_flags": ["seizure"], "action": "alarm"})


def answer_on_the_console(nurse):
    escalation = Escalation.objects.get()
    client = client_of(nurse)
    address = f"/api/v1/escalations/{escalation.pk}/"
    assert client.post(f"{address}acknowledge/", {}, content_type="application/json").status_code == 200
    closed = {"outcome": "admitted", "note": "canarynote about Zebulon"}
    assert client.post(f"{address}resolve/", closed, content_type="application/json").status_code == 200


@pytest.mark.parametrize("send", [send_over_api, send_over_the_form])
def test_nothing_leaves_the_record(send, canary, nurse, frames, broker_messages, caplog):
    caplog.set_level(logging.DEBUG)
    send(*canary)
    now = timezone.now()
    for report in Report.objects.all():
        scoring.score(report_id=report.pk, now=now)
    assert Report.objects.exists()
    chain.send_due(now=now)
    dispatch.send_due(now=now)
    answer_on_the_console(nurse)

    texts = [message.body for message in Message.objects.all()]
    assert texts, "an emergency pages somebody"
    assert broker_messages, "a report nudges the worker"
    assert len(frames.frames) >= 3, "consoles are told of the opening, the taking and the closing"
    audit = [json.dumps(row.detail) for row in AuditEvent.objects.all()]
    log = "\n".join([caplog.text, *(str(vars(record)) for record in caplog.records)])
    for word in NAMES + TYPED:
        for place in (log, *texts, *broker_messages, *frames.frames, *audit):
            assert word.lower() not in place.lower(), f"{word} in {place[:200]}"
    for word in SIGNS:
        for place in (*texts, *broker_messages, *frames.frames):
            assert word.lower() not in place.lower(), f"{word} in {place[:200]}"


def test_page_that_fails_tells_the_log_no_words(canary, caplog, clinic):
    """A fault in the middle of a report is logged with its trace, which must quote nobody."""
    patient, caregiver = canary
    clinic.protocols.get().versions.create(
        number=2, document={}, content_hash="broken", published_by=factories.UserFactory()
    )
    client = Client(raise_request_exception=False)
    client.force_login(caregiver)

    answer = client.get(f"/check-in/{patient.pk}/")

    assert answer.status_code == 500
    for word in NAMES:
        assert word not in caplog.text
        assert word not in answer.content.decode()
