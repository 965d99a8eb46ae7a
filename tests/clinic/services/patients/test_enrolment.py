from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Patient, Reminder
from clinic.models.patient import MoveReason
from clinic.services.checkins import plan
from clinic.services.patients import enrolment
from clinic.services.patients.enrolment import Enrolment

WALTER = Enrolment(
    given_name="Walter",
    family_name="Reed",
    infusion_date=date(2026, 11, 17),
    product="axi-cel",
    target="CD19",
    birth_date=date(1960, 3, 2),
)


def test_enrol_takes_the_clinics_zone_and_is_audited(clinic, nurse, now):
    patient = enrolment.enrol(clinic=clinic, by=nurse, enrolment=WALTER, now=now)

    assert (patient.clinic, patient.time_zone, patient.status) == (clinic, "America/New_York", "preparing")
    assert AuditEvent.objects.get(action="patient.enrolled").patient_id == patient.pk


def test_enrol_at_another_clinic_is_not_allowed(clinic, other_nurse, now):
    with pytest.raises(NotAllowed):
        enrolment.enrol(clinic=clinic, by=other_nurse, enrolment=WALTER, now=now)

    assert Patient.objects.count() == 0


def test_pause_ends_by_itself(patient, nurse, now):
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(hours=2), reason="admitted", now=now
    )

    early = enrolment.end_pauses(now=now + timedelta(hours=1))
    over = enrolment.end_pauses(now=now + timedelta(hours=2))

    patient.refresh_from_db()
    assert (early, over) == (0, 1)
    assert (patient.status, patient.paused_until, patient.pause_reason) == ("active", None, "")
    assert AuditEvent.objects.get(action="patient.resumed").actor_kind == "system"


def test_resume_early(patient, nurse, now):
    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(days=2), reason="admitted", now=now
    )

    assert enrolment.resume_monitoring(patient_id=patient.pk, by=nurse, now=now).status == "active"


@pytest.mark.parametrize(
    ("hours", "reason"), [(0, "admitted"), (-1, "admitted"), (2, "  ")], ids=["now", "past", "no reason"]
)
def test_pause_needs_an_end_ahead_and_a_reason(patient, nurse, now, hours, reason):
    with pytest.raises(enrolment.PauseNeedsEnd):
        enrolment.pause_monitoring(
            patient_id=patient.pk, by=nurse, until=now + timedelta(hours=hours), reason=reason, now=now
        )


def test_pause_that_no_database_can_read_back_is_refused(patient, nurse, now):
    """A slip of the year. In UTC this one is the year 10000, which no page could read any more."""
    end = datetime(9999, 12, 31, 23, 59, tzinfo=ZoneInfo("America/New_York"))

    with pytest.raises(enrolment.PauseNeedsEnd):
        enrolment.pause_monitoring(patient_id=patient.pk, by=nurse, until=end, reason="in hospital", now=now)

    assert Patient.objects.get(pk=patient.pk).status == "active"


def test_others_may_not_pause_and_the_attempt_is_audited(patient, other_nurse, caregiver, now):
    until = now + timedelta(hours=2)

    with pytest.raises(NotVisible):
        enrolment.pause_monitoring(patient_id=patient.pk, by=other_nurse, until=until, reason="x", now=now)
    with pytest.raises(NotAllowed):
        enrolment.pause_monitoring(patient_id=patient.pk, by=caregiver, until=until, reason="x", now=now)

    assert AuditEvent.objects.get(action="access.denied").actor_id == other_nurse.pk


@pytest.mark.parametrize("born", [date(2008, 11, 22), None], ids=["17 years", "unknown"])
def test_nobody_is_enrolled_whom_the_protocol_is_not_made_for(clinic, nurse, now, born):
    """It is still 21 November where the clinic is, the day before the eighteenth birthday."""
    with pytest.raises(enrolment.TooYoung) as refused:
        enrolment.enrol(clinic=clinic, by=nurse, enrolment=replace(WALTER, birth_date=born), now=now)

    assert (refused.value.minimum_age, Patient.objects.count()) == (18, 0)


