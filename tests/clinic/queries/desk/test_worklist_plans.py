"""A first page costs its own rows, however many wait: PostgreSQL reads it in the order of an index."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from clinic.api.cursors import WorstFirst
from clinic.models import Escalation, Patient
from clinic.queries.desk import worklist_statements
from clinic.queries.desk.worklist_statements import WAITING_SHOWN, ListView
from clinic.queries.escalations import listing
from tests import databases

pytestmark = pytest.mark.skipif(not databases.is_postgres(), reason="a plan of PostgreSQL")
OPEN = 1_000
# A page and its lookahead, with what the index's last step reads beyond.
A_PAGE = 60


@pytest.fixture
def crowd(clinic, now):
    """A thousand patients wait, and PostgreSQL knows how many there are."""
    patients = Patient.objects.bulk_create(
        Patient(
            clinic=clinic,
            given_name=f"Given {n}",
            family_name=f"Family {n}",
            infusion_date=now.date(),
            product="axi-cel",
            target="CD19",
        )
        for n in range(OPEN)
    )
    Escalation.objects.bulk_create(
        Escalation(
            clinic=clinic,
            patient=patient,
            level="same_day",
            severity=2,
            opened_at=now - timedelta(minutes=n),
            waiting_since=now - timedelta(minutes=n),
        )
        for n, patient in enumerate(patients)
    )
    with databases.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE clinic_escalation, clinic_patient")


def most_rows(rows):
    """The most that one step of the plan reads of alarms or of patients."""
    [plan] = json.loads(rows.explain(analyze=True, format="json"))
    return max(steps(plan["Plan"]))


def steps(plan):
    if plan.get("Relation Name") in ("clinic_escalation", "clinic_patient"):
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for below in plan.get("Plans", ()):
        yield from steps(below)


@pytest.mark.parametrize("state", ["open", None])
def test_page_of_the_api_reads_no_more_than_itself(crowd, nurse, state):
    rows = listing.escalations(nurse, state=state).order_by(*WorstFirst.ordering)

    assert WorstFirst.page_size < most_rows(rows[: WorstFirst.page_size + 1]) <= A_PAGE


def test_console_reads_no_more_than_it_shows(crowd, clinic):
    rows = worklist_statements.waiting([clinic.pk], ListView())[:WAITING_SHOWN]

    assert WAITING_SHOWN <= most_rows(rows) <= A_PAGE
