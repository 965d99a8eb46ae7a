"""What a family has read is kept for whom they look after, and shown to that clinic's staff."""

from datetime import timedelta

import pytest

from clinic.models import AuditEvent, GuidanceReading
from clinic.queries.patients import education as query
from clinic.services.patients import education
from tests import factories

pytestmark = pytest.mark.django_db


def page(slug="fever", version=1):
    return education.GuidanceVersion(slug=slug, title=slug.title(), language="en", version=version)


def test_reading_counts_for_everybody_whom_the_person_looks_after(patient, caregiver, clinic, now):
    second = factories.CareTeamMemberFactory(user=caregiver, patient__clinic=clinic).patient
    factories.CareTeamMemberFactory(user=caregiver, patient__clinic=clinic, ended_at=now, ended_by=caregiver)

    assert education.record_reading(by=caregiver, page=page(), passed=False, now=now) == 2

    assert {row.patient for row in GuidanceReading.objects.all()} == {patient, second}


def test_reading_again_keeps_the_newest_version_and_the_first_right_answer(patient, caregiver, now):
    later = now + timedelta(days=1)
    education.record_reading(by=caregiver, page=page(), passed=True, now=now)
    education.record_reading(by=caregiver, page=page(version=2), passed=False, now=later)

    row = GuidanceReading.objects.get()
    assert (row.version, row.read_at, row.passed_at) == (2, later, now)
    assert AuditEvent.objects.filter(action="guidance.passed", patient_id=patient.pk).count() == 1


def test_staff_see_who_read_what_and_nobody_whose_access_has_ended(patient, caregiver, now):
    ended = factories.CareTeamMemberFactory(patient=patient, user__name="Ended Person")
    for user in (caregiver, ended.user):
        education.record_reading(by=user, page=page(), passed=True, now=now)
    ended.ended_at, ended.ended_by = now, caregiver
    ended.save()

    found = query.of_patient(patient=patient)

    assert [(one.name, len(one.readings), len(one.passed)) for one in found] == [(caregiver.name, 1, 1)]


def test_ready_to_go_home_needs_one_person_with_five_pages_and_three_questions(patient, caregiver, now):
    for number in range(5):
        assert query.has_read_enough(patient=patient) is False
        education.record_reading(by=caregiver, page=page(f"page-{number}"), passed=number < 3, now=now)

    assert query.has_read_enough(patient=patient) is True


def test_record_is_read_in_one_query(patient, caregiver, now, django_assert_num_queries):
    for number in range(3):
        education.record_reading(by=caregiver, page=page(f"page-{number}"), passed=False, now=now)

    with django_assert_num_queries(1):
        query.of_patient(patient=patient)