def test_eighteenth_birthday_is_old_enough(clinic, nurse, now):
    enrolment.enrol(
        clinic=clinic, by=nurse, enrolment=replace(WALTER, birth_date=date(2008, 11, 21)), now=now
    )

    assert Patient.objects.count() == 1


def test_moving_day_0_rewrites_what_is_to_come_and_says_who_and_why(patient, caregiver, nurse, now):
    """Day 4 becomes day 2 in the same phase, then day 31 in a slower one."""
    plan.plan_all(now=now - timedelta(days=1))
    past = list(patient.checkins.filter(due_at__lt=now).values_list("pk", "state"))

    enrolment.move_infusion(
        patient_id=patient.pk, by=nurse, to=date(2026, 11, 19), reason=MoveReason.POSTPONED, now=now
    )
    same = patient.checkins.filter(due_at__gte=now, state="planned").count()
    enrolment.move_infusion(
        patient_id=patient.pk, by=nurse, to=date(2026, 10, 21), reason=MoveReason.MISTAKE, now=now
    )

    assert same == 4
    ahead = patient.checkins.filter(due_at__gte=now)
    assert set(ahead.values_list("state", flat=True)) == {"dropped"}
    assert not Reminder.objects.filter(checkin__in=ahead, state="planned").exists()
    assert list(patient.checkins.filter(due_at__lt=now).values_list("pk", "state")) == past
    rows = AuditEvent.objects.filter(action="patient.infusion_moved").order_by("pk")
    assert [(row.actor_id, row.detail) for row in rows] == [
        (nurse.pk, {"from": "2026-11-17", "to": "2026-11-19", "reason": "postponed"}),
        (nurse.pk, {"from": "2026-11-19", "to": "2026-10-21", "reason": "mistake"}),
    ]


def test_preparing_patient_cannot_be_paused_into_monitoring(patient, nurse, now):
    patient.status = "preparing"
    patient.save(update_fields=["status"])

    with pytest.raises(enrolment.NotMonitored):
        enrolment.pause_monitoring(
            patient_id=patient.pk, by=nurse, until=now + timedelta(hours=1), reason="x", now=now
        )

    patient.refresh_from_db()
    assert patient.status == "preparing"


def facts_of(patient, **changes):
    kept = ("tier", "immune_risk", "neutropenia", "platelets_low", "masked_until", "minutes_to_centre")
    return enrolment.RiskFacts(**{**{name: getattr(patient, name) for name in kept}, **changes})


def test_changed_facts_are_kept_and_the_trail_names_only_what_changed(patient, nurse, now):
    told = facts_of(patient, tier="high", neutropenia=True, masked_until=date(2026, 12, 1))

    enrolment.change_facts(patient_id=patient.pk, by=nurse, facts=told, now=now)

    patient.refresh_from_db()
    assert facts_of(patient) == told
    assert AuditEvent.objects.get(action="patient.facts_changed").detail == {
        "tier": {"from": "standard", "to": "high"},
        "neutropenia": {"from": False, "to": True},
        "masked_until": {"from": None, "to": "2026-12-01"},
    }


def test_nothing_changed_leaves_no_row(patient, nurse, now):
    enrolment.change_facts(patient_id=patient.pk, by=nurse, facts=facts_of(patient), now=now)

    assert not AuditEvent.objects.filter(action="patient.facts_changed").exists()


def test_fever_is_not_hidden_for_years(patient, nurse, now):
    told = facts_of(patient, masked_until=date(2027, 12, 1))

    with pytest.raises(enrolment.MaskTooLong):
        enrolment.change_facts(patient_id=patient.pk, by=nurse, facts=told, now=now)

    patient.refresh_from_db()
    assert patient.masked_until is None


def test_only_the_patients_own_clinic_changes_facts(patient, caregiver, other_nurse, now):
    for person in (caregiver, other_nurse):
        with pytest.raises((NotVisible, NotAllowed)):
            enrolment.change_facts(
                patient_id=patient.pk, by=person, facts=facts_of(patient, tier="high"), now=now
            )
