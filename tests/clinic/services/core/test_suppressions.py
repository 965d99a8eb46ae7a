"""A page that does not go out leaves a row."""

from datetime import timedelta

import pytest
from django.db import transaction

from clinic.models import Escalation, Suppression
from clinic.models.escalation import Cause
from clinic.rules.core.enums import Level
from clinic.services.escalations import lifecycle
from clinic.services.patients import enrolment
from tests import factories


@pytest.fixture
def person(clinic):
    return factories.OnCallFactory(staff__clinic=clinic, position=0).staff


@pytest.mark.parametrize(("taken", "rule"), [(False, "already_paging"), (True, "already_held")])
def test_second_urgent_report_pages_nobody_anew_on_record(escalate, person, nurse, now, taken, rule):
    escalation = escalate()
    if taken:
        lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    escalate(at=now + timedelta(minutes=3))

    row = Suppression.objects.get()
    assert (row.rule, row.would_page, row.escalation) == (rule, person, escalation)
    assert escalation.pages.count() == 1


def test_lower_report_would_have_paged_nobody(escalate, person, now):
    escalate()

    escalate({"temp_value": "36.8", "temp_unit": "C"}, at=now + timedelta(minutes=3))

    assert Suppression.objects.count() == 0


def test_missed_check_in_of_a_paused_patient_opens_nothing_on_record(patient, nurse, now):
    paused = enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(days=1), reason="In hospital", now=now
    )

    with transaction.atomic():
        opened = lifecycle.open_for_cause(
            patient=paused, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now
        )

    assert (opened, Escalation.objects.count()) == (None, 0)
    row = Suppression.objects.get()
    assert (row.rule, row.patient, row.would_page) == ("paused", patient, None)
