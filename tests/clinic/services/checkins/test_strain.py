"""What a caregiver says of themselves: theirs alone, unless they share it with the social worker."""

from datetime import timedelta
from uuid import uuid4

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Checkin, Escalation, Page, StrainAnswer, SystemAlarm
from clinic.queries.checkins import strain as queries
from clinic.rules.checkins.strain import Strain
from clinic.services.checkins import strain
from clinic.services.patients import care_team, enrolment, life_events
from notifications.models import Message
from tests import factories

HEAVY = Strain(sleep=3, coping=2)


@pytest.fixture
def worker(clinic):
    return factories.StaffFactory(clinic=clinic, role="social_worker", user__name="Sofia Social").user


def say(patient, by, now, *, shared=False, answer_id=None, said=HEAVY):
    return strain.answer(
        answer_id=answer_id or uuid4(), patient_id=patient.pk, said=said, is_shared=shared, by=by, now=now
    )


def test_unshared_answer_is_seen_by_its_author_alone(patient, caregiver, worker, nurse, now):
    second = factories.CareTeamMemberFactory(patient=patient).user
    kept = say(patient, caregiver, now)

    assert queries.own_answers(by=caregiver, patient=patient) == [kept]
    assert queries.own_answers(by=second, patient=patient) == []
    assert queries.queue(by=worker, now=now) == []
    assert queries.queue(by=nurse, now=now) == []
    assert not AuditEvent.objects.filter(action__startswith="strain").exists()


def test_shared_answer_waits_for_the_social_worker_alone(patient, caregiver, worker, nurse, now):
    say(patient, caregiver, now, shared=True)

    (item,) = queries.queue(by=worker, now=now)
    assert (item.name, item.sleep, item.coping, item.is_late) == ("Carla Caregiver", 3, 2, False)
    (late,) = queries.queue(by=worker, now=now + timedelta(hours=73))
    assert late.is_late
    assert queries.queue(by=nurse, now=now) == []
    # It names no patient, so that it stands in no timeline and in no record.
    assert AuditEvent.objects.get(action="strain.shared").patient_id is None


def test_it_alarms_pages_and_texts_nobody(patient, caregiver, worker, now):
    counted = (Escalation, Page, SystemAlarm, Checkin, Message)
    before = [model.objects.count() for model in counted]

    say(patient, caregiver, now, shared=True)

    assert [model.objects.count() for model in counted] == before


def test_double_tap_is_one_answer_and_nobody_takes_anothers(patient, caregiver, worker, now):
    answer_id = uuid4()
    for _tap in range(2):
        say(patient, caregiver, now, shared=True, answer_id=answer_id)
    assert StrainAnswer.objects.count() == 1

    second = factories.CareTeamMemberFactory(patient=patient).user
    with pytest.raises(NotVisible):
        say(patient, second, now, answer_id=answer_id)


def test_asked_again_after_half_a_week_and_not_while_away(patient, caregiver, nurse, now):
    assert queries.is_due(by=caregiver, patient=patient, now=now)
    say(patient, caregiver, now)
    assert not queries.is_due(by=caregiver, patient=patient, now=now + timedelta(days=3))
    later = now + timedelta(days=4)
    assert queries.is_due(by=caregiver, patient=patient, now=later)

    enrolment.pause_monitoring(
        patient_id=patient.pk, by=nurse, until=now + timedelta(days=9), reason="Away", now=now
    )
    patient.refresh_from_db()
    assert not queries.is_due(by=caregiver, patient=patient, now=later)
    with pytest.raises(strain.NotAsked):
        say(patient, caregiver, later)


def test_without_a_social_worker_nothing_can_be_shared(patient, caregiver, now):
    assert not queries.has_social_worker(patient)
    with pytest.raises(strain.NobodyReads):
        say(patient, caregiver, now, shared=True)


@pytest.mark.parametrize("said", [Strain(4, 0), Strain(0, -1)])
def test_answer_that_was_not_offered_is_refused(patient, caregiver, now, said):
    with pytest.raises(strain.NotAsked):
        say(patient, caregiver, now, said=said)


def test_closed_once_by_whoever_may_read_it(patient, caregiver, worker, nurse, other_nurse, now):
    kept = say(patient, caregiver, now, shared=True)
    with pytest.raises(NotAllowed):
        strain.close(answer_id=kept.pk, by=nurse, now=now)
    for person in (other_nurse, caregiver):
        with pytest.raises(NotVisible):
            strain.close(answer_id=kept.pk, by=person, now=now)

    strain.close(answer_id=kept.pk, by=worker, now=now)
    again = strain.close(answer_id=kept.pk, by=worker, now=now + timedelta(hours=1))

    assert (again.closed_by, again.closed_at) == (worker, now)
    assert queries.queue(by=worker, now=now) == []


def test_unshared_answer_cannot_be_closed_by_guessing(patient, caregiver, worker, now):
    kept = say(patient, caregiver, now)

    with pytest.raises(NotVisible):
        strain.close(answer_id=kept.pk, by=worker, now=now)


def test_whoever_looks_after_them_no_more_leaves_nothing(patient, caregiver, worker, nurse, now):
    say(patient, caregiver, now, shared=True)
    say(patient, caregiver, now)

    care_team.end_access(member_id=patient.care_team.get().pk, by=nurse, now=now)

    assert not StrainAnswer.objects.exists()
    assert queries.queue(by=worker, now=now) == []


def test_queue_says_where_the_patient_has_died(patient, caregiver, worker, nurse, now):
    patient.created_at = now - timedelta(days=9)
    patient.save(update_fields=["created_at"])
    say(patient, caregiver, now, shared=True)
    life_events.end_monitoring(patient_id=patient.pk, by=nurse, at=now, reason="As told", now=now)
    (item,) = queries.queue(by=worker, now=now)
    assert not item.patient_has_died

    patient.refresh_from_db()
    patient.status = "died"
    patient.save(update_fields=["status"])
    (item,) = queries.queue(by=worker, now=now)
    assert item.patient_has_died


def test_stranger_says_nothing_about_them(patient, stranger, nurse, now):
    for person in (stranger, nurse):
        with pytest.raises(NotVisible):
            say(patient, person, now)


def test_queue_asks_the_same_for_one_and_for_three(
    patient, caregiver, worker, now, django_assert_num_queries
):
    for _turn in range(3):
        say(patient, factories.CareTeamMemberFactory(patient=patient).user, now, shared=True)

    with django_assert_num_queries(2):
        assert len(queries.queue(by=worker, now=now)) == 3
