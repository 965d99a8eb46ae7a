"""The clinic's list: who waits for an answer, whose labs are due, and the tables for analysis."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from clinic.queries.risk import known
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
    assert "Due: Blood count, Ferritin and CRP" in page
    assert AuditEvent.objects.filter(action="risk.listed", clinic_id=clinic.pk).count() == 1


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
