"""What a family reads about the use of its reports equals the record."""

from datetime import timedelta

from caregiver.queries.household import report_counts
from clinic.models import Escalation
from clinic.services.escalations import contacts, lifecycle
from tests import cases, factories


def test_counts_reports_of_the_week_and_those_that_led_to_a_call(patient, caregiver, nurse, stranger, now):
    factories.ReportFactory(patient=patient, author=caregiver, received_at=now - timedelta(days=8))
    factories.ReportFactory(patient=patient, author=caregiver, received_at=now - timedelta(days=6))
    factories.ReportFactory(patient=patient, author=caregiver, received_at=now, is_drill=True)
    factories.ReportFactory(patient=stranger.care_links.get().patient, author=stranger, received_at=now)
    for day, text in ((3, "Carla"), (2, ""), (1, None)):
        at = now - timedelta(days=day)
        cases.report_by_family(patient, cases.FEVER, at)
        escalation = Escalation.objects.get(opened_at=at)
        lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=at)
        if text:
            contacts.log(
                escalation_id=escalation.pk, by=nurse, member_id=None, who=text, reached=True, note="", now=at
            )
        if text is not None:
            lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="advice_given", note="", now=at)

    found = report_counts.of_family(by=caregiver, now=now)

    assert (found.sent, found.called) == (4, 2)


def test_report_that_was_changed_counts_once(patient, caregiver, now):
    first = factories.ReportFactory(patient=patient, author=caregiver, received_at=now)
    factories.ReportFactory(patient=patient, author=caregiver, received_at=now, corrects=first)

    assert report_counts.of_family(by=caregiver, now=now).sent == 1


def test_nobody_to_look_after_has_nothing_to_count(nurse, now):
    assert report_counts.of_family(by=nurse, now=now) == report_counts.ReportCounts(0, 0)
