"""Several tasks score what waits, at once, as in an hour in which everybody reports."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from clinic.models import Assessment, Escalation, EscalationEvent, Report
from clinic.services.escalations import scoring
from tests import cases, factories

pytestmark = pytest.mark.django_db(transaction=True)
TASKS, EACH = 3, 6


def test_tasks_at_once_score_each_report_once(clinic, other_clinic, now, caplog):
    reports = [
        factories.ReportFactory(
            patient=factories.PatientFactory(clinic=(clinic, other_clinic)[number % 2]),
            answers=cases.FEVER_AND_CONFUSION,
            received_at=now + timedelta(milliseconds=number),
        )
        for number in range(TASKS * EACH)
    ]
    together = threading.Barrier(TASKS)

    def task(first):
        try:
            together.wait()
            scoring.score_with_waiting(report_id=first.pk, now=now + timedelta(seconds=1))
        finally:
            connection.close()

    threads = [threading.Thread(target=task, args=[first]) for first in reports[::EACH]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Report.objects.filter(state="scored")) == set(reports)
    counts = (Assessment.objects.count(), Escalation.objects.count())
    assert counts == (len(reports), len(reports))
    assert EscalationEvent.objects.filter(kind="opened").count() == len(reports)
    assert not [record for record in caplog.records if "cannot be scored" in record.getMessage()]
