"""Plans of staying near the centre and not driving."""

from datetime import date, timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Patient, WindowPlan
from clinic.queries.patients import windows as query
from clinic.rules.patients.windows import WindowDays
from clinic.services.patients import enrolment, windows
from tests import factories

ENROLMENT = {
    "given_name": "Ada",
    "family_name": "Newman",
    "target": "CD19",
    "birth_date": date(1960, 3, 2),
}


def enrol(clinic, nurse, now, *, product="axi-cel", infused=date(2026, 11, 20)):
    told = enrolment.Enrolment(**ENROLMENT, product=product, infusion_date=infused)
    others = frozenset(Patient.objects.values_list("pk", flat=True))
    return enrolment.enrol(clinic=clinic, by=nurse, enrolment=told, now=now, known_others=others)


def days_of(plan):
    return WindowDays(plan.near_centre_days, plan.no_driving_days)


def test_enrolment_plans_by_the_label_of_the_infusion_day(clinic, nurse, now):
    assert days_of(enrol(clinic, nurse, now).window_plans.get()) == WindowDays(14, 14)
    old = enrol(clinic, nurse, now, infused=date(2025, 6, 20))
    assert days_of(old.window_plans.get()) == WindowDays(28, 56)


def test_stricter_centre_counts(clinic, nurse, now):
    clinic.near_centre_days = 30
    clinic.save()

    assert days_of(enrol(clinic, nurse, now).window_plans.get()) == WindowDays(30, 14)


def test_product_that_was_never_under_the_programme_has_the_days_of_its_own_label(clinic, nurse, now):
    assert days_of(enrol(clinic, nurse, now, product="obe-cel").window_plans.get()) == WindowDays(28, 56)


def test_product_from_before_the_catalogue_is_planned_by_a_person(clinic, nurse, now):
    patient = factories.PatientFactory(clinic=clinic, product="zevor-cel", infusion_date=date(2026, 11, 20))

    assert query.countdowns_of(patients=[patient], now=now) == {patient.pk: ()}
    windows.replan(patient_id=patient.pk, by=nurse, days=WindowDays(28, 56), now=now)
    assert [one.days_left for one in query.countdowns_of(patients=[patient], now=now)[patient.pk]] == [27, 55]


@pytest.mark.parametrize(
    "spelling", ["Yescarta", " AXI CEL", "axicabtagene ciloleucel", "axi-cel (Yescarta®)"]
)
def test_label_is_found_however_the_product_was_written(patient, spelling, now):
    patient.product = spelling

    assert [one.last_day for one in query.countdowns_of(patients=[patient], now=now)[patient.pk]] == [
        date(2026, 12, 1)
    ] * 2


def test_new_label_changes_no_running_plan_until_a_clinician_plans_anew(clinic, nurse, now):
    patient = factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 11, 20))
    old = {"label": "us-rems", "near_centre_days": 28, "no_driving_days": 56}
    WindowPlan.objects.create(patient=patient, made_at=now, made_by=nurse, **old)

    before = query.countdowns_of(patients=[patient], now=now)[patient.pk]
    plan = windows.replan(
        patient_id=patient.pk, by=nurse, days=WindowDays(14, 14), now=now + timedelta(hours=1)
    )
    after = query.countdowns_of(patients=[patient], now=now)[patient.pk]

    assert [one.last_day for one in before] == [date(2026, 12, 18), date(2027, 1, 15)]
    assert [one.last_day for one in after] == [date(2026, 12, 4)] * 2
    assert plan.label == "us-2025-06"
    assert AuditEvent.objects.get(action="patient.windows_planned").detail == {"label": "us-2025-06"}


def test_patient_from_before_plans_has_the_label_of_the_infusion_day(patient, now):
    assert [one.last_day for one in query.countdowns_of(patients=[patient], now=now)[patient.pk]] == [
        date(2026, 12, 1)
    ] * 2


def test_plan_below_label_or_centre_is_refused(clinic, nurse, patient, now):
    clinic.no_driving_days = 56
    clinic.save()

    with pytest.raises(windows.TooShort) as refused:
        windows.replan(patient_id=patient.pk, by=nurse, days=WindowDays(14, 55), now=now)

    assert refused.value.least == WindowDays(14, 56)
    assert not WindowPlan.objects.exists()


def test_only_who_manages_patients_plans(clinic, other_nurse, patient, caregiver, now):
    for outsider, problem in ((other_nurse, NotVisible), (caregiver, NotAllowed)):
        with pytest.raises(problem):
            windows.replan(patient_id=patient.pk, by=outsider, days=WindowDays(30, 60), now=now)


def test_plans_of_many_patients_take_one_query(clinic, nurse, now, django_assert_num_queries):
    several = [factories.PatientFactory(clinic=clinic) for _ in range(3)]

    with django_assert_num_queries(1):
        query.countdowns_of(patients=several, now=now)
