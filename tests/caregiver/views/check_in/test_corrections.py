"""Changing a sent report from its result page."""

import re

import pytest
from django.test import Client

from clinic.models import Report
from clinic.services.escalations import scoring
from tests import cases, factories
from tests.caregiver import journeys
from tests.caregiver.views.phone.test_sync import hand_in, told


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def slip(patient, caregiver, now):
    report = factories.ReportFactory(patient=patient, author=caregiver, answers=cases.FEVER)
    scoring.score(report_id=report.pk, now=now)
    return report


def test_report_is_changed_on_its_own_pages_and_both_versions_say_so(device, slip, check_in_url):
    page = device.post(f"/reports/{slip.pk}/correct/", follow=True)
    assert page.redirect_chain[-1][0] == f"{check_in_url}review/"
    assert "You are changing your report of today at 9:00 PM" in words(page)
    report_id = journeys.hidden_report_id(device, f"{check_in_url}review/")

    reading = {"temp_value": "36.8", "temp_unit": "C", "action": "none"}
    journeys.post_page(device, f"{check_in_url}", "temperature", report_id, **reading)
    sent = device.post(f"{check_in_url}review/", {"report_id": report_id})

    version = Report.objects.get(corrects=slip)
    assert sent.url == f"/reports/{version.pk}/"
    assert "This takes the place of the report of today at 9:00 PM" in words(device.get(sent.url))
    assert "This report was changed today at 9:00 PM" in words(device.get(f"/reports/{slip.pk}/"))
    history = words(device.get("/history/"))
    assert ("changed later" in history, "changed version" in history) == (True, True)


def test_too_old_report_is_not_changed_and_says_so(device, slip, clock):
    clock.shift(25 * 3600)

    page = device.post(f"/reports/{slip.pk}/correct/", follow=True)

    assert "This report can no longer be changed. Send a new one." in words(page)
    assert "Change it" not in words(page)


def test_begun_check_in_is_finished_first(device, slip, check_in_url):
    journeys.start(device, check_in_url)

    page = device.post(f"/reports/{slip.pk}/correct/", follow=True)

    assert "You have a check-in that is not sent." in words(page)


def test_correction_that_lost_its_signal_on_the_way_is_still_a_correction(device, slip, check_in_url):
    """The phone sends what it kept under the draft's id, and the draft knows what it corrects."""
    device.post(f"/reports/{slip.pk}/correct/")
    report_id = journeys.hidden_report_id(device, f"{check_in_url}review/")
    token = device.post("/sync/phone/enrol/").json()["token"]

    answer = hand_in(token, told(slip.patient), report_id)

    assert answer.status_code == 201
    assert str(Report.objects.get(corrects=slip).pk) == report_id


def test_other_people_see_no_button(slip, patient, clock, nurse):
    other = factories.CareTeamMemberFactory(patient=patient).user
    browser = Client()
    browser.force_login(other)

    assert "/correct/" not in browser.get(f"/reports/{slip.pk}/").content.decode()
    assert browser.post(f"/reports/{slip.pk}/correct/").status_code == 404
