import html
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation

from clinic.access import Permission
from clinic.models import AuditEvent, Checkin, Escalation, Patient
from clinic.queries.desk import header
from clinic.services.escalations import scoring
from clinic.services.reports import intake
from tests import cases, factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_list_finds_a_patient_by_name(nurse, clinic):
    factories.PatientFactory(clinic=clinic, given_name="Ada", family_name="Byron")
    factories.PatientFactory(clinic=clinic, given_name="Carl", family_name="Gauss")

    text = text_of(signed_in(nurse).get("/console/patients/?q=byr"))

    assert "Ada Byron" in text
    assert "Gauss" not in text


def test_list_says_who_is_silent_and_shows_the_level_of_an_open_alert(nurse, patient, caregiver):
    due = timezone.now() - timedelta(hours=2)
    cases.escalate(patient, cases.FEVER, due - timedelta(hours=10))
    Checkin.objects.filter(patient=patient).delete()
    Patient.objects.filter(pk=patient.pk).update(monitored_since=due - timedelta(days=1))
    Checkin.objects.create(patient=patient, due_at=due)

    answer = signed_in(nurse).get("/console/patients/")
    page = signed_in(nurse).get(f"/console/patients/{patient.pk}/")

    assert "Silent since" in text_of(answer)
    assert '<span class="badge level-urgent">' in answer.content.decode()
    assert "Silent since" in text_of(page)


def test_open_alert_is_taken_on_the_patients_page(nurse, patient):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    browser = signed_in(nurse)
    before = browser.get(f"/console/patients/{patient.pk}/").content.decode()

    address = re.search(r'<form method="post" action="([^"]+/acknowledge/)">', before)[1]
    browser.post(address)

    escalation.refresh_from_db()
    assert escalation.acknowledged_by == nurse
    assert address not in browser.get(f"/console/patients/{patient.pk}/").content.decode()


def test_family_of_a_paused_patient_is_not_said_to_get_reminders(nurse, patient, caregiver):
    browser = signed_in(nurse)
    assert "gets reminders" in text_of(browser.get(f"/console/patients/{patient.pk}/"))

    Patient.objects.filter(pk=patient.pk).update(status="admitted")

    text = text_of(browser.get(f"/console/patients/{patient.pk}/"))
    assert "gets reminders" not in text
    assert "agreed to reminders, which rest now" in text


def test_list_of_a_clinic_without_patients_leads_to_the_first_one(nurse, clinic):
    browser = signed_in(nurse)

    new = browser.get("/console/patients/").content.decode()
    # Who was deleted was there.
    factories.PatientFactory(clinic=clinic, status="ended", erased_at=timezone.now())
    begun = text_of(browser.get("/console/patients/"))

    assert "No patient is enrolled yet." in new
    assert new.count('href="/console/patients/new/"') == 1
    assert 'role="search"' not in new
    assert "Enroll the first patient" in new
    assert "Nobody is in care now." in begun
    assert "Enroll the first patient" not in begun


def test_whoever_may_not_enrol_reads_who_does(nurse, now):
    desk = replace(header.of_user(user=nurse, now=now), permissions=frozenset({Permission.VIEW_PATIENTS}))

    page = render_to_string("console/patients/_first_patient.html", {"desk": desk})

    assert "A nurse, a physician or an administrator of your clinic enrolls" in page
    assert "href" not in page


def test_list_begins_with_those_in_care_and_says_of_others_how_they_stand(nurse, clinic):
    factories.PatientFactory(clinic=clinic, family_name="Byron")
    factories.PatientFactory(clinic=clinic, family_name="Gauss", status="died")
    browser = signed_in(nurse)

    first, everybody = browser.get("/console/patients/"), browser.get("/console/patients/?status=all")
    found = browser.get("/console/patients/?q=gauss")

    assert "Byron" in text_of(first)
    assert "Gauss" not in text_of(first)
    for page in (everybody, found):
        assert re.search(r"Gauss.*Died", text_of(page).partition("Last report")[2])
        assert 'aria-current="page">Everybody' in page.content.decode()
    assert 'aria-current="page">In care' in first.content.decode()
    # A search from here looks among everybody.
    assert 'name="status"' not in first.content.decode()


@pytest.mark.parametrize(("status", "words"), [("active", "None yet"), ("ended", "None"), ("died", "None")])
def test_whoever_is_followed_no_more_is_not_said_to_report_yet(nurse, clinic, status, words):
    factories.PatientFactory(clinic=clinic, family_name="Byron", status=status)

    page = signed_in(nurse).get("/console/patients/?q=byr").content.decode()

    assert f'<span class="soft">{words}</span>' in page


