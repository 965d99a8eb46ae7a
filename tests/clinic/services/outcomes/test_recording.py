"""What became of somebody is stored once, corrected in the open, and asked when it is due."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, OutcomeRecord
from clinic.queries.outcomes import forms_due
from clinic.rules.outcomes.forms import Part, Problem
from clinic.rules.outcomes.time_points import State
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.outcomes import due, recording
from clinic.services.outcomes.recording import ChangedMeanwhile, NotAsked, WrongAnswers
from tests import factories

DAY = timedelta(days=1)


def day_of(moment):
    """Where the patient is."""
    return moment.astimezone(ZoneInfo("America/New_York")).date()


@pytest.fixture
def patient(clinic, now):
    """Day 40."""
    return factories.PatientFactory(
        clinic=clinic, infusion_date=day_of(now) - 40 * DAY, created_at=now - 39 * DAY
    )


@pytest.fixture
def record(patient, nurse, now):
    def record(*, part=Part.FOLLOW_UP, day=30, replaces=None, by=nurse, at=now, **given):
        given = {"contact_on": patient.infusion_date + 31 * DAY} | given if part is Part.FOLLOW_UP else given
        return recording.record(
            patient_id=patient.pk, course=1, part=part, day=day, given=given, replaces=replaces, by=by, now=at
        )

    return record


def states(patient, now):
    [course] = forms_due.of_patient(patient, now=now)
    return {(form.part.value, form.day): form.state for form in course.forms}


def test_form_is_due_then_on_record_with_who_and_when(record, patient, nurse, now):
    assert states(patient, now) == {("follow_up", 30): State.LATE}

    made = record(crs_grade="2", crs_onset=patient.infusion_date + 2 * DAY)

    assert made.answers["crs_grade"] == "2"
    assert states(patient, now) == {("follow_up", 30): State.RECORDED}
    event = AuditEvent.objects.get(action="patient.outcome_recorded")
    assert (event.actor_id, event.patient_id, event.detail["day"]) == (nurse.pk, patient.pk, 30)
    assert "2" not in str(event.detail.values()).replace("30", "")


def test_sent_twice_it_is_stored_once(record):
    assert record(crs_grade="1") == record(crs_grade="1")
    assert OutcomeRecord.objects.count() == 1


def test_correction_names_what_it_replaces_and_both_stay(record):
    first = record(crs_grade="1")
    with pytest.raises(ChangedMeanwhile) as refused:
        record(crs_grade="2")
    assert refused.value.record == first

    second = record(crs_grade="2", replaces=first.pk)

    assert list(forms_due.standing(OutcomeRecord.objects.all())) == [second]
    assert OutcomeRecord.objects.count() == 2
    with pytest.raises(ChangedMeanwhile):
        record(crs_grade="3", replaces=first.pk)


def test_form_is_begun_once_by_a_rule_of_the_database(record, patient, nurse, now):
    record()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutcomeRecord.objects.create(
            patient=patient, course_number=1, part="follow_up", day=30, recorded_at=now, recorded_by=nurse
        )


def test_wrong_answers_store_nothing(record, now):
    with pytest.raises(WrongAnswers) as wrong:
        record(contact_on=now.date() + 3 * DAY)
    assert wrong.value.problems == {"contact_on": Problem.AHEAD}
    assert not OutcomeRecord.objects.exists()


@pytest.mark.parametrize(("part", "day"), [(Part.FOLLOW_UP, 100), (Part.FOLLOW_UP, 31), (Part.DEATH, 0)])
def test_what_is_not_asked_is_refused(record, part, day):
    with pytest.raises(NotAsked):
        record(part=part, day=day, cause="unknown")


def test_contact_in_the_window_before_the_day_counts(clinic, nurse, now):
    early = factories.PatientFactory(clinic=clinic, infusion_date=day_of(now) - 24 * DAY)
    given = {"contact_on": now.date() - DAY}
    recording.record(
        patient_id=early.pk,
        course=1,
        part=Part.FOLLOW_UP,
        day=30,
        given=given,
        replaces=None,
        by=nurse,
        now=now,
    )

    assert states(early, now + 10 * DAY) == {("follow_up", 30): State.RECORDED}


def test_death_asks_for_its_form_and_ends_the_others(record, patient, nurse, now):
    event = life_events.record(
        patient_id=patient.pk, kind=Kind.DIED, by=nurse, at=now - DAY, reason="", now=now
    )
    assert states(patient, now + 200 * DAY) == {("follow_up", 30): State.MISSING, ("death", 0): State.DUE}
    assert record(part=Part.DEATH, day=0, cause="infection", place="home").day == 0
    assert states(patient, now)["death", 0] is State.RECORDED

    life_events.take_back(patient_id=patient.pk, event_id=event.pk, by=nurse, reason="Mistake", now=now)
    assert ("death", 0) not in states(patient, now)


def test_second_infusion_is_asked_about_by_itself(record, patient, nurse, now):
    record(crs_grade="1")
    life_events.record(patient_id=patient.pk, kind=Kind.INFUSED, by=nurse, at=now, reason="Relapse", now=now)
    patient.refresh_from_db()

    last, first = forms_due.of_patient(patient, now=now + 32 * DAY)

    assert [(one.day, one.state) for one in first.forms] == [(30, State.RECORDED)]
    assert [(one.day, one.state) for one in last.forms] == [(30, State.DUE)]
    assert forms_due.answers_of(patient, last.course, Part.FOLLOW_UP, 30) == (None, {})


def test_next_form_begins_with_what_is_known(record, patient, nurse, now):
    life_events.record(
        patient_id=patient.pk, kind=Kind.RELAPSED, by=nurse, at=now - 5 * DAY, reason="", now=now
    )
    record(crs_grade="2", tocilizumab_doses=1, response="partial")

    [course] = forms_due.of_patient(patient, now=now)
    _none, known = forms_due.answers_of(patient, course.course, Part.FOLLOW_UP, 100)

    assert known == {
        "crs_grade": "2",
        "tocilizumab_doses": 1,
        "progressed_on": (day_of(now) - 5 * DAY).isoformat(),
    }


def test_clinics_list_has_the_late_ones_first_and_nobody_of_another(
    record, patient, clinic, other_clinic, nurse, now
):
    fresh = factories.PatientFactory(clinic=clinic, infusion_date=day_of(now) - 31 * DAY)
    old = factories.PatientFactory(clinic=clinic, infusion_date=day_of(now) - 99 * DAY)
    factories.PatientFactory(clinic=other_clinic, infusion_date=day_of(now) - 31 * DAY)
    factories.PatientFactory(
        clinic=clinic, infusion_date=day_of(now) - 31 * DAY, is_synthetic=True, status="ended"
    )

    found = due.list_for(by=nurse, clinic_slug="", now=now).due

    assert [one.patient for one in found.rows] == [patient, fresh, old]
    assert found.counts == {State.LATE: 1, State.DUE: 1, State.MISSING: 1}
    record()
    assert [one.patient for one in due.list_for(by=nurse, clinic_slug="", now=now).due.rows] == [fresh, old]


def test_others_neither_see_nor_write(record, other_nurse, caregiver, clinic, patient, now):
    educator = factories.StaffFactory(clinic=clinic, role="educator").user
    for person in (other_nurse, educator):
        with pytest.raises((NotVisible, NotAllowed)):
            record(by=person)
        with pytest.raises((NotVisible, NotAllowed)):
            recording.overview(patient_id=patient.pk, by=person, now=now)
    assert not OutcomeRecord.objects.exists()


def test_answers_are_days_as_text(record):
    stored = record(crs_grade="1").answers
    assert date.fromisoformat(stored["contact_on"])
