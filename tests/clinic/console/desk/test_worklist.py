import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.access import Permission
from clinic.models.system_alarm import AlarmKind, SystemAlarm
from clinic.services.core import alarms, ticks
from clinic.services.escalations import lifecycle
from tests import cases, factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_worklist_shows_level_name_day_and_reason_in_words(nurse, patient):
    cases.escalate(patient, cases.FEVER, timezone.now() - timedelta(minutes=6))

    response = signed_in(nurse).get("/console/")

    assert response.status_code == 200
    text = text_of(response)
    for said in ("Urgent", patient.full_name, "Temperature 38.6 °C", "6 min", "over 5 min", "Take it"):
        assert said in text
    assert response["Cache-Control"] == "no-store"


def test_fragment_carries_version_and_server_time_and_is_no_whole_page(clinic, nurse, patient):
    cases.escalate(patient, cases.FEVER, timezone.now())
    clinic.refresh_from_db()

    page = signed_in(nurse).get("/console/worklist/", headers={"HX-Request": "true"}).content.decode()

    assert f'data-version="{clinic.live_version}"' in page
    assert re.search(r'data-at="20\d\d-\d\d-\d\dT[^"]+\+00:00"', page)
    assert "<html" not in page


def tick_all(now):
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)


def test_empty_list_says_what_it_is_and_never_that_all_is_well(nurse):
    tick_all(timezone.now())

    text = text_of(signed_in(nurse).get("/console/"))

    assert "Nothing is waiting. This list is live. Last checked" in text


def test_list_of_a_clinic_without_patients_leads_to_the_first_one(nurse, clinic):
    tick_all(timezone.now())
    # Of the weekly test; nobody's.
    factories.PatientFactory(clinic=clinic, is_synthetic=True, status="ended")
    desk = signed_in(nurse)

    new = text_of(desk.get("/console/"))
    desk.post("/console/desk/lock/")
    locked = text_of(desk.get("/console/"))
    factories.PatientFactory(clinic=clinic, status="ended")
    begun = text_of(signed_in(nurse).get("/console/"))

    assert "Nothing is waiting." in new
    assert "Enroll the first patient" in new
    assert "Enroll the first patient" not in locked
    assert "Enroll the first patient" not in begun


@pytest.mark.parametrize("locked", [False, True], ids=["open desk", "locked desk"])
@pytest.mark.parametrize(
    ("reports", "minutes", "said"),
    [
        (1, 0, "1 report is being scored. This list fills by itself."),
        (2, 0, "2 reports are being scored. This list fills by itself."),
        (1, 2, "Scoring is late: 1 report has not been scored. Something urgent may be missing here."),
        (2, 2, "Scoring is late: 2 reports have not been scored. Something urgent may be missing here."),
        (0, 2, "Scoring or paging is late. Something urgent may be missing here."),
    ],
)
def test_empty_list_never_says_that_nothing_waits_before_it_is_so(
    nurse, patient, locked, reports, minutes, said
):
    tick_all(timezone.now() - timedelta(minutes=minutes))
    for _ in range(reports):
        factories.ReportFactory(patient=patient)
    desk = signed_in(nurse)
    if locked:
        desk.post("/console/desk/lock/")

    page = desk.get("/console/").content.decode()

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert said in text
    assert "Nothing is waiting" not in text
    assert 'data-engine-late="yes"' in page
    assert patient.full_name not in page


def test_part_that_fails_again_and_again_is_named_on_the_list(nurse):
    now = timezone.now()
    tick_all(now - timedelta(minutes=2))
    for name, failing in (("clinic", []), ("notifications", ["inbound.finish"])):
        ticks.begin(name=name, now=now)
        ticks.end(name=name, begun_at=now, failing=failing, now=now)

    text = text_of(signed_in(nurse).get("/console/"))

    assert "A part of the system fails again and again." in text
    assert "tick:notifications (inbound.finish)" in text
    assert "This list may not be complete. Something urgent may be missing here." in text
    assert "Nothing is waiting" not in text


def test_list_with_rows_tells_of_reports_that_are_being_scored(nurse, patient):
    tick_all(timezone.now())
    cases.escalate(patient, cases.FEVER, timezone.now())
    factories.ReportFactory(patient=patient)

    assert "1 report is being scored." in text_of(signed_in(nurse).get("/console/"))


def test_only_urgent_rows_turn_with_time(nurse, patient):
    cases.escalate(patient, cases.NAUSEA, timezone.now() - timedelta(minutes=20))

    text = text_of(signed_in(nurse).get("/console/"))

    assert "20 min" in text
    assert "over 15 min over" not in text
    assert 'data-turn="15"' not in signed_in(nurse).get("/console/").content.decode()