@pytest.mark.parametrize(("days", "words"), [(-3, "planned for"), (4, "on")])
def test_ambulance_is_told_of_no_treatment_that_was_not_given(nurse, clinic, days, words):
    infused = timezone.localdate() - timedelta(days=days)
    patient = factories.PatientFactory(clinic=clinic, product="axi-cel", infusion_date=infused)

    text = text_of(signed_in(nurse).get(f"/console/patients/{patient.pk}/"))

    assert f"CAR-T cells (axi-cel) {words} {infused:%b} {infused.day}, {infused:%Y}" in text


def test_search_takes_whatever_is_typed(nurse, patient):
    assert signed_in(nurse).get("/console/patients/", {"q": "%_'\"<\u202e"}).status_code == 200


def test_looking_at_a_patient_is_on_record(nurse, patient):
    response = signed_in(nurse).get(f"/console/patients/{patient.pk}/")

    assert response.status_code == 200
    seen = AuditEvent.objects.get(action="patient.viewed")
    assert (seen.actor_id, seen.patient_id) == (nurse.pk, patient.pk)


def test_other_clinics_nurse_and_family_get_404_and_change_nothing(other_nurse, patient, caregiver):
    invitation = factories.InvitationFactory(patient=patient)
    member = patient.care_team.get()
    root = f"/console/patients/{patient.pk}/"
    posts = {
        "invite/": {"invite-name": "X", "invite-phone": "+16175550199", "invite-language": "en"},
        "pause/": {"pause-until": "2030-01-01T10:00", "pause-reason": "x"},
        "resume/": {},
        "facts/": {"facts-tier": "high"},
        f"invitations/{invitation.pk}/revoke/": {},
        f"caregivers/{member.pk}/end/": {},
    }

    for person in (other_nurse, caregiver):
        browser = signed_in(person)
        assert browser.get(root).status_code == 404
        for act, data in posts.items():
            assert browser.post(root + act, data).status_code == 404, act

    invitation.refresh_from_db()
    member.refresh_from_db()
    patient.refresh_from_db()
    assert (invitation.revoked_at, member.ended_at, patient.status) == (None, None, "active")


def test_access_of_a_caregiver_ends(nurse, patient, caregiver):
    member = patient.care_team.get()

    response = signed_in(nurse).post(
        f"/console/patients/{patient.pk}/caregivers/{member.pk}/end/", follow=True
    )

    member.refresh_from_db()
    assert member.ended_by == nurse
    assert "Carla Caregiver cannot see this patient any more." in text_of(response)


def test_pause_has_an_end_in_the_future_and_can_be_cut_short(nurse, patient):
    root = f"/console/patients/{patient.pk}/"
    soon = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

    past = signed_in(nurse).post(root + "pause/", {"pause-until": "2020-01-01T10:00", "pause-reason": "x"})
    paused = signed_in(nurse).post(
        root + "pause/", {"pause-until": soon, "pause-reason": "In hospital"}, follow=True
    )
    resumed = signed_in(nurse).post(root + "resume/", follow=True)

    assert past.status_code == 422
    assert "Choose a time that is still to come." in text_of(past)
    assert "Monitoring is paused." in text_of(paused)
    assert "Monitoring is on again." in text_of(resumed)
    patient.refresh_from_db()
    assert patient.status == "active"


def test_paused_patient_says_who_paused_until_when_why_and_how_to_go_on(nurse, patient):
    root = f"/console/patients/{patient.pk}/"
    before = text_of(signed_in(nurse).get(root))
    for days, reason in ((1, "Holiday"), (2, "Holiday, longer")):
        until = timezone.localtime() + timedelta(days=days)
        told = {"pause-until": f"{until:%Y-%m-%dT%H:%M}", "pause-reason": reason}
        signed_in(nurse).post(root + "pause/", told)

    page = signed_in(nurse).get(root)
    seen = text_of(page)

    assert "Monitoring is paused until" not in before
    assert "Monitoring is paused until" in seen
    assert "Paused since" in seen
    assert "Nora Nurse paused it: Holiday, longer" in seen
    assert page.content.decode().count(f'action="{root}resume/"') == 1


def test_slip_in_the_year_of_a_pause_is_asked_about(nurse, patient):
    response = signed_in(nurse).post(
        f"/console/patients/{patient.pk}/pause/",
        {"pause-until": "9999-12-31T23:59", "pause-reason": "in hospital"},
    )

    assert response.status_code == 422
    assert "this day is too far away" in text_of(response)
    assert Patient.objects.get(pk=patient.pk).status == "active"


