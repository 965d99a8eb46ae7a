"""Serious events are read again, by whoever answers alerts."""

from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, OutcomeReview
from clinic.models.outcome import ReviewVerdict
from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.outcomes import reviews
from tests import cases, factories

HOUR = timedelta(hours=1)


@pytest.fixture
def patient(clinic, now):
    return factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9))


@pytest.fixture
def admission(patient, nurse, now):
    return life_events.record(
        patient_id=patient.pk, kind=Kind.ADMITTED, by=nurse, at=now - 2 * HOUR, reason="Fever", now=now
    )


def review(event, by, now, verdict=ReviewVerdict.SEEN, note=""):
    return reviews.review(
        patient_id=event.patient_id, event_id=event.pk, verdict=verdict, note=note, by=by, now=now
    )


def test_event_stands_with_the_worst_report_of_the_three_days_before(patient, nurse, now):
    cases.escalate(patient, cases.FEVER, now - 80 * HOUR)
    cases.report_by_family(patient, cases.NAUSEA, now - 10 * HOUR)
    event = life_events.record(
        patient_id=patient.pk, kind=Kind.ADMITTED, by=nurse, at=now - 2 * HOUR, reason="", now=now
    )

    [one] = reviews.list_for(by=nurse, clinic_slug="", now=now).events

    assert (one.event, one.reports, one.review) == (event, 1, None)
    assert one.worst is not None and one.worst < Level.URGENT


def test_verdict_given_anew_takes_the_place_of_the_first(admission, nurse, now):
    review(admission, nurse, now)
    review(admission, nurse, now, ReviewVerdict.ANSWERED_LATE, "Forty minutes")

    assert OutcomeReview.objects.get().verdict == "answered_late"
    verdicts = AuditEvent.objects.filter(action="patient.event_reviewed").order_by("pk")
    assert [one.detail["verdict"] for one in verdicts] == ["seen", "answered_late"]


def test_those_that_nobody_has_read_again_stand_first(admission, patient, nurse, now):
    review(admission, nurse, now)
    life_events.record(
        patient_id=patient.pk, kind=Kind.DISCHARGED, by=nurse, at=now - HOUR, reason="", now=now
    )
    death = life_events.record(
        patient_id=patient.pk, kind=Kind.DIED, by=nurse, at=now - HOUR / 2, reason="", now=now
    )

    events = reviews.list_for(by=nurse, clinic_slug="", now=now).events

    assert [one.event for one in events] == [death, admission]


def test_only_admissions_and_deaths_that_stand_are_read_again(admission, patient, nurse, now):
    life_events.take_back(
        patient_id=patient.pk, event_id=admission.pk, by=nurse, reason="Somebody else", now=now
    )
    with pytest.raises(reviews.NothingToReview):
        review(admission, nurse, now)
    assert reviews.list_for(by=nurse, clinic_slug="", now=now).events == ()


def test_others_may_not(admission, clinic, other_nurse, now):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user
    with pytest.raises(NotAllowed):
        review(admission, administrator, now)
    with pytest.raises(NotVisible):
        review(admission, other_nurse, now)
    assert reviews.list_for(by=other_nurse, clinic_slug="", now=now).events == ()
