"""Home in each of its five states: what stands first, and what is never said beside it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from clinic.models import Checkin, Escalation, EscalationEvent, Patient, Report
from clinic.models.escalation import Cause
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.rules.core.enums import Level
from clinic.services.checkins import plan
from clinic.services.escalations import lifecycle, scoring, worries
from tests import factories
from tests.caregiver import journeys

NOBODY = "No one is reading reports"
EMERGENCY = {"red_flags": ["cannot_wake"]}
URGENT = {"temp_value": "101.1", "temp_unit": "F", "chills": 2, "red_flags": []}
SAME_DAY = {"temp_value": "36.8", "temp_unit": "C", "chills": 1}
NONE = {"temp_value": "36.8", "temp_unit": "C"}

Send = Callable[..., Any]


@pytest.fixture
def send(patient: Any, now: datetime) -> Send:
    """A report by another caregiver of the patient, scored; `of` for another patient."""
    ana = factories.CareTeamMemberFactory(patient=patient, user__name="Ana").user

    def _send(answers: dict[str, Any], *, of: Any = patient, at: datetime = now) -> Any:
        report = factories.ReportFactory(
            patient=of, author=ana, answers=answers, received_at=at, observed_at=at
        )
        scoring.score(report_id=report.pk, now=at)
        return report

    return _send


def home(device: Client, path: str = "/") -> str:
    main = device.get(path).content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def first(device: Client) -> str:
    """The heading of the first screen."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", device.get("/").content.decode(), re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", "", found.group(1)).split())


def test_emergency_of_another_caregiver_comes_first_with_who_has_it(
    device: Client, send: Send, nurse: Any, now: datetime, clock: Any
) -> None:
    """K29: nine minutes after the other one sent "will not wake up"."""
    report = send(EMERGENCY)
    clock.shift(timedelta(minutes=9))
    waits = home(device)
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=nurse, now=now + timedelta(minutes=9))
    taken = home(device)

    assert first(device) == "Call 911 now"
    assert "Emergency, since today at 9:00 PM" in waits
    assert "Call 911 In an emergency" not in waits
    assert "A person will call you then." not in waits
    assert "We are paging staff on call. No one has it yet. Do not wait for them." in waits
    assert "Nora, nurse, took this today at 9:09 PM. Keep your phone with you." in taken
    assert f'href="/reports/{report.pk}/"' in device.get("/").content.decode()
    assert [NOBODY in page for page in (waits, taken)] == [False, False]
    assert "And how are you?" not in waits and "Help for you" in waits


def test_beside_a_page_to_staff_no_call_is_put_off_until_the_morning(device: Client, send: Send) -> None:
    report = send(URGENT)
    pages = [home(device), home(device, f"/reports/{report.pk}/")]

    assert ["Tap to tell the clinic." in page for page in pages] == [True, True]
    assert ["A person will call you then." in page for page in pages] == [False, False]
    assert "paging staff on call" in pages[0]


def test_alert_stands_since_its_report_came_and_not_since_it_was_scored(
    device: Client, patient: Any, caregiver: Any, now: datetime
) -> None:
    report = factories.ReportFactory(
        patient=patient, author=caregiver, answers=EMERGENCY, received_at=now, observed_at=now
    )
    scoring.score(report_id=report.pk, now=now + timedelta(minutes=1))

    assert "Emergency, since today at 9:00 PM" in home(device)


def test_what_can_only_be_tapped_is_not_on_paper(device: Client, send: Send) -> None:
    send(EMERGENCY)
    page = device.get("/").content.decode()

    link = re.search(r'<a class="([^"]*)"[^>]*>(?:(?!</a>).)*See what to do', page, re.S)
    assert link and link.group(1).split() == ["call", "not-on-paper"]


def test_once_the_clinic_has_called_its_words_count_until_it_is_closed(
    device: Client, send: Send, nurse: Any, now: datetime, clock: Any
) -> None:
    send(EMERGENCY)
    escalation = Escalation.objects.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    EscalationEvent.objects.create(escalation=escalation, kind=Kind.CALLED, by=nurse, at=now)
    called = first(device)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=now)

    assert called == "Do what the clinic told you"
    assert first(device).startswith("Next check-in: ")


def test_worry_and_a_report_that_nobody_has_scored_stand_first_too(
    device: Client, patient: Any, caregiver: Any, now: datetime
) -> None:
    report = factories.ReportFactory(patient=patient, author=caregiver, answers=EMERGENCY, received_at=now)
    unscored = first(device)
    report.delete()
    worries.record(
        worry_id=report.pk,
        patient_id=patient.pk,
        by=caregiver,
        told_at=now,
        now=now,
        is_strong=True,
        words="",
    )

    assert unscored == "Call 911 now"
    assert first(device) == "Call the 24-hour line now"


def test_check_in_that_was_not_sent_says_call_as_well(device: Client, check_in_url: str) -> None:
    journeys.start(device, check_in_url)
    device.post(f"{check_in_url}temperature/", {"action": "go", "temp_value": "39.0", "temp_unit": "C"})

    page = home(device)

    assert first(device) == "Call the 24-hour line now"
    assert "You have not sent this yet. The clinic does not know." in page
    assert "Go on with the check-in" in page


def test_silence_asks_for_a_check_in_before_a_call(
    device: Client, patient: Any, nurse: Any, now: datetime
) -> None:
    with transaction.atomic():
        lifecycle.open_for_cause(patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now)
    calls = r'class="call" href="([^"]+)"'
    silent = re.findall(calls, device.get("/").content.decode())
    EscalationEvent.objects.create(
        escalation=Escalation.objects.get(), kind=Kind.CALLED_IN_VAIN, by=nurse, at=now
    )
    called = re.findall(calls, device.get("/").content.decode())

    assert "A planned check-in has not come." in home(device)
    assert (silent[0], silent[1][:4]) == (f"/check-in/{patient.pk}/", "tel:")
    assert (called[0][:4], called[2]) == ("tel:", f"/check-in/{patient.pk}/")


