"""The list of a bad night: 200 open, and what one change of it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.models import Assessment, Escalation, EscalationEvent, Page, Report, User
from tests import cases, factories

SECOND = timedelta(seconds=1)
HTMX = {"HX-Request": "true"}
OPEN = 200
# The same for 3 and for 200; written down so that one more is a decision.
STATEMENTS_OF_THE_LIST = 30
STATEMENTS_OF_A_ROW = 16
LIST_BYTES = 60_000
ROW_BYTES = 8_000


@pytest.fixture(scope="module")
def night(for_the_whole_file):
    """200 patients of one clinic wait: three real reports, and copies of what they led to."""
    with for_the_whole_file():
        clinic = factories.ClinicFactory(slug="night", name="Night Clinic")
        nurse = factories.StaffFactory(clinic=clinic, user__name="Nora Nurse")
        now = timezone.now()
        for many, answers in ((60, cases.FEVER_AND_CONFUSION), (70, cases.FEVER), (70, cases.NAUSEA)):
            patient = factories.PatientFactory(clinic=clinic)
            escalation = cases.escalate(patient, answers, now - timedelta(hours=2))
            copy(escalation, many - 1)
        rows = Escalation.objects.filter(clinic=clinic)
        Page.objects.bulk_create(
            Page(
                escalation=row,
                number=9,
                staff=nurse,
                state="sent",
                due_at=now,
                sent_at=now,
                taken_at=now,
            )
            for row in rows
        )
        assert rows.count() == OPEN
        yield nurse.user.pk


def copy(escalation, times):
    """More patients with the same report, scored alike."""
    event = escalation.events.get(kind="opened")
    for n in range(times):
        patient = factories.PatientFactory(
            clinic=escalation.clinic, given_name=f"Maximilian{n}x", family_name=f"Featherstone{n}y"
        )
        moment = {"opened_at": escalation.opened_at, "waiting_since": escalation.waiting_since + n * SECOND}
        row = factories.EscalationFactory(
            patient=patient, level=escalation.level, severity=escalation.severity, **moment
        )
        report = factories.ReportFactory(
            patient=patient, answers=event.report.answers, protocol_version=event.report.protocol_version
        )
        Report.objects.filter(pk=report.pk).update(state="scored", scored_at=report.received_at)
        of = event.report.assessment
        Assessment.objects.create(
            report=report,
            level=of.level,
            reasons=of.reasons,
            protocol_version=of.protocol_version,
            inputs=of.inputs,
        )
        EscalationEvent.objects.create(
            escalation=row, kind="opened", at=row.waiting_since, level=event.level, report=report
        )


@pytest.fixture
def console(night):
    client = Client()
    client.force_login(User.objects.get(pk=night))
    client.get("/console/")
    return client


def read(console, address):
    with CaptureQueriesContext(connection) as seen:
        answer = console.get(address, headers=HTMX)
    assert answer.status_code == 200
    return answer.content.decode(), len(seen)


def test_list_of_200_is_small_and_takes_as_many_statements_as_ever(console):
    page, statements = read(console, "/console/worklist/")

    assert page.count("data-waiting-row") == 41
    assert f'data-waiting="{OPEN}"' in page
    assert len(page.encode()) <= LIST_BYTES
    assert statements == STATEMENTS_OF_THE_LIST


def test_change_of_one_row_brings_that_row_alone(console):
    row = Escalation.objects.order_by("-severity", "waiting_since").first()

    page, statements = read(console, f"/console/worklist/?rows={row.pk}")

    assert page.count("data-row ") == 1
    assert f'data-id="{row.pk}"' in page
    assert len(page.encode()) <= ROW_BYTES
    assert statements == STATEMENTS_OF_A_ROW
