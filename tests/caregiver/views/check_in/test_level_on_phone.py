"""The check-in on a page: a phone with scripts sends along what it makes of the answers."""

import html
import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from clinic.models import Escalation, Report
from clinic.services.escalations import scoring
from tests.caregiver import journeys


def known_to_the_page(device: Client, url: str) -> Any:
    """The answers that the page gives its script."""
    found = re.search(
        r'name="level_on_phone"\s+value=""\s+data-answers="([^"]*)"', device.get(url).content.decode()
    )
    return json.loads(html.unescape(found.group(1))) if found else None


def test_level_of_the_last_look_is_kept_and_escalates(
    device: Client, check_in_url: str, now: datetime
) -> None:
    report_id = journeys.all_pages(device, check_in_url)

    device.post(f"{check_in_url}review/", {"report_id": report_id, "level_on_phone": "urgent"})

    report = Report.objects.get()
    assert scoring.score(report_id=report.pk, now=now).level == "none"
    assert report.level_on_phone == "urgent"
    assert Escalation.objects.get().level == "urgent"
    assert "level-urgent" in device.get(f"/reports/{report_id}/").content.decode()


def test_level_of_the_page_that_sends_is_kept(device: Client, check_in_url: str) -> None:
    report_id = journeys.hidden_report_id(device, check_in_url)
    posted = {
        "report_id": report_id,
        "red_flags": ["seizure"],
        "action": "alarm",
        "level_on_phone": "emergency",
    }

    device.post(check_in_url, posted)

    assert Report.objects.get().level_on_phone == "emergency"


@pytest.mark.parametrize("sent", ["severe", "", "x" * 5000, "\x00"], ids=len)
def test_report_goes_out_whatever_stands_in_the_field(device: Client, check_in_url: str, sent: str) -> None:
    report_id = journeys.all_pages(device, check_in_url)

    answer = device.post(f"{check_in_url}review/", {"report_id": report_id, "level_on_phone": sent})

    assert answer.url == f"/reports/{report_id}/"
    assert Report.objects.get().level_on_phone == ""


@pytest.mark.parametrize("action", ["skip", "unit:C"])
def test_button_that_changes_the_page_sends_no_level_of_the_page_before(
    device: Client, check_in_url: str, action: str
) -> None:
    report_id = journeys.start(device, check_in_url)
    posted = {"temp_value": "39", "temp_unit": "F", "action": action, "level_on_phone": "emergency"}
    journeys.post_page(device, check_in_url, "temperature", report_id, **posted)

    device.post(f"{check_in_url}review/", {"report_id": report_id})

    assert Report.objects.get().level_on_phone == ""


def test_page_tells_its_script_what_the_server_has(device: Client, check_in_url: str) -> None:
    assert known_to_the_page(device, check_in_url) == {}
    report_id = journeys.start(device, check_in_url)
    journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="98.2", temp_unit="F", action="none"
    )

    known = known_to_the_page(device, f"{check_in_url}review/")

    assert (known["red_flags"], known["temp_value"]) == ([], "98.2")
    assert known_to_the_page(device, f"{check_in_url}numbers/") == known
