"""When it was seen: drafts that wait, and the clocks of phones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from caregiver.models import CheckinDraft
from clinic.models import Report
from clinic.services.reports import intake
from tests.caregiver import journeys
from tests.caregiver.conftest import BACKEND


def test_nonsense_ids_and_clocks_are_taken_as_not_sent(device: Client, check_in_url: str, now: Any) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    for fields in ({"report_id": "x", "device_now": "x"}, {"device_now": "2026-99-99T00:00:00Z"}):
        device.post(f"{check_in_url}review/", fields)
    assert not Report.objects.exists()

    device.post(f"{check_in_url}review/", {"report_id": report_id, "device_now": "2026-99-99T00:00:00Z"})

    assert Report.objects.get().sent_at == now


@pytest.mark.parametrize("device_now", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_phone_clock_at_the_end_of_time_counts_as_not_sent(
    device: Client, check_in_url: str, now: Any, device_now: str
) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    fields = {"report_id": report_id, "device_now": device_now, "seen_when": "now"}

    answer = device.post(f"{check_in_url}review/", fields)

    assert answer.url == f"/reports/{report_id}/"
    assert Report.objects.get().sent_at == now


def test_draft_is_kept_twelve_hours_and_says_how_old(device: Client, check_in_url: str, clock: Any) -> None:
    report_id = journeys.start(device, check_in_url)
    clock.shift(timedelta(hours=11))

    page = device.get(check_in_url).content.decode()

    assert "You began this check-in 11 hours ago" in page
    assert report_id in page


def test_draft_older_than_twelve_hours_is_dropped_with_notice(
    device: Client, check_in_url: str, clock: Any
) -> None:
    report_id = journeys.start(device, check_in_url)
    journeys.post_page(device, check_in_url, "temperature", report_id, temp_value="99", temp_unit="F")
    clock.shift(timedelta(hours=12, seconds=1))

    page = device.get(check_in_url).content.decode()
    journeys.start(device, check_in_url)

    assert "was dropped" in page
    assert report_id not in page
    assert CheckinDraft.objects.get().answers == {"red_flags": []}


def test_start_over_forgets_the_answers(device: Client, check_in_url: str) -> None:
    journeys.start(device, check_in_url)

    answer = device.post(f"{check_in_url}start-over/")

    assert answer.url == check_in_url
    assert not CheckinDraft.objects.exists()


def test_review_of_an_old_draft_asks_when_it_was_seen(device: Client, check_in_url: str, clock: Any) -> None:
    started = journeys.all_pages(device, check_in_url)
    begun_at = CheckinDraft.objects.get().started_at
    clock.shift(timedelta(minutes=61))

    unsaid = device.post(f"{check_in_url}review/", {"report_id": started})
    said = device.post(f"{check_in_url}review/", {"report_id": started, "seen_when": "start"})

    assert unsaid.status_code == 422
    assert "Tell us when you saw this." in unsaid.content.decode()
    assert said.url == f"/reports/{started}/"
    assert Report.objects.get().observed_at == begun_at


def test_phone_clock_seven_minutes_fast_is_noted_and_taken(
    device: Client, check_in_url: str, now: Any
) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    device_now = (now + timedelta(minutes=7)).isoformat()

    device.post(f"{check_in_url}review/", {"report_id": report_id, "device_now": device_now})

    assert Report.objects.get().clock_skew_seconds == 420


def test_phone_clock_far_off_asks_when_it_was_seen(device: Client, check_in_url: str, now: Any) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    device_now = (now - timedelta(hours=5)).isoformat()
    fields = {"report_id": report_id, "device_now": device_now}

    unsaid = device.post(f"{check_in_url}review/", fields)
    said = device.post(f"{check_in_url}review/", {**fields, "seen_when": "now"})

    assert unsaid.status_code == 422
    assert said.status_code == 302
    assert Report.objects.get().observed_at == now


def test_check_in_that_runs_past_midnight_weighs_as_on_the_day_before(
    device: Client, check_in_url: str, caregiver: Any, clock: Any
) -> None:
    """Begun at 23:50 on day 30 where the patient is, sent at 00:05 on day 31, with nothing to ask."""
    begun_at = datetime(2026, 12, 18, 4, 50, tzinfo=UTC)
    clock.move_to(begun_at)
    device.force_login(caregiver, backend=BACKEND)
    report_id = journeys.all_pages(device, check_in_url)
    journeys.post_page(device, check_in_url, "thinking", report_id, confusion="1")
    clock.shift(timedelta(minutes=15))

    review = device.get(f"{check_in_url}review/").content.decode()
    answer = device.post(f"{check_in_url}review/", {"report_id": report_id})

    report = Report.objects.get()
    assert (answer.status_code, report.observed_at) == (302, begun_at)
    assert intake.advise_on_report(report=report, now=begun_at + timedelta(minutes=15)).level == "urgent"
    assert "level-urgent" in review
