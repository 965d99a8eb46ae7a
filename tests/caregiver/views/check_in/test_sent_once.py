"""What is sent is one report, however often it is sent, and a change of it another."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client

from caregiver.models import CheckinDraft
from clinic.models import Report
from tests import factories
from tests.caregiver import journeys


def test_review_posted_twenty_times_leaves_one_report(device: Client, check_in_url: str) -> None:
    report_id = journeys.all_pages(device, check_in_url)

    answers = [device.post(f"{check_in_url}review/", {"report_id": report_id}) for _ in range(20)]

    assert {answer.url for answer in answers} == {f"/reports/{report_id}/"}
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["", "review/"], ids=["danger sign", "review"])
def test_twenty_taps_at_once_leave_one_report(device: Client, check_in_url: str, page: str) -> None:
    report_id = journeys.all_pages(device, check_in_url) if page else str(uuid4())
    fields = {"report_id": report_id} | ({} if page else {"red_flags": ["seizure"], "action": "alarm"})
    cookie = device.cookies["sessionid"].value
    found: list[str] = []

    def tap() -> None:
        client = Client()
        client.cookies["sessionid"] = cookie
        found.append(client.post(f"{check_in_url}{page}", fields).url)
        connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(found) == {f"/reports/{report_id}/"}
    assert len(found) == 20
    assert Report.objects.count() == 1


def test_page_posted_again_after_sending_leads_to_the_report(device: Client, check_in_url: str) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    device.post(f"{check_in_url}review/", {"report_id": report_id})

    answer = device.post(check_in_url, {"report_id": report_id, "action": "none"})

    assert answer.url == f"/reports/{report_id}/"
    assert not CheckinDraft.objects.exists()


def test_change_after_sending_becomes_a_new_report_with_all_answers(
    device: Client, check_in_url: str
) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    device.post(f"{check_in_url}review/", {"report_id": report_id})
    device.post(check_in_url, {"report_id": report_id, "action": "none"})

    for _double_tap in range(2):
        # The page that the back button shows was rendered before sending.
        answer = device.post(
            f"{check_in_url}",
            {"report_id": report_id, "red_flags": ["seizure"], "action": "alarm"},
        )

    assert answer.url != f"/reports/{report_id}/"
    assert Report.objects.count() == 2
    newest = Report.objects.exclude(pk=report_id).get()
    assert newest.answers["red_flags"] == ["seizure"]
    assert newest.answers["chills"] == 0


def test_later_page_changed_after_sending_keeps_all_and_sends_nothing_by_itself(
    device: Client, check_in_url: str
) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    device.post(f"{check_in_url}review/", {"report_id": report_id})

    answer = journeys.post_page(device, check_in_url, "breathing", report_id, cough="1", action="none")

    assert answer.url == f"{check_in_url}body/"
    assert "Your last report has gone out." in device.get(answer.url).content.decode()
    draft = CheckinDraft.objects.get()
    assert (draft.answers["cough"], draft.answers["chills"]) == (1, 0)
    assert str(draft.report_id) != report_id
    assert Report.objects.count() == 1


def test_emergency_typed_on_a_page_whose_check_in_is_gone_is_sent_all_the_same(
    device: Client, check_in_url: str
) -> None:
    report_id = journeys.start(device, check_in_url)
    device.post(f"{check_in_url}start-over/")

    answer = journeys.post_page(device, check_in_url, "thinking", report_id, alertness="3")

    assert answer.url == f"/reports/{report_id}/"
    assert Report.objects.get().answers == {"alertness": 3}


def test_review_of_another_tab_sends_nothing_unseen(device: Client, check_in_url: str) -> None:
    journeys.all_pages(device, check_in_url)

    answer = device.post(f"{check_in_url}review/", {"report_id": str(uuid4())}, follow=True)

    assert answer.redirect_chain == [(f"{check_in_url}review/", 302)]
    assert "Nothing was sent." in answer.content.decode()
    assert not Report.objects.exists()


def test_page_opened_before_another_tab_began_carries_its_own_id(device: Client, check_in_url: str) -> None:
    first, second = (journeys.hidden_report_id(device, check_in_url) for _ in range(2))
    device.post(check_in_url, {"report_id": first, "action": "none"})

    device.post(check_in_url, {"report_id": second, "red_flags": ["seizure"], "action": "alarm"})

    assert [str(pk) for pk in Report.objects.values_list("pk", flat=True)] == [second]
    assert not CheckinDraft.objects.exists()


def test_id_of_somebody_elses_report_is_not_used(device: Client, check_in_url: str, stranger: Any) -> None:
    theirs = factories.ReportFactory(patient=stranger.care_links.get().patient)

    answer = device.post(
        check_in_url, {"report_id": str(theirs.pk), "red_flags": ["seizure"], "action": "alarm"}
    )

    assert Report.objects.count() == 2
    assert answer.url != f"/reports/{theirs.pk}/"
