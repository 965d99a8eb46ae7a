"""Nobody is deleted by one person alone, nor while somebody still has to look after them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, CareTeamMember, Deletion, Patient, User
from clinic.queries.patients import deletions as query
from clinic.services.patients import deletions, record_holds
from clinic.services.patients.deletions import DeletionRefused
from clinic.services.patients.record_holds import HoldRefused
from notifications.models import Message
from tests import factories


@pytest.fixture
def leads(clinic):
    return [factories.StaffFactory(clinic=clinic, role="administrator").user for _ in range(2)]


@pytest.fixture
def ended(clinic):
    return factories.PatientFactory(clinic=clinic, status="ended", family_name="Zimmer")


@pytest.fixture
def member(ended):
    return factories.CareTeamMemberFactory(patient=ended, user__name="Carla")


@pytest.fixture
def asked(ended, leads, now):
    return deletions.ask_for_patient(
        patient_id=ended.pk, ground="asked", note="letter of Zimmer", by=leads[0], now=now
    )


def refusal(call, **arguments):
    with pytest.raises(DeletionRefused) as refused:
        call(**arguments)
    return refused.value.code


def ask(patient, by, now, ground="asked"):
    return refusal(deletions.ask_for_patient, patient_id=patient.pk, ground=ground, note="", by=by, now=now)


def test_second_administrator_deletes_the_patient(asked, ended, leads, now):
    assert Patient.objects.get().family_name == "Zimmer"

    deletions.agree(deletion_id=asked.pk, by=leads[1], now=now)

    kept = Deletion.objects.get()
    assert (kept.done_by, kept.note, kept.ground) == (leads[1], "", "asked")
    assert Patient.objects.get().family_name == ""
    rows = AuditEvent.objects.filter(patient_id=ended.pk).order_by("pk").values_list("action", "actor_id")
    assert list(rows) == [
        ("deletion.asked", leads[0].pk),
        ("deletion.done", leads[1].pk),
        ("patient.erased", leads[1].pk),
    ]
    assert refusal(deletions.agree, deletion_id=asked.pk, by=leads[1], now=now) == "closed"


def test_caregiver_is_deleted_the_same_way_and_cannot_sign_in(member, leads, now):
    deletion = deletions.ask_for_caregiver(member_id=member.pk, ground="asked", note="", by=leads[0], now=now)
    assert refusal(deletions.agree, deletion_id=deletion.pk, by=leads[0], now=now) == "second_person"

    deletions.agree(deletion_id=deletion.pk, by=leads[1], now=now)

    person = User.objects.get(pk=member.user_id)
    assert (person.is_active, person.phone, person.name) == (False, None, "—")
    assert CareTeamMember.objects.get().ended_by == leads[1]


def test_nobody_is_both_people(asked, leads, now):
    assert refusal(deletions.agree, deletion_id=asked.pk, by=leads[0], now=now) == "second_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Deletion.objects.update(done_at=now, done_by=leads[0], note="")


def test_request_is_made_once_lapses_and_can_be_withdrawn(asked, ended, leads, now):
    assert ask(ended, leads[1], now) == "asked_already"
    late = now + query.LASTS
    assert refusal(deletions.agree, deletion_id=asked.pk, by=leads[1], now=late) == "closed"

    again = deletions.ask_for_patient(patient_id=ended.pk, ground="asked", note="", by=leads[0], now=late)
    deletions.withdraw(deletion_id=again.pk, by=leads[1], now=late)

    assert refusal(deletions.withdraw, deletion_id=again.pk, by=leads[1], now=late) == "closed"
    assert Patient.objects.get().erased_at is None


def test_what_still_needs_somebody_is_not_deleted(ended, leads, now):
    assert ask(ended, leads[0], now, ground="because") == "no_ground"
    report = factories.ReportFactory(patient=ended)
    assert ask(ended, leads[0], now) == "unscored"
    escalation = factories.EscalationFactory(patient=ended)
    assert ask(ended, leads[0], now) == "open_alert"
    Patient.objects.update(status="active")
    assert ask(ended, leads[0], now) == "not_over"
    assert (report.answers, escalation.state) == ({"temp_value": "36.8", "temp_unit": "C"}, "open")


def test_hold_that_comes_between_asking_and_agreeing_stops_it(asked, ended, member, leads, now):
    record_holds.place(patient_id=ended.pk, reason="court", by=leads[1], now=now)

    assert refusal(deletions.agree, deletion_id=asked.pk, by=leads[1], now=now) == "held"
    assert (
        refusal(
            deletions.ask_for_caregiver, member_id=member.pk, ground="asked", note="", by=leads[0], now=now
        )
        == "held"
    )
    with pytest.raises(HoldRefused):
        record_holds.place(patient_id=ended.pk, reason="court", by=leads[0], now=now)

    record_holds.lift(patient_id=ended.pk, by=leads[0], now=now)
    deletions.agree(deletion_id=asked.pk, by=leads[1], now=now)
    with pytest.raises(NotVisible):
        record_holds.place(patient_id=ended.pk, reason="court", by=leads[0], now=now)


def test_colleagues_and_people_of_another_clinic_are_not_deleted_here(member, leads, other_clinic, now):
    def refused():
        return refusal(
            deletions.ask_for_caregiver, member_id=member.pk, ground="asked", note="", by=leads[0], now=now
        )

    elsewhere = factories.CareTeamMemberFactory(
        user=member.user, patient=factories.PatientFactory(clinic=other_clinic)
    )
    assert refused() == "elsewhere"
    elsewhere.delete()
    factories.StaffFactory(user=member.user, clinic=other_clinic)
    assert refused() == "is_staff"


def test_message_with_a_worker_is_waited_for(member, leads, now):
    deletion = deletions.ask_for_caregiver(member_id=member.pk, ground="asked", note="", by=leads[0], now=now)
    Message.objects.create(
        dedupe_key="x",
        to=str(member.user.phone),
        body="x",
        purpose="code",
        service="codes",
        priority=1,
        state="sending",
        due_at=now,
        lease_until=now + timedelta(minutes=1),
        expires_at=now,
    )

    assert refusal(deletions.agree, deletion_id=deletion.pk, by=leads[1], now=now) == "on_its_way"
    assert User.objects.get(pk=member.user_id).is_active


def test_only_administrators_of_the_clinic(asked, ended, nurse, other_clinic, leads, now):
    stranger = factories.StaffFactory(clinic=other_clinic, role="administrator").user
    with pytest.raises(NotAllowed):
        deletions.agree(deletion_id=asked.pk, by=nurse, now=now)
    with pytest.raises(NotVisible):
        deletions.agree(deletion_id=asked.pk, by=stranger, now=now)
    with pytest.raises(NotVisible):
        deletions.ask_for_patient(patient_id=ended.pk, ground="asked", note="", by=stranger, now=now)
