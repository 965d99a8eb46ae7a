import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import EscalationEvent, LedgerDay, Page, Suppression
from clinic.services.core import alarms
from clinic.services.escalations import lifecycle
from clinic.services.outcomes import counting
from clinic.services.paging import chain, ledgers
from notifications.models import Message
from tests import cases, factories


@pytest.fixture
def client(nurse):
    client = Client()
    client.force_login(nurse)
    return client


def text_of(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&#x27;", "'")


def this_week():
    return f"/console/ledger/?week={timezone.now():%Y-%m-%d}"


@pytest.fixture
def earlier():
    """So long ago that what came in then must have paged by now."""
    return timezone.now() - timedelta(minutes=10)


def test_figures_of_a_clinic_that_has_just_begun(client):
    page = text_of(client.get("/console/insights/"))

    assert "No patient has been followed at home yet" in page
    assert "%" not in page.partition("Figures begin")[2]
    assert "weeks" not in page
    assert "0 alarms" not in page


def test_figures_show_waits_chart_and_table_and_reasons(client, nurse, patient, earlier):
    escalation = cases.escalate(patient, cases.FEVER, earlier)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=earlier + timedelta(minutes=4))

    response = client.get("/console/insights/?weeks=4")
    page = text_of(response)

    assert "Urgent 1 4 min too few 4 min 0" in page
    # No check-in was planned, so there is no patient-week to count by.
    assert "Temperature 1 too few" in page
    assert 'class="week-line level-urgent"' in response.content.decode()
    assert patient.family_name not in page


@pytest.mark.parametrize("query", ["weeks=x", "weeks=99999", "weeks=²", "weeks=-4", "weeks="])
def test_span_that_cannot_be_chosen_shows_the_usual_one(client, clinic, query):
    began = timezone.now() - timedelta(days=400)
    factories.PatientFactory(clinic=clinic, monitored_since=began, created_at=began)

    page = client.get(f"/console/insights/?{query}").content.decode()

    assert re.search(r'weeks=13" aria-current', page)


def test_foreign_clinic_does_not_exist(client, other_clinic):
    for path in ("insights", "ledger"):
        assert client.get(f"/console/{path}/?clinic=lake").status_code == 404


def test_ledger_adds_up_and_lists_what_was_held_back(client, nurse, clinic, patient, earlier):
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    cases.escalate(patient, cases.FEVER, earlier)
    chain.send_due(now=earlier)
    Message.objects.update(state="accepted")
    cases.escalate(patient, cases.FEVER, earlier + timedelta(seconds=30))

    page = text_of(client.get(this_week()))

    assert "Yes: 1 paged + 0 answered before the first page left + 1 with a reason below = 2" in page
    assert f"Nora Nurse {patient.full_name} Pages about this patient are going out already" in page
    assert "Row by row 1" in page


def test_ledger_that_does_not_add_up_names_the_patient(client, nurse, clinic, patient, earlier):
    escalation = cases.escalate(patient, cases.FEVER, earlier)
    Page.objects.filter(escalation=escalation).delete()

    response = client.get(this_week())

    assert "No. Somebody may be waiting for an answer." in text_of(response)
    assert (
        f'href="/console/escalations/{escalation.pk}/">{patient.full_name}</a>' in response.content.decode()
    )


def test_report_that_opened_nothing_leads_to_the_patient(client, nurse, clinic, patient, earlier):
    escalation = cases.escalate(patient, cases.FEVER, earlier)
    EscalationEvent.objects.filter(escalation=escalation).update(report=None)

    response = client.get(this_week())

    assert f'href="/console/patients/{patient.pk}/">{patient.full_name}</a>' in response.content.decode()


def test_report_of_this_minute_is_not_wrong_yet(client, patient):
    cases.escalate(patient, cases.FEVER, timezone.now())

    assert "Yes: 0 paged" in text_of(client.get(this_week()))


def test_page_in_the_bundle_says_when_it_went(client, nurse, clinic, earlier):
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    for _ in range(2):
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, earlier)
    cases.run_engine(earlier, minutes=2)

    assert "Paged this phone less than a minute ago: goes out with the next bundle Went out" in text_of(
        client.get(this_week())
    )


def test_without_a_week_the_last_whole_one_is_shown(client, clinic):
    now = timezone.now()
    ledgers.count_due(now=now)

    page = client.get("/console/ledger/").content.decode()

    assert "so far" not in page
    assert "Week after" in page
    assert LedgerDay.objects.count() == 7


@pytest.mark.parametrize("week", ["x", "2026-02-30", "0001-01-01", "9999-12-31", "20261122T00", "２０２６"])
def test_week_that_is_none_still_shows_a_week(client, week):
    assert "Does everything add up?" in text_of(client.get("/console/ledger/", {"week": week}))


def test_alarm_of_the_night_leads_to_its_week(client, clinic, now):
    alarms.raise_alarm(clinic_id=clinic.pk, kind="ledger_wrong", subject="2026-11-21", now=now)

    page = client.get("/console/").content.decode()

    assert 'href="/console/ledger/?clinic=river&amp;week=2026-11-21"' in page


def test_number_of_queries_does_not_grow_with_what_was_held_back(client, nurse, clinic, earlier):
    def held(count):
        for _ in range(count):
            patient = factories.PatientFactory(clinic=clinic)
            for seconds in (0, 30):
                cases.escalate(patient, cases.FEVER, earlier + timedelta(seconds=seconds))
        # The first page of a session notes the desk besides.
        client.get(this_week())
        with CaptureQueriesContext(connection) as queries:
            client.get(this_week())
        return len(queries)

    assert held(1) == held(3)


def test_days_stand_in_the_order_of_the_readers_language(client, nurse):
    nurse.language = "es"
    nurse.save(update_fields=["language"])

    page = text_of(client.get("/console/ledger/?week=2026-11-18"))

    assert "Semana del 16 nov" in page


def test_ledger_tells_people_with_similar_names_apart(client, clinic, earlier):
    """What is unaccounted for, and what was held back."""
    lins = [
        factories.PatientFactory(clinic=clinic, given_name=given, family_name="Lin", hospital_number=number)
        for given, number in (("Robert", "H-7"), ("Roberto", "H-8"))
    ]
    lost = cases.escalate(lins[0], cases.FEVER, earlier)
    Page.objects.filter(escalation=lost).delete()
    Suppression.objects.create(clinic=clinic, patient=lins[1], at=earlier, rule="paused")

    page = text_of(client.get(this_week()))

    assert "no. H-7" in page and "no. H-8" in page


def test_tables_for_analysis_are_offered_to_whoever_may_take_them_away(client, clinic):
    counting.count(clinic=clinic, now=timezone.now())
    of_physician = Client()
    of_physician.force_login(factories.StaffFactory(clinic=clinic, role="physician").user)
    table = "/api/v1/exports/outcomes.csv"

    assert table not in client.get("/console/outcomes/").content.decode()
    assert table in of_physician.get("/console/outcomes/").content.decode()
    assert of_physician.get(table).status_code == 200
    assert client.get(table).status_code == 403
