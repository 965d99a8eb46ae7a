"""The shortest way through: a check-in in which everything is as usual."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from clinic.models import Report
from tests.caregiver import journeys

QUICK = 'value="none_send"'


def up_to_the_last_page(device: Client, url: str, **temperature: Any) -> str:
    report_id = journeys.start(device, url)
    reading = {"temp_value": "98.2", "temp_unit": "F", "action": "none", **temperature}
    journeys.post_page(device, url, "temperature", report_id, **reading)
    journeys.post_page(device, url, "numbers", report_id)
    for key in ("thinking", "breathing"):
        journeys.post_page(device, url, key, report_id, action="none")
    return report_id


def test_nothing_new_goes_out_from_the_last_page(device: Client, check_in_url: str) -> None:
    report_id = up_to_the_last_page(device, check_in_url)
    assert QUICK in device.get(f"{check_in_url}body/").content.decode()

    answers = [
        journeys.post_page(device, check_in_url, "body", report_id, action="none_send") for _tap in range(2)
    ]

    assert [answer["Location"] for answer in answers] == [f"/reports/{report_id}/"] * 2
    assert Report.objects.get().answers["pain"] == 0


@pytest.mark.parametrize(
    "temperature",
    [{"temp_value": "99.9"}, {"temp_value": "", "action": "go"}],
    ids=["warm", "nothing answered"],
)
def test_check_in_with_something_to_look_at_ends_with_the_review(
    device: Client, check_in_url: str, temperature: dict[str, str]
) -> None:
    up_to_the_last_page(device, check_in_url, **temperature)

    assert QUICK not in device.get(f"{check_in_url}body/").content.decode()


def test_check_in_that_took_an_hour_asks_when_it_was_seen(
    device: Client, check_in_url: str, clock: Any
) -> None:
    report_id = up_to_the_last_page(device, check_in_url)
    clock.shift(timedelta(minutes=61))

    answer = journeys.post_page(device, check_in_url, "body", report_id, action="none_send")

    assert answer["Location"] == f"{check_in_url}review/"
    assert not Report.objects.exists()


def test_tick_beside_the_quick_button_still_counts(device: Client, check_in_url: str) -> None:
    report_id = up_to_the_last_page(device, check_in_url)

    answer = journeys.post_page(device, check_in_url, "body", report_id, action="none_send", bleeding="2")

    assert re.fullmatch(r"/reports/[0-9a-f-]+/", answer["Location"])
    assert (Report.objects.get().answers["bleeding"], Report.objects.get().answers["pain"]) == (2, 0)


def test_check_in_beyond_all_need_is_not_taken_and_says_whom_to_call(
    device: Client, check_in_url: str, patient: Any, settings: Any
) -> None:
    settings.REPORTS_PER_HOUR = 0
    report_id = up_to_the_last_page(device, check_in_url)

    answer = journeys.post_page(device, check_in_url, "body", report_id, action="none_send")

    page = answer.content.decode()
    assert answer.status_code == 429
    assert 'href="tel:911"' in page
    assert f'href="tel:{patient.clinic.line_phone}"' in page
    assert "did not get this report" in page
    assert page.count('id="calls"') == 1
    assert not Report.objects.exists()
