"""What a family is told of a report that came as staff expected: received, and nobody looks at it."""

from datetime import timedelta

import pytest

from caregiver.queries.household import report_counts, reports
from clinic.services.escalations import lifecycle
from clinic.services.escalations.known import Expected
from tests import cases

SLOWER = {"temp_value": "36.8", "temp_unit": "C", "confusion": 1}


@pytest.fixture
def expected_again(patient, caregiver, nurse, now):
    """The first report was taken and closed; the second came as expected."""
    escalation = cases.escalate(patient, SLOWER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.resolve(
        escalation_id=escalation.pk,
        by=nurse,
        outcome="advice_given",
        note="Known since the ward",
        expected=[Expected("confusion", now + timedelta(hours=24))],
        now=now + timedelta(minutes=5),
    )
    return cases.report_by_family(patient, SLOWER, now + timedelta(hours=10))


def test_expected_report_is_not_told_as_seen_or_closed(expected_again, caregiver):
    told = reports.progress_by_id(by=caregiver, report_id=expected_again.pk)

    assert (told.code, told.is_watched, told.seen_at, told.closed_at) == ("received", False, None, None)


def test_call_before_an_expected_report_does_not_count_as_its_answer(expected_again, caregiver, now):
    found = report_counts.of_family(by=caregiver, now=now + timedelta(hours=11))

    assert (found.sent, found.called) == (2, 1)