@pytest.mark.parametrize(("seconds", "is_aloud"), [(80, "no"), (100, "yes")], ids=["not yet", "late"])
def test_urgent_row_of_which_no_page_went_says_so_aloud_once_one_should_have(
    nurse, patient, seconds, is_aloud
):
    cases.escalate(patient, cases.FEVER, timezone.now() - timedelta(seconds=seconds))

    page = signed_in(nurse).get("/console/").content.decode()

    assert re.findall(r'data-unpaged="(\w+)"', page) == [is_aloud]
    assert "Nobody paged yet" in page


@pytest.mark.parametrize(("minutes", "marks"), [(59, 0), (61, 1)], ids=["in time", "overdue"])
def test_same_day_row_is_overdue_once_staff_are_texted_about_it(nurse, patient, minutes, marks):
    patient.clinic.staffed_hours = {}
    patient.clinic.save(update_fields=["staffed_hours"])
    since = timezone.now() - timedelta(minutes=minutes)
    factories.EscalationFactory(
        patient=patient, level="same_day", severity=2, opened_at=since, waiting_since=since
    )

    page = signed_in(nurse).get("/console/").content.decode()

    assert page.count('<span class="work-turn work-overdue">overdue</span>') == marks
    assert "data-unpaged" not in page


def test_notice_stands_below_what_waits_and_a_line_above_counts_it(clinic, nurse, patient):
    cases.escalate(patient, cases.FEVER, timezone.now())
    for kind, subject in ((AlarmKind.CALL_FAMILY, patient.pk), (AlarmKind.NO_ON_CALL, "")):
        alarms.raise_alarm(clinic_id=clinic.pk, kind=kind, subject=subject, now=timezone.now())

    text = text_of(signed_in(nurse).get("/console/"))

    places = [
        text.index(said)
        for said in ("Nobody is on call", "1 notice below", "Waiting for you", "This patient has died")
    ]
    assert places == sorted(places)


def test_empty_list_is_not_said_to_be_empty_for_certain_until_it_is_live(nurse):
    tick_all(timezone.now())

    page = signed_in(nurse).get("/console/").content.decode()

    assert "data-until-live>Not connected. This list may be old.</div>" in page
    assert "<strong data-when-live>Nothing is waiting.</strong>" in page


def test_row_says_every_reason_that_it_holds(nurse, patient):
    cases.escalate(patient, cases.FEVER_AND_CONFUSION, timezone.now())

    response = signed_in(nurse).get("/console/")

    [row] = response.context["worklist"].waiting
    assert len(row.reasons) > 1
    assert re.sub(r"\s", " ", "; ".join(row.reasons)) in html.unescape(text_of(response))


def test_visitor_is_asked_to_sign_in_but_a_refetch_gets_401(db):
    assert Client().get("/console/").url == "/accounts/login/?next=/console/"
    assert Client().get("/console/worklist/", headers={"HX-Request": "true"}).status_code == 401


def test_family_finds_no_console(caregiver):
    assert signed_in(caregiver).get("/console/").status_code == 404


@pytest.mark.parametrize("address", ["/console/", "/console/worklist/", "/console/patients/"])
def test_educator_is_told_that_it_is_not_their_role(clinic, address):
    educator = factories.StaffFactory(clinic=clinic, role="educator").user

    response = signed_in(educator).get(address)

    assert response.status_code == 403
    assert "This page is not part of your role" in text_of(response)


def test_person_whose_role_ended_is_told_so(nurse):
    role = nurse.staff_roles.get()
    role.ended_at, role.ended_by = timezone.now(), nurse
    role.save(update_fields=["ended_at", "ended_by"])

    response = signed_in(nurse).get("/console/")

    assert response.status_code == 403
    assert "you have no role at a clinic now" in text_of(response)


def test_other_clinics_nurse_sees_none_of_it(other_nurse, patient):
    cases.escalate(patient, cases.FEVER, timezone.now())

    text = text_of(signed_in(other_nurse).get("/console/"))

    assert patient.full_name not in text
    assert signed_in(other_nurse).get("/console/?clinic=river").status_code == 404


def test_rows_of_two_clinics_carry_the_clinics_name(clinic, other_clinic, nurse):
    factories.StaffFactory(user=nurse, clinic=other_clinic)
    now = timezone.now()
    cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now - timedelta(seconds=1))
    cases.escalate(factories.PatientFactory(clinic=other_clinic), cases.FEVER, now)

    rows = re.findall(
        r'<li class="work-row.*?</li>\s*(?=<li class="work-row|</ul>)',
        signed_in(nurse).get("/console/").content.decode(),
        re.S,
    )

    assert len(rows) == 2
    assert [("River" in row, "Lake" in row) for row in rows] == [(True, False), (False, True)]


