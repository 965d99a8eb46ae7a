"""The clinic's list: who waits for an answer, whose labs are due, and the tables for analysis."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent, Patient
from clinic.protocols import default_document
from clinic.queries.risk import known
from clinic.services.protocols import versions
from clinic.services.risk import labs
from clinic.services.risk.labs import TypedLab
from tests.factories import PatientFactory, StaffFactory

ADDRESS = "/console/labs/"


@pytest.fixture
def desk(nurse, now):
    client = Client()
    client.force_login(nurse)
    with time_machine.travel(now, tick=False):
        yield client


def test_who_waits_stands_first_and_due_labs_are_named(desk, patient, clinic, nurse, now):
    PatientFactory(clinic=clinic, family_name="Aaron", infusion_date=patient.infusion_date)
    value = TypedLab("anc", "0.4", "10^9/L", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)

    page = desk.get(ADDRESS).content.decode()

    assert page.index(str(patient.pk)) < page.index("Aaron")
    assert "High risk tier, Low neutrophils" in page
    assert "needed facts are missing" in page
    assert "No facts yet" in page
    assert 'data-label="Labs that are due">Blood count, Ferritin and CRP</td>' in page
    assert AuditEvent.objects.filter(action="risk.listed", clinic_id=clinic.pk).count() == 1


def test_a_column_that_would_hold_nothing_is_left_out(desk, patient):
    page = desk.get(ADDRESS).content.decode()

    assert re.findall(r'<th scope="col"[^>]*>([^<]*)<', page) == [
        *("Patient", "Labs that are due", "Facts", "Enter")
    ]


def test_more_patients_ask_no_more_statements(desk, clinic, patient):
    desk.get(ADDRESS)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(ADDRESS)
    PatientFactory.create_batch(5, clinic=clinic)

    with CaptureQueriesContext(connection) as many:
        desk.get(ADDRESS)

    assert len(many) == len(few)


def test_whoever_keeps_the_data_finds_the_tables(clinic, patient):
    client = Client()
    client.force_login(StaffFactory(clinic=clinic, role="administrator").user)

    page = client.get(ADDRESS).content.decode()

    assert "/api/v1/exports/labs.csv?clinic=" in page
    assert "/api/v1/exports/codebook.csv?clinic=" in page


def test_a_nurse_is_offered_no_table(desk, patient):
    assert "/api/v1/exports/" not in desk.get(ADDRESS).content.decode()


def test_patients_of_another_clinic_are_not_in_it(desk, other_clinic):
    stranger = PatientFactory(clinic=other_clinic)

    assert str(stranger.pk) not in desk.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    ("findings", "day", "is_due"),
    [("egfr", 0, True), ("egfr", 30, True), ("egfr", 31, False), ("ldh", 0, False), ("", 0, False)],
)
def test_labs_that_the_clinic_adds_are_due_for_whom_they_are_meant(
    desk, patient, clinic, nurse, now, findings, day, is_due
):
    document = default_document("car-t")
    next(one for one in document["additions"] if one["code"] == "kidneys")["active"] = True
    versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=now)
    patient.infusion_date = known.today_of(patient, now) - timedelta(days=day)
    patient.findings = findings
    patient.save(update_fields=["infusion_date", "findings"])

    page = desk.get(ADDRESS).content.decode()

    assert ("Creatinine" in page) is is_due


def test_added_lab_is_due_no_more_once_it_was_taken(desk, patient, clinic, nurse, now):
    document = default_document("car-t")
    next(one for one in document["additions"] if one["code"] == "kidneys")["active"] = True
    versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=now)
    value = TypedLab("creatinine", "2.4", "mg/dL", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    Patient.objects.filter(pk=patient.pk).update(findings="egfr")
    address = f"/console/patients/{patient.pk}/risk/"
    taken = "<li>Creatinine</li>"
    assert taken not in desk.get(address).content.decode()

    with time_machine.travel(now + timedelta(days=8), tick=False):
        later = Client()
        later.force_login(nurse)
        assert taken in later.get(address).content.decode()
