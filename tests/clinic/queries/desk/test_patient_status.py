from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Checkin
from clinic.models.patient import PatientStatus
from clinic.queries.desk import patient_panel, patient_status, timeline
from clinic.queries.protocols.versions import current_rules
from clinic.rules.checkins.schedule import slots_between
from clinic.services.escalations import leases, lifecycle
from tests import cases, factories

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def status(patient, now):
    return patient_status.of_patient(patient=patient, now=now)


def test_patient_of_whom_nothing_is_known_yet(patient, now):
    Checkin.objects.filter(patient=patient).delete()

    found = status(patient, now)

    assert (found.open, found.last_report_at, found.last_level, found.is_overdue) == (None, None, None, False)


def test_next_check_in_is_known_before_it_is_planned_and_only_while_at_home(patient, now):
    Checkin.objects.filter(patient=patient).delete()
    protocol = current_rules(patient.clinic)
    later = now + 48 * HOUR

    [first, *_] = slots_between(
        protocol,
        patient.infusion_date,
        ZoneInfo(patient.time_zone),
        later,
        later + 24 * 40 * HOUR,
        additions=(),
    )
    assert status(patient, now).next_due_at == first

    patient.status = PatientStatus.PAUSED
    assert status(patient, now).next_due_at is None


def test_open_alert_says_who_has_it_and_until_when_it_is_set_aside(patient, nurse, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    assert (status(patient, now).open.level, status(patient, now).open.taken_by) == ("urgent", "")

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    leases.snooze(escalation_id=escalation.pk, by=nurse, until=now + 5 * MINUTE, reason="Calls back", now=now)

    found = status(patient, now).open
    assert (found.taken_by, found.set_aside_until) == ("Nora Nurse", now + 5 * MINUTE)


def test_last_report_and_what_is_due_next(patient, now):
    Checkin.objects.filter(patient=patient).delete()
    cases.report_by_family(patient, cases.NAUSEA, now - HOUR)
    factories.ReportFactory(patient=patient, received_at=now, is_drill=True)
    Checkin.objects.filter(patient=patient).delete()
    for hours in (5, 2):
        Checkin.objects.create(patient=patient, due_at=now + hours * HOUR)

    found = status(patient, now)

    assert (found.last_report_at, found.last_level) == (now - HOUR, "watch")
    assert (found.next_due_at, found.is_overdue) == (now + 2 * HOUR, False)
    assert status(patient, now + 3 * HOUR).is_overdue is True


def test_page_takes_as_many_statements_for_forty_reports_as_for_one(patient, nurse, now):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            patient_panel.panel(user=nurse, patient_id=patient.pk, older_than="", days=0, now=now)
        return len(seen)

    cases.report_by_family(patient, cases.NAUSEA, now - 50 * HOUR)
    statements()
    one = statements()
    for hours in range(40):
        factories.ReportFactory(patient=patient, received_at=now - hours * HOUR)

    assert statements() == one


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("reports", {"Report"}),
        ("alerts", {"Opened"}),
        ("texts", set()),
        ("nothing of ours", {"Report", "Opened"}),
    ],
)
def test_what_has_happened_can_be_read_one_kind_at_a_time(patient, now, kind, labels):
    cases.escalate(patient, cases.FEVER, now)

    found = timeline.of_patient(patient=patient, language="en", older_than="", kind=kind)

    assert {one.label for one in found.entries} == labels
    assert found.kind == ("" if kind == "nothing of ours" else kind)


def test_one_kind_goes_on_where_its_page_ended(patient, now):
    for hours in range(5):
        cases.report_by_family(patient, cases.FEVER, now - hours * HOUR)

    first = timeline.of_patient(patient=patient, language="en", older_than="", size=3, kind="reports")
    rest = timeline.of_patient(patient=patient, language="en", older_than=first.older, size=3, kind="reports")

    assert [one.at for one in (*first.entries, *rest.entries)] == [now - hours * HOUR for hours in range(5)]