def test_top_bar_says_who_is_signed_in_and_who_is_on_call(clinic, nurse):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic, user__name="Paul Pager"))

    text = text_of(signed_in(nurse).get("/console/"))

    assert "On call now: Paul Pager" in text
    assert "Nora Nurse Nurse · River Cancer Center" in text


def test_nobody_on_call_is_said(nurse):
    assert "On call now: nobody" in text_of(signed_in(nurse).get("/console/"))


def test_late_engine_and_alarms_stand_above_the_list(clinic, nurse, patient):
    cases.escalate(patient, cases.FEVER, timezone.now())
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.NO_ON_CALL, subject="", now=timezone.now())

    text = text_of(signed_in(nurse).get("/console/"))

    assert "Reports are not being scored and nobody is being paged." in text
    assert text.index("Nobody is on call") < text.index("Waiting for you")


def test_person_clears_an_alarm_once_and_other_clinics_cannot(clinic, nurse, other_nurse, patient, caregiver):
    member = patient.care_team.get()
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.OPTED_OUT, subject=member.pk, now=timezone.now())
    alarm = SystemAlarm.objects.get()
    address = f"/console/alarms/{alarm.pk}/clear/"

    assert signed_in(other_nurse).post(address).status_code == 404
    assert SystemAlarm.objects.get().cleared_at is None
    assert signed_in(nurse).post(address).url == "/console/"
    assert signed_in(nurse).post(address).url == "/console/"
    assert SystemAlarm.objects.get().cleared_by == nurse


def test_page_takes_as_many_queries_for_one_row_as_for_three(clinic, nurse):
    client = signed_in(nurse)
    now = timezone.now()
    cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    client.get("/console/")
    with CaptureQueriesContext(connection) as one:
        client.get("/console/")

    for _ in range(2):
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    with CaptureQueriesContext(connection) as three:
        client.get("/console/")

    assert len(three) == len(one)


def test_taken_row_says_who_took_it(nurse, patient):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())

    text = text_of(signed_in(nurse).get("/console/"))

    assert "Being handled 1" in text
    assert "Nora Nurse took it at" in text


def test_every_role_that_may_watch_is_let_in(clinic):
    for role in ("nurse", "physician", "administrator"):
        person = factories.StaffFactory(clinic=clinic, role=role).user
        response = signed_in(person).get("/console/")
        assert (response.status_code, Permission.WATCH_CONSOLE in response.context["desk"].permissions) == (
            200,
            True,
        )


def test_clinic_left_out_by_the_switcher_still_calls_out(clinic, other_clinic, nurse):
    factories.StaffFactory(user=nurse, clinic=other_clinic)
    cases.escalate(factories.PatientFactory(clinic=other_clinic), cases.FEVER, timezone.now())
    tick_all(timezone.now())

    response = signed_in(nurse).get("/console/?clinic=river")

    assert 'data-urgent-elsewhere="yes"' in response.content.decode()
    assert "Nothing is waiting at River Cancer Center." in text_of(response)
    assert "1 urgent or emergency row waits at Lake Hospital" in text_of(response)


@pytest.mark.parametrize("section", ["handled", "aside"])
def test_rest_of_what_colleagues_have_is_one_step_away_and_stays_through_refetches(clinic, nurse, section):
    now = timezone.now()
    for n in range(23):
        patient = factories.PatientFactory(clinic=clinic, given_name=f"Row{n}")
        factories.EscalationFactory(
            patient=patient,
            state="acknowledged",
            acknowledged_by=nurse,
            acknowledged_at=now + timedelta(seconds=n),
            lease_until=now + timedelta(minutes=30),
            snoozed_until=now + timedelta(minutes=30) if section == "aside" else None,
            snooze_reason="Sleeps" if section == "aside" else "",
        )
    desk = signed_in(nurse)

    first = desk.get("/console/")
    more = desk.get("/console/?more=1")
    again = desk.get("/console/worklist/?more=1", headers={"HX-Request": "true"})
    level = desk.get("/console/?level=urgent")

    assert "20 of 23 are shown. Show more" in text_of(first)
    assert f'id="more-{section}" href="/console/?more=1"' in first.content.decode()
    for page in (more, again):
        assert page.content.decode().count("data-row data-id=") == 23
        assert "are shown" not in text_of(page)
        assert 'hx-get="/console/worklist/?more=1"' in page.content.decode()
    assert "20 of 23 are shown. Show more" in text_of(level)
    assert 'href="/console/?level=urgent&amp;more=1"' in level.content.decode()