def test_risks_are_changed_on_the_page_and_stand_in_the_stream(nurse, patient):
    response = signed_in(nurse).post(
        f"/console/patients/{patient.pk}/facts/",
        {"facts-tier": "high", "facts-neutropenia": "on", "facts-minutes_to_centre": "45"},
        follow=True,
    )

    patient.refresh_from_db()
    assert (patient.tier, patient.neutropenia, patient.minutes_to_centre) == ("high", True, 45)
    assert "Saved. It counts from the next report on." in text_of(response)
    assert f"Risks changed {nurse.name}" in text_of(response)


@pytest.mark.parametrize(
    "slip",
    [
        {"facts-masked_until": "2999-01-01"},
        {"facts-masked_until": "x"},
        {"facts-minutes_to_centre": "9999"},
        {"facts-tier": "none"},
    ],
)
def test_slip_in_a_risk_is_refused_and_changes_nothing(nurse, patient, slip):
    response = signed_in(nurse).post(
        f"/console/patients/{patient.pk}/facts/", {"facts-tier": "high", "facts-neutropenia": "on", **slip}
    )

    patient.refresh_from_db()
    assert response.status_code == 422
    assert (patient.tier, patient.neutropenia) == ("standard", False)


def test_stream_and_trends_are_on_the_page_with_the_answers_of_each_report(nurse, patient):
    now = timezone.now()
    cases.escalate(patient, {**cases.FEVER, "pulse": 88}, now)

    text = text_of(signed_in(nurse).get(f"/console/patients/{patient.pk}/?days=14"))

    assert "Opened Urgent" in text
    assert "Pulse 88 /min" in text
    assert "Measured values" in text
    assert "Nothing was measured" not in text


def test_reports_without_a_measured_value_are_no_table_of_values(nurse, patient):
    cases.report_by_family(patient, {"chills": 1}, timezone.now() - timedelta(hours=1))

    text = text_of(signed_in(nurse).get(f"/console/patients/{patient.pk}/"))

    assert "Nothing has been measured yet." in text
    assert "Show as a table" not in text


def test_older_page_of_the_stream_leads_back_to_the_newest(nurse, patient):
    now = timezone.now()
    for minutes in range(30):
        cases.report_by_family(patient, cases.NAUSEA, now - timedelta(minutes=minutes))
    browser = signed_in(nurse)

    page = browser.get(f"/console/patients/{patient.pk}/").content.decode()
    older = browser.get("?".join([f"/console/patients/{patient.pk}/", re.search(r"older=[^\"]+", page)[0]]))

    assert "Newest" in text_of(older)


def test_drawing_stands_where_it_should_in_a_language_with_decimal_commas(nurse, patient):
    nurse.language = "es"
    nurse.save(update_fields=["language"])
    now = timezone.now()
    cases.report_by_family(patient, {**cases.FEVER, "sbp": 118}, now - timedelta(hours=7))

    with translation.override("en"):
        page = signed_in(nurse).get(f"/console/patients/{patient.pk}/").content.decode()

    places = re.findall(r' (?:cx|cy|x|x1|x2|y|y1|y2|height)="([^"]*)"', page)
    assert "Valores medidos" in page
    assert len(places) > 20
    assert not [place for place in places if "," in place]


def test_late_report_and_a_wrong_clock_are_marked_wherever_they_stand(nurse, patient, caregiver):
    """Seen 20 hours before it came, on a phone whose clock was five hours ahead."""
    now = timezone.now()
    seen_at = now - timedelta(hours=20)
    ahead = timedelta(hours=5)
    stored = intake.submit(
        report_id=uuid4(),
        patient=patient,
        by=caregiver,
        protocol_version=intake.current_version_for(patient=patient),
        observed_at=seen_at + ahead,
        sent_at=now + ahead,
        language="en",
        answers={"temp_value": "39.2", "temp_unit": "C"},
        now=now,
    )
    scoring.score(report_id=stored.report.pk, now=now)
    client = signed_in(nurse)
    escalation = Escalation.objects.get()

    for path in (
        "/console/",
        "/console/patients/",
        f"/console/patients/{patient.pk}/",
        f"/console/escalations/{escalation.pk}/",
    ):
        text = text_of(client.get(path))
        assert re.search(r"seen (\w+ \d+, )?\d\d:\d\d, received \d\d:\d\d", text), path
    assert "The phone's clock was ahead by 5 h 0 min." in html.unescape(text)
