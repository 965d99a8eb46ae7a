"""The baseline first, then checks that are read against it."""

from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, HomeCheck
from clinic.queries.reports import home_checks as thinking
from clinic.rules.reports.home_checks import TASKS
from clinic.services.reports import home_checks
from tests import factories

BEFORE = timedelta(days=-7)
ALL_RIGHT = dict.fromkeys(TASKS, True)
TWO_WRONG = {**ALL_RIGHT, "year": False, "counting": False}


@pytest.fixture
def finish(patient, caregiver, now):
    def _finish(given=ALL_RIGHT, *, after=timedelta(0), language="en", by=caregiver):
        return home_checks.record(
            patient_id=patient.pk, by=by, language=language, results=given, now=now + after
        )

    return _finish


def test_no_check_after_the_infusion_without_a_baseline(finish, patient, now):
    with pytest.raises(home_checks.NoBaseline):
        finish()

    assert not home_checks.can_start(patient, now)
    assert not HomeCheck.objects.exists()


def test_check_before_the_infusion_becomes_the_baseline(finish, patient, caregiver):
    check = finish(TWO_WRONG, after=BEFORE, language="es")

    patient.refresh_from_db()
    assert (check.is_baseline, check.score, patient.baseline) == (True, 8, {"home_check": 8})
    assert thinking.of_patient(patient=patient).baseline == thinking.UsualScore(
        8, "es", "Carla Caregiver", check.done_at, is_of_family=True
    )
    assert AuditEvent.objects.filter(action="home_check.baseline_set", actor_id=caregiver.pk).exists()


def test_baseline_keeps_the_patients_other_usual_values(finish, patient):
    patient.baseline = {"sbp": 96}
    patient.save(update_fields=["baseline"])

    finish(after=BEFORE)

    patient.refresh_from_db()
    assert patient.baseline == {"sbp": 96, "home_check": 10}


def test_check_after_the_infusion_leaves_the_baseline_alone(finish, patient):
    finish(after=BEFORE)

    check = finish(TWO_WRONG)

    patient.refresh_from_db()
    assert (check.is_baseline, check.score, patient.baseline) == (False, 8, {"home_check": 10})


def test_unfinished_check_is_not_counted(finish):
    with pytest.raises(home_checks.CheckUnfinished):
        finish({"year": True}, after=BEFORE)


def test_other_language_than_the_baselines_is_marked(finish, patient):
    finish(after=BEFORE, language="es")
    finish(language="es")
    patient.refresh_from_db()
    same = thinking.of_patient(patient=patient)
    finish(language="en", after=timedelta(hours=1))

    found = thinking.of_patient(patient=patient)

    assert (same.other_language, found.other_language) == (False, True)
    assert [check.other_language for check in found.checks].count(True) == 1


def test_language_that_we_do_not_speak_counts_as_the_patients(finish):
    assert finish(after=BEFORE, language="xx").language == "en"


def test_falling_asleep_is_on_record_as_an_answer(patient, caregiver, now):
    check = home_checks.record_asleep(
        patient_id=patient.pk, by=caregiver, language="en", alertness=2, now=now
    )

    assert (check.score, check.alertness, check.is_baseline) == (None, 2, False)
    assert thinking.of_patient(patient=patient).checks[0].reading is None


def test_staff_put_a_baseline_on_file(patient, nurse, now):
    check = home_checks.set_baseline(patient_id=patient.pk, by=nurse, score=7, language="es", now=now)

    patient.refresh_from_db()
    assert (patient.baseline, check.is_baseline, check.author) == ({"home_check": 7}, True, nurse)


@pytest.mark.parametrize(("score", "language"), [(11, "en"), (-1, "en"), (9, "xx")])
def test_baseline_that_cannot_be_is_refused(patient, nurse, now, score, language):
    with pytest.raises(home_checks.WrongScore):
        home_checks.set_baseline(patient_id=patient.pk, by=nurse, score=score, language=language, now=now)


def test_only_those_who_may_set_a_baseline_do(patient, caregiver, other_nurse, stranger, finish, now):
    facts = {"patient_id": patient.pk, "score": 9, "language": "en", "now": now}
    with pytest.raises(NotAllowed):
        home_checks.set_baseline(by=caregiver, **facts)
    with pytest.raises(NotVisible):
        home_checks.set_baseline(by=other_nurse, **facts)
    with pytest.raises(NotVisible):
        finish(by=stranger)


def test_baseline_from_the_patients_record_has_no_language_to_differ_from(patient, finish, now):
    patient.baseline = {"home_check": 9}
    patient.save(update_fields=["baseline"])
    finish(language="es")

    found = thinking.of_patient(patient=patient)

    assert (found.baseline, found.other_language) == (thinking.UsualScore(9, "", "", None), False)


def test_what_is_on_file_costs_the_same_for_one_and_three(patient, finish, django_assert_num_queries):
    finish(after=BEFORE)
    for number in (1, 3):
        for _ in range(number):
            finish()
            factories.WritingSampleFactory(patient=patient)
        with django_assert_num_queries(5):
            thinking.of_patient(patient=patient)
