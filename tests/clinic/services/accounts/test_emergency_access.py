"""Breaking the glass: one record, an hour, a reason; told at once, and looked at by somebody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.access import NotAllowed, NotVisible, patients_visible_to
from clinic.models import AuditEvent, EmergencyAccess, SystemAlarm
from clinic.services.accounts import emergency_access, leaving
from clinic.services.accounts.emergency_access import EmergencyRefused, SeenAnyway, WhoIsMeant
from notifications.models import Message
from tests import factories

HOUR = timedelta(hours=1)
REASON = "Her husband is at our desk and she does not answer"


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", phone="+16175550177").user


@pytest.fixture
def educator(clinic):
    return factories.StaffFactory(clinic=clinic, role="educator").user


@pytest.fixture
def patient(patient):
    patient.hospital_number, patient.birth_date = (
        "RV-77",
        patient.birth_date or patient.infusion_date.replace(1961),
    )
    patient.save()
    return patient


def who(patient, **changes):
    told = {"clinic_id": patient.clinic_id, "birth_date": patient.birth_date, "hospital_number": "rv-77"}
    return WhoIsMeant(**{**told, **changes})


def opened(patient, by, now, reason=REASON, **changes):
    return emergency_access.open_record(who=who(patient, **changes), reason=reason, by=by, now=now)


def view(access, by, now):
    return emergency_access.view_record(access_id=access.pk, older_than="", days=3, by=by, now=now)


def alarms(patient):
    return SystemAlarm.objects.filter(kind="emergency_access", clinic=patient.clinic, cleared_at=None)


@pytest.mark.parametrize("role", ["educator", "other_nurse"])
def test_who_cannot_see_the_patient_reads_the_record_for_an_hour(
    patient, educator, other_nurse, lead, now, role
):
    person = {"educator": educator, "other_nurse": other_nurse}[role]

    access = opened(patient, person, now)

    assert access.ends_at == now + HOUR
    assert view(access, person, now)[1].patient.name == patient.full_name
    assert view(access, person, now + HOUR - timedelta(seconds=1))
    with pytest.raises(NotVisible):
        view(access, person, now + HOUR)
    # Nothing else has opened, and no list shows them.
    assert not patients_visible_to(person).filter(pk=patient.pk).exists()


def test_leads_hear_of_it_at_once_and_no_health_word_leaves(patient, educator, lead, now):
    access = opened(patient, educator, now)

    assert list(alarms(patient).values_list("subject", flat=True)) == [str(access.pk)]
    text = Message.objects.get(to="+16175550177")
    assert "Somebody opened a record in an emergency" in text.body
    assert patient.family_name not in text.body
    assert REASON not in text.body


def test_every_look_is_in_the_audit_as_such(patient, educator, lead, now):
    access = opened(patient, educator, now)
    view(access, educator, now)
    view(access, educator, now)

    rows = AuditEvent.objects.filter(subject_id=str(access.pk)).order_by("pk")
    assert [row.action for row in rows] == [
        "emergency_access.opened",
        "emergency_access.viewed",
        "emergency_access.viewed",
    ]
    assert {(row.actor_id, row.patient_id, row.clinic_id) for row in rows} == {
        (educator.pk, patient.pk, patient.clinic_id)
    }


def test_leads_where_the_person_works_have_a_row_too(patient, other_nurse, other_clinic, now):
    access = opened(patient, other_nurse, now)

    rows = AuditEvent.objects.filter(action="emergency_access.opened", subject_id=str(access.pk))
    assert {row.clinic_id for row in rows} == {patient.clinic_id, other_clinic.pk}


@pytest.mark.parametrize(
    "wrong",
    [
        {"hospital_number": "RV-78"},
        {"hospital_number": "", "given_name": "Nobody", "family_name": "Here"},
        {"hospital_number": "", "family_name": ""},
        {"hospital_number": "–"},
    ],
)
def test_who_is_not_named_exactly_is_not_found_and_the_try_is_on_record(patient, educator, now, wrong):
    with pytest.raises(EmergencyRefused, match="nobody"):
        opened(patient, educator, now, **wrong)

    assert AuditEvent.objects.get(action="access.denied").clinic_id == patient.clinic_id
    assert not EmergencyAccess.objects.exists()


def test_right_name_with_another_birth_date_finds_nobody(patient, educator, now):
    with pytest.raises(EmergencyRefused, match="nobody"):
        opened(patient, educator, now, birth_date=patient.birth_date + timedelta(days=1))


def test_name_and_birth_date_find_them_as_they_are_typed(patient, educator, now):
    names = {"given_name": patient.given_name.upper(), "family_name": f" {patient.family_name} "}

    assert opened(patient, educator, now, hospital_number="", **names).patient_id == patient.pk


def test_two_of_one_name_and_birth_date_need_the_number(patient, educator, now):
    factories.PatientFactory(
        clinic=patient.clinic,
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date,
    )
    names = {"given_name": patient.given_name, "family_name": patient.family_name}

    with pytest.raises(EmergencyRefused, match="nobody"):
        opened(patient, educator, now, hospital_number="", **names)
    assert opened(patient, educator, now).patient_id == patient.pk


def test_tries_end(patient, educator, now):
    for _try in range(10):
        with pytest.raises(EmergencyRefused, match="nobody"):
            opened(patient, educator, now, hospital_number="NO-1")

    with pytest.raises(EmergencyRefused, match="too_often"):
        opened(patient, educator, now)


def test_without_a_reason_nothing_opens(patient, educator, now):
    with pytest.raises(EmergencyRefused, match="no_reason"):
        opened(patient, educator, now, reason=" ")


def test_family_and_who_has_left_open_nothing(patient, caregiver, educator, nurse, now):
    educator.staff_roles.update(ended_at=now, ended_by=nurse)

    for person in (caregiver, educator):
        with pytest.raises(NotAllowed):
            opened(patient, person, now)


def test_whose_role_shows_them_opens_nothing(patient, nurse, now):
    with pytest.raises(SeenAnyway):
        opened(patient, nurse, now)

    assert not EmergencyAccess.objects.exists()


def test_pressed_twice_it_is_opened_once(patient, educator, lead, now):
    first, again = opened(patient, educator, now), opened(patient, educator, now + timedelta(minutes=1))

    assert again.pk == first.pk
    assert Message.objects.filter(to="+16175550177").count() == 1


def test_ended_by_the_person_with_what_they_did(patient, educator, now):
    access = opened(patient, educator, now)

    emergency_access.end(access_id=access.pk, account="Called the line", by=educator, now=now + HOUR / 2)

    access.refresh_from_db()
    assert (access.ended_by, access.account) == (educator, "Called the line")
    with pytest.raises(NotVisible):
        view(access, educator, now + HOUR / 2)


def test_ended_by_a_lead_while_it_is_open(patient, educator, lead, now):
    access = opened(patient, educator, now)

    emergency_access.end_as_lead(access_id=access.pk, by=lead, now=now + HOUR / 2)

    with pytest.raises(NotVisible):
        view(access, educator, now + HOUR / 2)
    assert alarms(patient).exists()


def test_ends_with_the_last_role(patient, other_nurse, other_clinic, now):
    access = opened(patient, other_nurse, now)
    boss = factories.StaffFactory(clinic=other_clinic, role="administrator").user

    leaving.end_role(staff_id=other_nurse.staff_roles.get().pk, by=boss, now=now + HOUR / 2)

    access.refresh_from_db()
    assert access.ended_at == now + HOUR / 2
    with pytest.raises(NotVisible):
        view(access, other_nurse, now + HOUR / 2)


def test_shut_sign_in_sees_nothing_even_before_the_row_has_ended(patient, educator, now):
    access = opened(patient, educator, now)
    educator.is_active = False
    educator.save()

    with pytest.raises(NotVisible):
        view(access, educator, now)


def test_row_whose_end_somebody_moved_opens_nothing_for_longer(patient, educator, now):
    access = opened(patient, educator, now)
    EmergencyAccess.objects.filter(pk=access.pk).update(ends_at=now + 24 * HOUR)

    with pytest.raises(NotVisible):
        view(access, educator, now + HOUR)


def test_review_says_afterwards_whether_it_was_right(patient, educator, lead, now):
    access = opened(patient, educator, now)
    with pytest.raises(EmergencyRefused, match="still_open"):
        emergency_access.review(access_id=access.pk, finding="right", note="", by=lead, now=now)

    emergency_access.review(
        access_id=access.pk, finding="wrong", note="Spoke with her", by=lead, now=now + 2 * HOUR
    )

    access.refresh_from_db()
    assert (access.finding, access.reviewed_by, access.ended_at) == ("wrong", lead, now + HOUR)
    assert not alarms(patient).exists()
    with pytest.raises(EmergencyRefused, match="reviewed"):
        emergency_access.review(access_id=access.pk, finding="right", note="", by=lead, now=now + 2 * HOUR)


def test_nobody_reviews_themselves(patient, educator, lead, now):
    access = opened(patient, educator, now)
    educator.staff_roles.update(role="administrator")

    with pytest.raises(EmergencyRefused, match="own"):
        emergency_access.review(
            access_id=access.pk, finding="right", note="", by=educator, now=now + 2 * HOUR
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(
            finding="right", ended_at=now, reviewed_at=now, reviewed_by=educator
        )


def test_only_leads_of_the_patients_clinic_review(patient, educator, nurse, other_clinic, now):
    access = opened(patient, educator, now)
    elsewhere = factories.StaffFactory(clinic=other_clinic, role="administrator").user

    for person in (nurse, educator, elsewhere):
        with pytest.raises(NotVisible):
            emergency_access.review(
                access_id=access.pk, finding="right", note="", by=person, now=now + 2 * HOUR
            )


def test_what_nobody_has_looked_at_is_told_again_every_day(patient, educator, lead, now):
    access = opened(patient, educator, now)
    texts = Message.objects.filter(to="+16175550177")

    assert emergency_access.follow_up(now=now + 2 * HOUR) == 0
    access.refresh_from_db()
    assert access.ended_at == now + HOUR
    assert emergency_access.follow_up(now=now + 24 * HOUR) == 1
    assert emergency_access.follow_up(now=now + 25 * HOUR) == 0
    assert texts.count() == 2

    emergency_access.review(access_id=access.pk, finding="right", note="", by=lead, now=now + 26 * HOUR)
    assert emergency_access.follow_up(now=now + 72 * HOUR) == 0


def test_what_is_over_can_be_opened_anew_with_a_reason_of_its_own(patient, educator, now):
    first = opened(patient, educator, now)

    second = opened(patient, educator, now + 2 * HOUR, reason="Again")

    assert (second.pk != first.pk, alarms(patient).count()) == (True, 2)


def test_review_needs_a_finding(patient, educator, lead, now):
    access = opened(patient, educator, now)

    with pytest.raises(EmergencyRefused, match="no_finding"):
        emergency_access.review(access_id=access.pk, finding="maybe", note="", by=lead, now=now + HOUR)
