from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Patient
from clinic.rules.patients.facts import Problem, WrongFacts
from clinic.services.patients import enrolment, identity
from clinic.services.patients.enrolment import Enrolment
from clinic.services.patients.windows import TooShort
from tests import factories

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


def test_product_brings_its_target_however_it_is_written(clinic, nurse, now):
    patient = enrolment.enrol(
        clinic=clinic, by=nurse, enrolment=replace(WALTER, product="CARVYKTI®", target=""), now=now
    )

    assert (patient.product, patient.target) == ("cilta-cel", "BCMA")


def test_target_that_the_product_does_not_have_is_refused(clinic, nurse, now):
    with pytest.raises(WrongFacts) as refused:
        enrolment.enrol(clinic=clinic, by=nurse, enrolment=replace(WALTER, product="Carvykti"), now=now)

    assert refused.value.problems == {"target": Problem.TARGET_OF_PRODUCT}
    assert not Patient.objects.exists()


def test_another_product_needs_target_and_days_by_hand(clinic, nurse, now):
    with pytest.raises(WrongFacts) as refused:
        enrolment.enrol(
            clinic=clinic, by=nurse, enrolment=replace(WALTER, product="zevor-cel", target=""), now=now
        )
    told = replace(WALTER, product="zevor-cel", target="BCMA", near_centre_days=30, no_driving_days=60)
    patient = enrolment.enrol(clinic=clinic, by=nurse, enrolment=told, now=now)

    assert refused.value.problems == {
        "target": Problem.TARGET_NEEDED,
        "near_centre_days": Problem.DAYS_NEEDED,
        "no_driving_days": Problem.DAYS_NEEDED,
    }
    plan = patient.window_plans.get()
    assert (patient.product, plan.label, plan.near_centre_days, plan.no_driving_days) == (
        "zevor-cel",
        "",
        30,
        60,
    )


def test_another_product_is_planned_for_no_shorter_than_the_centre_asks(clinic, nurse, now):
    clinic.no_driving_days = 56
    clinic.save()
    told = replace(WALTER, product="zevor-cel", target="BCMA", near_centre_days=30, no_driving_days=14)

    with pytest.raises(TooShort):
        enrolment.enrol(clinic=clinic, by=nurse, enrolment=told, now=now)

    assert not Patient.objects.exists()


def test_hospital_number_is_one_however_it_is_written(clinic, other_clinic, nurse, other_nurse, now):
    first = replace(WALTER, hospital_number=" mrn-00 12 /")
    again = replace(WALTER, given_name="Ada", hospital_number="MRN-0012")

    patient = enrolment.enrol(clinic=clinic, by=nurse, enrolment=first, now=now)
    with pytest.raises(identity.NumberTaken) as refused:
        enrolment.enrol(clinic=clinic, by=nurse, enrolment=again, now=now)
    elsewhere = enrolment.enrol(clinic=other_clinic, by=other_nurse, enrolment=again, now=now)

    assert (patient.hospital_number, elsewhere.hospital_number) == ("MRN-0012", "MRN-0012")
    assert refused.value.patient_id == patient.pk


def test_the_database_lets_in_a_number_once(patient):
    patient.hospital_number = "MRN-1"
    patient.save(update_fields=["hospital_number"])

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.PatientFactory(clinic=patient.clinic, hospital_number="MRN-1")
    factories.PatientFactory.create_batch(2, clinic=patient.clinic, hospital_number="")


def test_second_record_of_a_person_is_asked_about_first(clinic, nurse, now):
    first = enrolment.enrol(clinic=clinic, by=nurse, enrolment=WALTER, now=now)
    swapped = replace(WALTER, given_name="réed", family_name="WALTER")

    with pytest.raises(identity.MayBeSame) as refused:
        enrolment.enrol(clinic=clinic, by=nurse, enrolment=swapped, now=now)
    enrolment.enrol(clinic=clinic, by=nurse, enrolment=swapped, now=now, known_others=frozenset({first.pk}))

    assert [one.id for one in refused.value.people] == [first.pk]
    assert Patient.objects.count() == 2


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
    kept = (
        "tier",
        "immune_risk",
        "neutropenia",
        "platelets_low",
        "masked_until",
        "minutes_to_centre",
        "nearest_emergency",
    )
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
