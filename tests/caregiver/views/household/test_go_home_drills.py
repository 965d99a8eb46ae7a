"""The test alarm before going home."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clinic.models import Report
from clinic.services.escalations import scoring
from clinic.services.patients import go_home_drills
from notifications.models import Message


@pytest.fixture
def url(patient: Any) -> str:
    patient.status = "preparing"
    patient.save(update_fields=["status"])
    return f"/practice/{patient.pk}/"


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_home_leads_to_it_while_preparing_only(device: Client, url: str, patient: Any) -> None:
    assert url in device.get("/").content.decode()

    patient.status = "active"
    patient.save(update_fields=["status"])

    assert url not in device.get("/").content.decode()


def test_family_sends_a_marked_test_and_reads_that_it_was_seen(
    device: Client, url: str, patient: Any, nurse: Any, now: Any
) -> None:
    assert "This is a test. Do not call 911 for it." in words(device.get(url))
    report_id = str(uuid4())

    for _ in range(2):
        assert device.post(url, {"report_id": report_id}).url == url

    report = Report.objects.get()
    scoring.score(report_id=report.pk, now=now)
    assert (report.is_drill, report.assessment.level) == (True, "emergency")
    waits = words(device.get(url))
    assert "Not yet seen by staff" in waits and "paging staff" not in waits
    assert Message.objects.filter(body__contains="this is a test").count() == 1
    go_home_drills.answer(escalation_id=patient.escalations.get(is_drill=True).pk, by=nurse, now=now)
    assert re.search(r"Seen \d", words(device.get(url)))


def test_test_report_leads_to_no_advice_to_call(device: Client, url: str, patient: Any) -> None:
    device.post(url)
    report = Report.objects.get()

    assert device.get(f"/reports/{report.pk}/").url == url
    assert "No report yet." in words(device.get("/history/"))


def test_no_test_is_sent_once_the_patient_is_home(device: Client, url: str, patient: Any) -> None:
    patient.status = "active"
    patient.save(update_fields=["status"])

    answer = device.post(url, follow=True)

    assert "Test alarms are over." in words(answer)
    # What happens now is no test.
    assert "Do not call 911" not in words(answer)
    assert not Report.objects.exists()


def test_outsiders_get_404(url: str, stranger: Any, nurse: Any) -> None:
    for person in (stranger, nurse):
        client = Client()
        client.force_login(person)
        assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]
    assert not Report.objects.exists()
