"""Today, the card, the settings."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caregiver.models import CheckinDraft
from clinic.models import Checkin, Page, Patient, Reminder
from clinic.services.escalations import lifecycle, scoring
from notifications.models import Message
from notifications.services import outbox
from tests import cases, factories
from tests.caregiver import journeys
from tests.caregiver.conftest import BACKEND


def test_home_shows_patient_day_next_check_in_and_numbers(device: Client, patient: Any, now: Any) -> None:
    Checkin.objects.create(patient=patient, due_at=now + timedelta(hours=11))

    page = device.get("/").content.decode()

    assert patient.full_name in page
    assert '<span class="nowrap">check-in:</span> tomorrow 8:00\u00a0AM' in page
    assert 'Day 4 after CAR-T · <bdi class="nowrap">axi-cel</bdi>' in page
    assert "No one is reading reports until Monday 8:00\u00a0AM." in page
    assert "Do not wait for a reply." in page
    assert [page.count(f'href="tel:{number}"') for number in ("911", "+12015550102")] == [2, 1]


def test_home_says_who_knows_of_an_alert_and_not_that_nobody_reads(
    device: Client, patient: Any, nurse: Any, now: Any
) -> None:
    """At night, in its order: nobody has been told, somebody was paged, somebody has it, it is closed."""
    escalation = cases.escalate(patient, cases.FEVER, now)

    def banner() -> str:
        page = device.get("/").content.decode()
        found = re.search(r"<main.*?</main>", page, re.DOTALL)
        assert found
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())

    assert "We are paging staff on call. No one has it yet. Do not wait" in banner()
    page = Page.objects.get(escalation=escalation, number=1)
    message = outbox.queue(
        to="+12015550111",
        body="x",
        purpose="page",
        dedupe_key="p",
        service="paging",
        expires_at=None,
        now=now,
    )
    Message.objects.update(state="delivered", due_at=None)
    Page.objects.filter(pk=page.pk).update(state="sent", sent_at=now, message_id=message.pk)
    assert "We paged staff" in banner()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    assert re.search(r"Nora, nurse, took this today .*? Keep your phone with you\.", banner())
    assert "No one is reading" not in banner()
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="x", now=now)
    assert "The clinic is closed now." in banner()


def test_home_says_due_to_whom_a_reminder_has_asked(
    device: Client, patient: Any, caregiver: Any, now: Any
) -> None:
    """Whoever lives to the east is asked by their own clock, before it is due where the patient is."""
    checkin = Checkin.objects.create(patient=patient, due_at=now + timedelta(hours=2))
    Reminder.objects.create(
        checkin=checkin, caregiver=caregiver, offset_minutes=0, due_at=now, state="queued"
    )

    assert "Check-in</span> due now" in device.get("/").content.decode()


def test_home_in_staffed_hours_says_that_somebody_reads(device: Client, clock: Any) -> None:
    clock.shift(timedelta(days=1, hours=14))

    assert "Someone at River Cancer Center is reading reports now." in device.get("/").content.decode()


def test_home_says_what_is_due(device: Client, patient: Any, now: Any) -> None:
    Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=1))

    page = device.get("/").content.decode()

    assert "Check-in</span> due now" in page
    assert "Planned for today at 8:00\u00a0PM." in page


def test_home_offers_to_go_on_with_a_draft(device: Client, check_in_url: str) -> None:
    journeys.start(device, check_in_url)

    assert "Go on with the check-in" in device.get("/").content.decode()


def test_several_patients_are_chosen_from_and_each_has_a_banner(
    device: Client, caregiver: Any, patient: Any, clinic: Any
) -> None:
    other = factories.PatientFactory(clinic=clinic, given_name="Rosa")
    factories.CareTeamMemberFactory(user=caregiver, patient=other)

    chooser = device.get("/").content.decode()
    page = device.get(f"/patient/{other.pk}/").content.decode()

    assert "Who is this about?" in chooser
    assert f'href="/patient/{patient.pk}/"' in chooser
    assert '<section class="who"' in page
    assert other.full_name in page
    assert patient.full_name not in page


def test_two_people_of_one_name_are_told_apart_by_their_birth_dates(
    device: Client, caregiver: Any, patient: Any, clinic: Any
) -> None:
    name = {"given_name": patient.given_name, "family_name": patient.family_name}
    Patient.objects.update(birth_date="1949-02-03")
    other = factories.PatientFactory(clinic=clinic, birth_date="1949-07-03", **name)
    factories.CareTeamMemberFactory(user=caregiver, patient=other)
    third = factories.PatientFactory(clinic=clinic, birth_date="1950-01-01")
    factories.CareTeamMemberFactory(user=caregiver, patient=third)

    chooser = device.get("/").content.decode()

    assert ["Feb 3, 1949" in chooser, "Jul 3, 1949" in chooser] == [True, True]
    assert "Jan 1, 1950" not in chooser


def test_somebody_elses_patient_is_not_found(device: Client, stranger: Any) -> None:
    theirs = stranger.care_links.get().patient

    assert device.get(f"/patient/{theirs.pk}/").status_code == 404


def test_ended_access_shows_nothing_but_numbers(
    device: Client, caregiver: Any, patient: Any, nurse: Any, now: Any
) -> None:
    device.get("/")
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    page = device.get("/").content.decode()

    assert "Nobody is linked to you now" in page
    assert patient.family_name not in page
    assert 'href="tel:+12015550101"' in page


def test_staff_are_sent_to_the_console(client: Client, nurse: Any) -> None:
    client.force_login(nurse, backend=BACKEND)

    assert client.get("/").url == "/console/"


def test_visitor_is_sent_to_sign_in(client: Client, clinic: Any) -> None:
    assert client.get("/").url == "/sign-in/"


@pytest.mark.parametrize("path", ["/", "/history/"])
def test_query_count_is_the_same_for_one_and_three_reports(
    device: Client, patient: Any, caregiver: Any, now: Any, path: str
) -> None:
    counts = []
    device.get(path)
    for rows in (1, 2):
        for _ in range(rows):
            report = factories.ReportFactory(
                patient=patient, author=caregiver, answers={"red_flags": ["seizure"]}, received_at=now
            )
            scoring.score(report_id=report.pk, now=now)
        with CaptureQueriesContext(connection) as queries:
            device.get(path)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_query_count_is_the_same_for_two_and_four_patients(
    device: Client, caregiver: Any, clinic: Any
) -> None:
    counts = []
    device.get("/")
    for _ in range(2):
        for _new in range(1 + len(counts)):
            person = factories.PatientFactory(clinic=clinic)
            factories.CareTeamMemberFactory(user=caregiver, patient=person)
            factories.ReportFactory(patient=person, author=caregiver)
        with CaptureQueriesContext(connection) as queries:
            device.get("/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_looking_changes_nothing(device: Client, check_in_url: str) -> None:
    for path in ("/", "/card/", "/history/", "/settings/", check_in_url):
        assert device.get(path).status_code == 200

    assert not CheckinDraft.objects.exists()


def test_card_tells_emergency_staff_what_they_need(device: Client, patient: Any) -> None:
    page = device.get("/card/").content.decode()

    assert "This person had CAR-T cell therapy." in page
    assert "axi-cel (CD19)" in page
    assert "Nov 17, 2026" in page
    assert 'href="tel:+12015550101"' in page


def test_card_speaks_english_too_whatever_the_familys_language(
    device: Client, caregiver: Any, patient: Any
) -> None:
    caregiver.language = "es"
    caregiver.save(update_fields=["language"])

    page = device.get("/card/").content.decode()

    assert '<p class="strong" lang="en" dir="ltr">' in page
    assert "This person had CAR-T cell therapy." in page


def test_language_goes_with_the_person(device: Client, caregiver: Any) -> None:
    answer = device.post("/language/", {"language": "es", "next": "/card/"})

    caregiver.refresh_from_db()
    assert answer.url == "/card/"
    assert caregiver.language == "es"
    assert '<html lang="es"' in device.get("/card/").content.decode()


def test_visitors_language_stays_on_the_phone(client: Client, clinic: Any) -> None:
    client.post("/language/", {"language": "es", "next": "/sign-in/"})

    assert '<html lang="es"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"language": "es", "next": "https://evil.example/"}, "/"),
        ({"language": "es", "next": "//evil.example/"}, "/"),
        ({"language": "xx", "next": "/card/"}, "/"),
    ],
    ids=["other site", "no scheme", "no such language"],
)
def test_language_leads_nowhere_else(client: Client, fields: dict[str, str], target: str) -> None:
    assert client.post("/language/", fields).url == target


def test_unit_is_kept_and_offered_first(device: Client, caregiver: Any, check_in_url: str) -> None:
    device.post("/settings/unit/", {"unit": "C"})
    device.post("/settings/unit/", {"unit": "K"})
    journeys.start(device, check_in_url)

    page = device.get(f"{check_in_url}temperature/").content.decode()

    caregiver.refresh_from_db()
    assert caregiver.temperature_unit == "C"
    assert 'name="temp_unit" value="C" id="id_temp_unit_0" checked' in page


@pytest.mark.parametrize(
    "path", ["/card/", "/history/", "/settings/", "/continue/"], ids=lambda path: path.strip("/")
)
def test_visitor_sees_no_page_of_a_person(client: Client, clinic: Any, path: str) -> None:
    assert client.get(path).status_code == 302
