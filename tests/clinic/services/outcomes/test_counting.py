"""A clinic's figures from what is on record: who was watched, and what came before an event."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import OutcomeFigures
from clinic.models.outcome import ReviewVerdict
from clinic.queries.outcomes import followed_people, stored_figures
from clinic.rules.core.enums import Level
from clinic.rules.outcomes.competing_risks import First
from clinic.rules.outcomes.forms import Part
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import contacts, life_events, lifecycle
from clinic.services.outcomes import counting, recording, reviews
from tests import cases, factories

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def day_of(moment):
    """Where the patient is."""
    return moment.astimezone(ZoneInfo("America/New_York")).date()


@pytest.fixture
def patient(clinic, now):
    """Day 40, at home since day 1."""
    return factories.PatientFactory(
        clinic=clinic,
        infusion_date=day_of(now) - 40 * DAY,
        created_at=now - 39 * DAY,
        minutes_to_centre=90,
        birth_date=now.date() - 70 * 366 * DAY,
    )


@pytest.fixture
def event(patient, nurse, now):
    def event(kind, at):
        return life_events.record(
            patient_id=patient.pk, kind=kind, by=nurse, at=at, reason="So it was", now=now
        )

    return event


def only_person(clinic, now):
    [person] = followed_people.of_clinic(clinic, now=now)
    return person


def test_report_before_an_admission_is_seen_and_the_stay_is_not_at_home(
    clinic, patient, caregiver, nurse, event, now
):
    opened = cases.escalate(patient, cases.FEVER, now - 30 * HOUR)
    lifecycle.acknowledge(escalation_id=opened.pk, by=nurse, now=now - 29 * HOUR)
    event(Kind.ADMITTED, now - 20 * HOUR)
    event(Kind.DISCHARGED, now - 2 * HOUR)

    person = only_person(clinic, now)

    zero = now.astimezone(ZoneInfo(patient.time_zone)).replace(hour=0, minute=0) - 40 * DAY
    hours = (now - zero) / HOUR
    assert [round(span.start - hours, 3) for span in person.followed.at_home] == [-39 * 24, -2]
    assert [round(span.end - hours, 3) for span in person.followed.at_home] == [-20, 0]
    assert [(round(one.hour - hours, 3), one.level) for one in person.followed.reports] == [
        (-30, Level.URGENT)
    ]
    assert len(person.followed.eligible_hours) == 1
    [alarm] = person.followed.escalations
    assert "temp" in alarm.rules
    assert person.bands["distance"] == "over 60 minutes"


def test_planned_stay_is_no_serious_event_once_somebody_says_so(clinic, patient, nurse, event, now):
    admission = event(Kind.ADMITTED, now - 20 * HOUR)
    assert only_person(clinic, now).followed.serious_hours

    reviews.review(
        patient_id=patient.pk,
        event_id=admission.pk,
        verdict=ReviewVerdict.PLANNED,
        note="Line out",
        by=nurse,
        now=now,
    )

    assert not only_person(clinic, now).followed.serious_hours


def test_event_that_was_taken_back_never_was(clinic, patient, nurse, event, now):
    admission = event(Kind.ADMITTED, now - 20 * HOUR)
    life_events.take_back(
        patient_id=patient.pk, event_id=admission.pk, by=nurse, reason="Somebody else", now=now
    )

    assert not only_person(clinic, now).followed.stays


def test_death_counts_by_its_cause_and_place(clinic, patient, nurse, event, now):
    event(Kind.DIED, now - 3 * DAY)
    assert only_person(clinic, now).first.kind is First.DEATH
    assert only_person(clinic, now).followed.deaths_at_home == ()

    recording.record(
        patient_id=patient.pk,
        course=1,
        part=Part.DEATH,
        day=0,
        given={"cause": "disease", "place": "home"},
        replaces=None,
        by=nurse,
        now=now,
    )

    person = only_person(clinic, now)
    assert (person.first.kind, person.first.day, person.death_cause) == (First.RELAPSE, 37, "disease")
    assert len(person.followed.deaths_at_home) == 1


def test_relapse_on_a_form_counts_like_one_that_was_recorded(clinic, patient, nurse, now):
    assert (only_person(clinic, now).first.kind, only_person(clinic, now).first.day) == (First.NONE, 40)
    given = {
        "contact_on": patient.infusion_date + 31 * DAY,
        "progressed_on": patient.infusion_date + 25 * DAY,
    }
    recording.record(
        patient_id=patient.pk,
        course=1,
        part=Part.FOLLOW_UP,
        day=30,
        given=given,
        replaces=None,
        by=nurse,
        now=now,
    )

    person = only_person(clinic, now)
    assert (person.first.kind, person.first.day) == (First.RELAPSE, 25)
    assert (person.forms_due, person.forms_known) == (1, 1)


def test_call_that_reached_somebody_and_what_was_done_belong_to_the_alarm(clinic, patient, nurse, now):
    opened = cases.escalate(patient, cases.FEVER, now - 5 * HOUR)
    lifecycle.acknowledge(escalation_id=opened.pk, by=nurse, now=now - 4 * HOUR)
    contacts.log(
        escalation_id=opened.pk,
        by=nurse,
        member_id=None,
        who="Ann",
        reached=True,
        note="",
        now=now - 3 * HOUR,
    )
    lifecycle.resolve(escalation_id=opened.pk, by=nurse, outcome="clinic_visit", note="", now=now - 2 * HOUR)

    [alarm] = only_person(clinic, now).followed.escalations

    assert alarm.acted is True
    assert round((alarm.contact_hour or 0) - alarm.hour, 3) == 2


def test_drills_made_up_people_and_other_clinics_count_for_nothing(clinic, other_clinic, patient, now):
    factories.PatientFactory(clinic=other_clinic)
    factories.PatientFactory(clinic=clinic, is_synthetic=True, status="ended")
    report = cases.escalate(patient, cases.FEVER, now - 5 * HOUR).events.first().report
    type(report).objects.filter(pk=report.pk).update(is_drill=True)
    patient.escalations.update(is_drill=True)

    person = only_person(clinic, now)

    assert (person.followed.reports, person.followed.escalations) == ((), ())


def test_counted_once_a_day_and_kept_by_month(clinic, patient, now):
    assert counting.count_due(now=now) == 1
    assert counting.count_due(now=now + HOUR) == 0
    assert counting.count_due(now=now + DAY) == 1
    assert OutcomeFigures.objects.count() == 1
    counting.count_due(now=now + 31 * DAY)

    months = list(OutcomeFigures.objects.order_by("month").values_list("month", flat=True))
    assert len(months) == 2
    page = stored_figures.page_of(clinic, (clinic,), month=f"{months[0]:%Y-%m}", may_take_away=False)
    assert (page.month, page.people) == (months[0], 1)
    assert stored_figures.page_of(clinic, (clinic,), month="no month", may_take_away=False).month == months[1]


def test_counting_takes_as_many_queries_for_one_as_for_many(clinic, patient, nurse, now):
    counting.count(clinic=clinic, now=now)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as taken:
            counting.count(clinic=clinic, now=now)
        return len(taken)

    for_one = queries()
    for number in range(4):
        one = factories.PatientFactory(clinic=clinic, infusion_date=now.date() - (60 + number) * DAY)
        cases.escalate(one, cases.FEVER, now - HOUR)

    assert queries() == for_one
