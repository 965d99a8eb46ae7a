"""The check-in in a browser without scripts."""

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test import Client

from caregiver.models import CheckinDraft
from clinic.models import AuditEvent, Report
from clinic.queries.protocols.versions import rules_of
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.services.reports import intake
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


def test_urgent_reading_puts_the_call_on_the_next_page(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="38,6", temp_unit="C"
    )

    page = device.get(answer.url).content.decode()
    assert "Call the 24-hour line now" in page.replace('<span class="nowrap">', "").replace("</span>", "")
    assert 'href="tel:+12015550101"' in page
    assert "Send what I have now" in page


@pytest.mark.parametrize(
    ("typed", "unit", "told"),
    [
        ("abc", "F", "We cannot read “abc” as a temperature."),
        ("60", "C", "We cannot read “60” as a temperature."),
    ],
    ids=["letters", "impossible"],
)
def test_refused_reading_keeps_all_that_was_typed(
    device: Client, check_in_url: str, typed: str, unit: str, told: str
) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value=typed, temp_unit=unit, chills="1"
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert 'href="#id_temp_value"' in page
    assert told in page
    assert f'value="{typed}"' in page
    assert 'name="chills" value="1" id="id_chills_1" checked' in page


def test_refused_reading_can_be_left_out(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="abc", action="skip"
    )

    assert answer.url == f"{check_in_url}numbers/"
    assert "temp_value" not in CheckinDraft.objects.get().answers


def test_reading_in_the_wrong_unit_asks_and_is_mended_with_one_tap(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    asked = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value="98.6", temp_unit="C"
    )
    assert "looks like Fahrenheit" in device.get(asked.url).content.decode()

    answer = journeys.post_page(
        device,
        check_in_url,
        "temperature",
        report_id,
        temp_value="98.6",
        temp_unit="C",
        action="unit:F",
    )

    assert answer.url == f"{check_in_url}numbers/"
    assert CheckinDraft.objects.get().answers["temp_unit"] == "F"


def test_unlikely_reading_is_confirmed_once(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    reading = {"temp_value": "34.2", "temp_unit": "C"}
    asked = journeys.post_page(device, check_in_url, "temperature", report_id, **reading)
    assert asked.url == f"{check_in_url}temperature/"
    page = device.get(asked.url).content.decode()
    assert page.index("Call first.") < page.index("Is that right?")

    confirmed = journeys.post_page(
        device, check_in_url, "temperature", report_id, **reading, action="confirm"
    )
    again = journeys.post_page(device, check_in_url, "temperature", report_id, **reading)

    assert confirmed.url == again.url == f"{check_in_url}numbers/"


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


def test_change_from_the_review_returns_to_it(device: Client, check_in_url: str) -> None:
    report_id = journeys.all_pages(device, check_in_url)

    answer = device.post(
        f"{check_in_url}numbers/?change", {"report_id": report_id, "pulse": "80", "action": "go"}
    )

    assert answer.url == f"{check_in_url}review/"
    assert "80\u00a0/min" in device.get(answer.url).content.decode()


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


def test_review_comes_only_after_the_danger_signs(device: Client, check_in_url: str) -> None:
    report_id = str(uuid4())
    journeys.post_page(device, check_in_url, "body", report_id, worry="1")

    answer = device.get(f"{check_in_url}review/")

    assert answer.url == check_in_url
    assert CheckinDraft.objects.get().answers == {"worry": 1}


def test_review_of_another_tab_sends_nothing_unseen(device: Client, check_in_url: str) -> None:
    journeys.all_pages(device, check_in_url)

    answer = device.post(f"{check_in_url}review/", {"report_id": str(uuid4())}, follow=True)

    assert answer.redirect_chain == [(f"{check_in_url}review/", 302)]
    assert "Nothing was sent." in answer.content.decode()
    assert not Report.objects.exists()


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


def test_alarm_posted_to_a_later_page_is_asked_again(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(device, check_in_url, "temperature", report_id, action="alarm")

    assert answer.status_code == 422
    assert "Mark what you see." in answer.content.decode()


def test_sign_beside_an_odd_one_still_shows_the_emergency(device: Client, check_in_url: str) -> None:
    ticked = {"report_id": str(uuid4()), "red_flags": ["seizure", "x\x00"], "action": "alarm"}

    answer = device.post(check_in_url, ticked, follow=True)

    assert "Call 911 now" in answer.content.decode()


def test_number_that_is_no_number_never_stops_an_emergency(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)

    journeys.post_page(device, check_in_url, "breathing", report_id, breathing="3", diarrhea_days="x")

    assert Report.objects.get().answers == {"red_flags": [], "breathing": 3}


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


def test_later_page_without_a_check_in_leads_to_the_first(device: Client, check_in_url: str) -> None:
    assert device.get(f"{check_in_url}thinking/").url == check_in_url
    assert device.get(f"{check_in_url}review/").url == check_in_url


def test_unknown_page_is_not_found(device: Client, check_in_url: str) -> None:
    assert device.get(f"{check_in_url}nonsense/").status_code == 404


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


@pytest.mark.parametrize(("typed", "unit", "celsius"), [("101.3 F", "C", 38.5), ("38.5°C", "F", 38.5)])
def test_temperature_typed_with_its_unit_is_read_as_meant(
    device: Client, check_in_url: str, typed: str, unit: str, celsius: float
) -> None:
    report_id = journeys.start(device, check_in_url)

    answer = journeys.post_page(
        device, check_in_url, "temperature", report_id, temp_value=typed, temp_unit=unit
    )

    assert answer.status_code == 302
    draft = CheckinDraft.objects.get()
    found = check_answers(rules_of(draft.protocol_version), draft.answers).temperature
    assert (found.celsius, found.validation) == (celsius, "ok")
    review = device.get(f"{check_in_url}review/").content.decode()
    assert typed in review
    assert f"{typed} °" not in review


def test_fahrenheit_typed_as_celsius_is_asked_about(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    reading = {"temp_value": "98.6", "temp_unit": "C"}

    journeys.post_page(device, check_in_url, "temperature", report_id, **reading)

    page = device.get(f"{check_in_url}temperature/").content.decode()
    assert "98.6 looks like Fahrenheit. Is it?" in page
    journeys.post_page(device, check_in_url, "temperature", report_id, **{**reading, "action": "unit:F"})
    assert CheckinDraft.objects.get().answers["temp_unit"] == "F"