def test_call_in_vain_asks_for_a_call_back(device: Client, send: Send, nurse: Any, now: datetime) -> None:
    send(SAME_DAY)
    escalation = Escalation.objects.get()
    EscalationEvent.objects.create(escalation=escalation, kind=Kind.CALLED_IN_VAIN, by=nurse, at=now)

    page = home(device)

    assert first(device) == "Call back: 24-hour line"
    assert "The clinic called today at 9:00 PM. No one picked up." in page
    assert "Send a new report" in page


def test_call_in_vain_while_the_clinic_is_open_names_the_clinic(
    device: Client, send: Send, nurse: Any, now: datetime, clock: Any
) -> None:
    send(SAME_DAY)
    monday = now + timedelta(hours=38)
    EscalationEvent.objects.create(
        escalation=Escalation.objects.get(), kind=Kind.CALLED_IN_VAIN, by=nurse, at=monday
    )
    clock.move_to(monday)

    assert first(device) == "Call the clinic back"


def test_second_reading_is_asked_for_before_what_is_due(
    device: Client, send: Send, patient: Any, now: datetime
) -> None:
    Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=1))
    due = first(device)
    plan.open_recheck(report=send(NONE), patient=patient, after=timedelta(hours=1))

    assert due == "Check-in due now"
    assert first(device) == "Measure the temperature again"


def test_nothing_due_says_when_next_what_was_last_and_thanks(
    device: Client, send: Send, patient: Any, now: datetime
) -> None:
    send({"temp_value": "36.5", "temp_unit": "C"}, at=now - timedelta(hours=12))
    send({"temp_value": "98.4", "temp_unit": "F"}, at=now - timedelta(minutes=1))
    Checkin.objects.create(patient=patient, due_at=now + timedelta(hours=11))

    page = home(device)

    assert first(device) == "Next check-in: tomorrow 8:00 AM"
    assert "Last report: today 8:59 PM&nbsp;· No alert Thank you for checking." in page
    assert "Temperature, newest last: 97.7 °F · 98.4 °F" in page
    assert NOBODY in page


def test_trend_leaves_out_what_the_family_has_replaced(
    device: Client, send: Send, patient: Any, now: datetime
) -> None:
    send({"temp_value": "36.5", "temp_unit": "C"}, at=now - timedelta(hours=12))
    mistyped = send({"temp_value": "37.2", "temp_unit": "C"}, at=now - timedelta(minutes=2))
    again = send({"temp_value": "36.9", "temp_unit": "C"}, at=now - timedelta(minutes=1))
    Report.objects.filter(pk=again.pk).update(corrects=mistyped)

    assert "Temperature, newest last: 97.7 °F · 98.4 °F" in home(device)


@pytest.mark.parametrize(
    ("status", "heading"), [("paused", "Check-ins are paused"), ("ended", "Check-ins are over")]
)
def test_monitoring_that_rests_asks_for_nothing(
    device: Client, patient: Any, now: datetime, status: str, heading: str
) -> None:
    Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=1))
    Patient.objects.update(
        status=status, paused_until=now + timedelta(days=2) if status == "paused" else None
    )

    assert first(device) == heading


def test_no_one_reads_is_not_said_after_somebody_did(
    device: Client, send: Send, nurse: Any, now: datetime
) -> None:
    send(SAME_DAY)
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=nurse, now=now)

    page = home(device)

    assert "Seen 9:00 PM" in page
    assert NOBODY not in page
    assert "The clinic is closed now. Do not wait for a reply." in page


def test_of_several_patients_the_worst_comes_first_by_name(
    device: Client, send: Send, caregiver: Any, clinic: Any
) -> None:
    other = factories.PatientFactory(clinic=clinic, given_name="Zoe")
    factories.CareTeamMemberFactory(user=caregiver, patient=other)
    send(EMERGENCY, of=other)

    page = home(device)

    assert page.index("Call 911 now") < page.index("Walter")
    assert f"{other.full_name} · Emergency, since today at 9:00 PM" in page
    assert NOBODY not in page


def test_result_without_an_alert_thanks_and_says_when_next(
    device: Client, send: Send, patient: Any, now: datetime
) -> None:
    send(NONE, at=now - timedelta(hours=12))
    Checkin.objects.create(patient=patient, due_at=now + timedelta(hours=11))

    page = home(device, f"/reports/{send(NONE).pk}/")

    assert "Thank you for checking. Next check-in: tomorrow 8:00 AM" in page
    assert "Temperature, newest last: 98.2 °F · 98.2 °F" in page
    assert "Thank you" not in home(device, f"/reports/{send(EMERGENCY).pk}/")


def test_result_says_that_staff_were_paged_only_when_they_were(
    device: Client, send: Send, nurse: Any, now: datetime
) -> None:
    path = f"/reports/{send(EMERGENCY).pk}/"
    before = home(device, path)
    lifecycle.acknowledge(escalation_id=Escalation.objects.get().pk, by=nurse, now=now)

    assert "We are paging staff on call." in before
    assert "We paged staff" not in before
    assert "We are paging staff on call." not in home(device, path)


def test_bar_stands_on_every_page_but_the_danger_signs(device: Client, check_in_url: str) -> None:
    journeys.start(device, check_in_url)
    pages = ["/", "/history/", "/card/", "/settings/", f"{check_in_url}temperature/", check_in_url]

    assert ['class="nav"' in device.get(page).content.decode() for page in pages] == [True] * 5 + [False]
