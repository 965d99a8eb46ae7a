"""Laboratory values: kept as typed, converted, refused, never stored twice, struck out with a reason."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, LabResult, RiskRun
from clinic.queries.risk import known
from clinic.services.risk import labs
from clinic.services.risk.labs import TypedLab

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(patient, now):
    return known.today_of(patient, now)


def enter(patient, by, now, *values):
    return labs.enter(patient_id=patient.pk, by=by, values=values, source="typed", now=now)


def codes_of(error):
    return [(one.lab, one.code) for one in error.value.problems]


def test_a_set_is_kept_as_typed_and_in_one_unit(patient, nurse, now, today):
    stored = enter(
        patient,
        nurse,
        now,
        TypedLab("crp", "30", "mg/L", today, time(1, 30)),
        TypedLab("creatinine", "177", "µmol/L", today, time(1, 30)),
    )

    crp, creatinine = stored
    assert (crp.typed_value, crp.typed_unit, crp.value) == ("30", "mg/L", Decimal("3.0000"))
    assert (creatinine.typed_unit, creatinine.value) == ("umol/L", Decimal("2.0023"))
    assert (crp.taken_on, crp.taken_at, crp.entered_by) == (today, "01:30", nurse)
    row = AuditEvent.objects.get(action="labs.entered")
    assert (row.actor_id, row.patient_id, row.detail) == (
        nurse.pk,
        patient.pk,
        {"labs": ["creatinine", "crp"], "count": 2},
    )


def test_the_same_set_sent_twice_is_stored_once(patient, nurse, now, today):
    value = TypedLab("anc", "0.4", "10^9/L", today)

    first, second = enter(patient, nurse, now, value), enter(patient, nurse, now, value)

    assert (len(first), second) == (1, [])
    assert LabResult.objects.count() == 1
    assert AuditEvent.objects.filter(action="labs.entered").count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lab": "wbc"}, "unknown_lab"),
        ({"unit": "mg/dL"}, "unknown_unit"),
        ({"unit": ""}, "unknown_unit"),
        ({"value": "1,2"}, "no_number"),
        ({"value": "-1"}, "no_number"),
        ({"value": "1/3"}, "no_number"),
        ({"value": "<0.1"}, "no_number"),
        ({"value": "99999999999"}, "no_number"),
        ({"value": "61"}, "confirm"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_stored(patient, nurse, now, today, wrong, code):
    right = TypedLab("hb", "9.1", "g/dL", today)
    value = replace(TypedLab("anc", "0.4", "10^9/L", today), **wrong)

    with pytest.raises(labs.WrongLabs) as error:
        enter(patient, nurse, now, right, value)

    assert codes_of(error) == [(value.lab, code)]
    assert error.value.problems[0].place == 1
    assert not LabResult.objects.exists()


def test_what_nobody_has_is_kept_once_somebody_says_that_it_is_right(patient, nurse, now, today):
    (row,) = enter(patient, nurse, now, TypedLab("anc", "61", "10^9/L", today, is_confirmed=True))

    assert row.is_confirmed


def test_a_usual_value_is_not_noted_as_confirmed(patient, nurse, now, today):
    (row,) = enter(patient, nurse, now, TypedLab("anc", "6", "10^9/L", today, is_confirmed=True))

    assert not row.is_confirmed


def test_a_sample_is_not_ahead_of_the_patients_clock(patient, nurse, now, today):
    with pytest.raises(labs.WrongLabs) as error:
        enter(patient, nurse, now, TypedLab("anc", "1", "10^9/L", today + timedelta(days=1)))

    assert codes_of(error) == [("anc", "ahead")]


def test_one_lab_twice_in_one_set_is_a_slip(patient, nurse, now, today):
    with pytest.raises(labs.WrongLabs) as error:
        enter(
            patient, nurse, now, TypedLab("anc", "1", "10^9/L", today), TypedLab("anc", "2", "10^9/L", today)
        )

    assert codes_of(error) == [("anc", "twice")]


def test_a_wrong_value_is_struck_out_stays_and_counts_no_more(patient, nurse, now, today):
    (row,) = enter(patient, nurse, now, TypedLab("anc", "0.4", "10^9/L", today))
    assert RiskRun.objects.get(is_current=True).suggested["flags"] == ["neutropenia"]

    labs.strike(patient_id=patient.pk, result_id=row.pk, by=nurse, reason="of another person", now=now)

    row.refresh_from_db()
    assert (row.struck_by, row.struck_reason, row.typed_value) == (nurse, "of another person", "0.4")
    assert RiskRun.objects.get(is_current=True).facts["labs"] == []
    with pytest.raises(labs.StrikeRefused) as error:
        labs.strike(patient_id=patient.pk, result_id=row.pk, by=nurse, reason="again", now=now)
    assert error.value.code == "struck_already"
    # The right value of the same moment may follow.
    assert enter(patient, nurse, now, TypedLab("anc", "0.4", "10^9/L", today))


def test_no_strike_without_a_reason(patient, nurse, now, today):
    (row,) = enter(patient, nurse, now, TypedLab("anc", "0.4", "10^9/L", today))

    with pytest.raises(labs.StrikeRefused) as error:
        labs.strike(patient_id=patient.pk, result_id=row.pk, by=nurse, reason=" ", now=now)

    assert error.value.code == "no_reason"


def test_the_database_refuses_another_value_and_a_second_strike(patient, nurse, now, today):
    (row,) = enter(patient, nurse, now, TypedLab("anc", "0.4", "10^9/L", today))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LabResult.objects.filter(pk=row.pk).update(typed_value="4")
    labs.strike(patient_id=patient.pk, result_id=row.pk, by=nurse, reason="wrong", now=now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LabResult.objects.filter(pk=row.pk).update(struck_at=None, struck_by=None, struck_reason="")


def test_only_staff_of_the_clinic_enter(patient, caregiver, other_nurse, now, today):
    value = TypedLab("anc", "0.4", "10^9/L", today)

    with pytest.raises(NotAllowed):
        enter(patient, caregiver, now, value)
    with pytest.raises(NotVisible):
        enter(patient, other_nurse, now, value)
