"""The check-in in a browser without scripts."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from caregiver.models import CheckinDraft
from clinic.models import AuditEvent, Report
from tests import factories
from tests.caregiver import journeys
from tests.caregiver.conftest import BACKEND


def test_nothing_new_takes_six_taps_and_a_reading_and_ends_in_one_report(
    device: Client, check_in_url: str, patient: Any, caregiver: Any
) -> None:
    report_id = journeys.all_pages(device, check_in_url)

    answer = device.post(f"{check_in_url}review/", {"report_id": report_id})

    assert answer.url == f"/reports/{report_id}/"
    report = Report.objects.get()
    assert (report.pk, report.patient, report.author) == (UUID(report_id), patient, caregiver)
    assert report.answers["red_flags"] == []
    assert report.answers["temp_value"] == "98.2"
    assert report.answers["chills"] == 0
    assert report.answers["steroid_48h"] is False
    assert "pulse" not in report.answers
    assert not CheckinDraft.objects.exists()


def test_danger_sign_is_sent_at_once_and_shows_the_emergency_page(device: Client, check_in_url: str) -> None:
    report_id = journeys.hidden_report_id(device, check_in_url)

    answer = device.post(
        check_in_url, {"report_id": report_id, "red_flags": ["seizure"], "action": "alarm"}, follow=True
    )

    assert answer.redirect_chain == [(f"/reports/{report_id}/", 302)]
    assert Report.objects.get().answers == {"red_flags": ["seizure"]}
    page = answer.content.decode()
    assert "Call 911 now" in page
    assert page.index('href="tel:911"') < page.index("What to do now")


def test_danger_sign_counts_though_none_was_tapped(device: Client, check_in_url: str) -> None:
    answer = device.post(
        check_in_url, {"report_id": str(uuid4()), "red_flags": ["seizure"], "action": "none"}
    )

    assert answer.url.startswith("/reports/")


def test_alarm_without_a_sign_is_asked_again(device: Client, check_in_url: str) -> None:
    answer = device.post(check_in_url, {"report_id": str(uuid4()), "action": "alarm"})

    assert answer.status_code == 422
    assert "Mark what you see.</a>" in answer.content.decode()
    assert '<a href="#calls">If you are not sure, call now.</a>' in answer.content.decode()
    assert not Report.objects.exists()


def test_emergency_on_a_later_page_is_sent_before_anything_else_is_asked(
    device: Client, check_in_url: str
) -> None:
    report_id = journeys.start(device, check_in_url)
    journeys.post_page(device, check_in_url, "temperature", report_id, temp_value="38,6", temp_unit="C")

    answer = journeys.post_page(device, check_in_url, "thinking", report_id, confusion="2")

    assert answer.url == f"/reports/{report_id}/"
    assert Report.objects.get().answers["confusion"] == 2


def test_no_answer_is_chosen_ahead(device: Client, check_in_url: str) -> None:
    journeys.start(device, check_in_url)

    page = device.get(f"{check_in_url}thinking/").content.decode()

    assert " checked" not in page


def test_none_of_these_never_takes_back_a_sign(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    journeys.post_page(device, check_in_url, "breathing", report_id, cough="2", heart="unsure", action="none")

    answers = CheckinDraft.objects.get().answers
    assert (answers["cough"], answers["vomiting"]) == (2, 0)
    assert "heart" not in answers


def test_question_that_an_answer_calls_for_comes_next(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(device, check_in_url, "breathing", report_id, diarrhea="1", action="none")
    page = device.get(answer.url).content.decode()
    onward = device.post(answer.url, {"report_id": report_id, "diarrhea_days": "3", "action": "go"})

    assert answer.url == f"{check_in_url}breathing/?follow"
    assert "Loose stools for how many days?" in page
    assert "Any cough or cold?" not in page
    assert onward.url == f"{check_in_url}body/"
    assert CheckinDraft.objects.get().answers["diarrhea_days"] == "3"


def test_page_of_nothing_but_boxes_says_that_one_may_stay_empty(device: Client, check_in_url: str) -> None:
    journeys.all_pages(device, check_in_url)
    said = [
        device.get(f"{check_in_url}{page}/?change").content.decode().count("Leave that box empty.")
        for page in ("numbers", "thinking")
    ]

    assert said == [1, 0]


def test_change_from_the_review_returns_to_it(device: Client, check_in_url: str) -> None:
    report_id = journeys.all_pages(device, check_in_url)

    answer = device.post(
        f"{check_in_url}numbers/?change", {"report_id": report_id, "pulse": "80", "action": "go"}
    )

    assert answer.url == f"{check_in_url}review/"
    assert "80\u00a0/min" in device.get(answer.url).content.decode()


def test_review_comes_only_after_the_danger_signs(device: Client, check_in_url: str) -> None:
    report_id = str(uuid4())
    journeys.post_page(device, check_in_url, "body", report_id, worry="1")

    answer = device.get(f"{check_in_url}review/")

    assert answer.url == check_in_url
    assert CheckinDraft.objects.get().answers == {"worry": 1}


def test_alarm_posted_to_a_later_page_is_asked_again(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(device, check_in_url, "temperature", report_id, action="alarm")

    assert answer.status_code == 422
    assert "Mark what you see." in answer.content.decode()


def test_sign_beside_an_odd_one_still_shows_the_emergency(device: Client, check_in_url: str) -> None:
    ticked = {"report_id": str(uuid4()), "red_flags": ["seizure", "x\x00"], "action": "alarm"}

    answer = device.post(check_in_url, ticked, follow=True)

    assert "Call 911 now" in answer.content.decode()


def test_later_page_without_a_check_in_leads_to_the_first(device: Client, check_in_url: str) -> None:
    assert device.get(f"{check_in_url}thinking/").url == check_in_url
    assert device.get(f"{check_in_url}review/").url == check_in_url


def test_unknown_page_is_not_found(device: Client, check_in_url: str) -> None:
    assert device.get(f"{check_in_url}nonsense/").status_code == 404


def test_second_caregiver_sees_the_first_ones_report_before_starting(
    device: Client, check_in_url: str, patient: Any, now: Any
) -> None:
    ana = factories.CareTeamMemberFactory(patient=patient, user__name="Ana").user
    answers = {"temp_value": "38.1", "temp_unit": "C"}
    received = now - timedelta(minutes=12)
    factories.ReportFactory(patient=patient, author=ana, answers=answers, received_at=received)

    page = device.get(check_in_url).content.decode()

    assert page.index("Do you see any of these right now?") < page.index("Checks in the last 12 hours")
    assert "Temperature 100.6\u00a0°F by Ana, 12 minutes ago" in re.sub(r"[ \n]+", " ", page)


@pytest.mark.parametrize("path", ["", "temperature/", "review/"], ids=["start", "page", "review"])
def test_somebody_elses_patient_is_not_found_and_audited(
    stranger: Any, patient: Any, path: str, clock: Any
) -> None:
    client = Client()
    client.force_login(stranger, backend=BACKEND)
    fields = {"report_id": str(uuid4()), "red_flags": ["seizure"]}

    seen = client.get(f"/check-in/{patient.pk}/{path}")
    sent = client.post(f"/check-in/{patient.pk}/{path}", fields)

    assert (seen.status_code, sent.status_code) == (404, 404)
    denied = AuditEvent.objects.filter(action="access.denied", actor_id=stranger.pk)
    assert denied.count() == 2
    assert not Report.objects.exists()


def test_no_page_is_cached(device: Client, check_in_url: str) -> None:
    assert "no-store" in device.get(check_in_url)["Cache-Control"]
