"""A caregiver's new number: theirs at once, with what waits for them, and nobody else's."""

from datetime import timedelta

import pytest

from clinic.models import AuditEvent, Checkin, FormerNumber, Invitation, Reminder, User
from clinic.queries.desk import timeline
from clinic.queries.patients import family_texts, go_home_check
from clinic.services.checkins import reminders
from clinic.services.escalations import lifecycle
from clinic.services.patients import invitations, number_changes, preparation
from clinic.services.patients.invitees import Sameness
from notifications.models import Consent, Message
from notifications.queries import standings
from tests import cases, factories

NEW = "+12065550144"


@pytest.fixture
def queued(patient, now):
    """A reminder of a check-in that is due now, in the outbox."""

    def queue(user):
        checkin, _ = Checkin.objects.get_or_create(patient=patient, due_at=now)
        reminder = Reminder.objects.create(checkin=checkin, caregiver=user, due_at=now, offset_minutes=0)
        assert reminders.queue_if_due(reminder_id=reminder.pk, now=now)
        reminder.refresh_from_db()
        return Message.objects.get(pk=reminder.message_id)

    return queue


def test_what_waits_goes_to_the_new_number_and_the_old_one_is_told(caregiver, queued, now):
    old = str(caregiver.phone)
    waiting = queued(caregiver)

    assert number_changes.change(user=caregiver, phone=NEW, now=now) == 1

    waiting.refresh_from_db()
    assert (waiting.to, waiting.state) == (NEW, "pending")
    told = Message.objects.get(purpose="code")
    assert told.to == old
    assert told.body == "Kinwatch: your number here was changed. Was it not you? Call (201) 555-0102."
    assert FormerNumber.objects.get().phone == old
    audited = AuditEvent.objects.get(action="caregiver.number_changed")
    assert NEW not in str(audited.detail) and old not in str(audited.detail)


def test_agreement_belongs_to_the_number(caregiver, now):
    old = str(caregiver.phone)

    number_changes.change(user=caregiver, phone=NEW, now=now)

    assert standings([old, NEW]) == {old: "not_agreed", NEW: "not_agreed"}
    assert Consent.objects.get(phone=old).ended_because == "number_changed"


def test_who_shares_the_old_phone_keeps_it_and_its_texts(patient, caregiver, queued, now):
    old = str(caregiver.phone)
    other = factories.CareTeamMemberFactory(patient=patient, user__phone=old).user
    theirs = queued(caregiver)
    Reminder.objects.filter(caregiver=caregiver).update(caregiver=other)

    assert number_changes.change(user=caregiver, phone=NEW, now=now) == 0

    theirs.refresh_from_db()
    assert theirs.to == old
    assert standings([old])[old] == "on"


def test_what_was_sent_once_for_both_stays_on_the_phone_of_the_other(patient, caregiver, nurse, now):
    old = str(caregiver.phone)
    factories.CareTeamMemberFactory(patient=patient, user__phone=old)
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    word = Message.objects.get(dedupe_key__startswith="word:")

    number_changes.change(user=caregiver, phone=NEW, now=now)

    word.refresh_from_db()
    assert (word.to, word.state) == (old, "pending")


def test_a_number_of_the_same_family_is_shared_and_a_strangers_is_refused(patient, caregiver, stranger, now):
    other = factories.CareTeamMemberFactory(patient=patient).user

    with pytest.raises(number_changes.NumberOfStranger):
        number_changes.change(user=caregiver, phone=str(stranger.phone), now=now)
    assert not FormerNumber.objects.exists()

    number_changes.change(user=caregiver, phone=str(other.phone), now=now)
    caregiver.refresh_from_db()
    assert caregiver.phone == other.phone


def test_no_number_of_theirs_and_none_that_gets_no_texts(caregiver):
    with pytest.raises(number_changes.SameNumber):
        number_changes.require_possible(user=caregiver, phone=str(caregiver.phone))
    with pytest.raises(number_changes.CannotBeTexted):
        number_changes.require_possible(user=caregiver, phone="+18002345678")


def test_a_cry_from_the_old_phone_is_still_heard_until_the_number_is_somebody_elses(
    caregiver, stranger, patient, now
):
    old = str(caregiver.phone)
    number_changes.change(user=caregiver, phone=NEW, now=now)

    assert [link.patient for link in family_texts.writers(old, now=now)] == [patient]
    User.objects.filter(pk=stranger.pk).update(phone=old)
    assert [link.user for link in family_texts.writers(old, now=now)] == [stranger]


def test_a_link_to_another_patient_moves_along(caregiver, nurse, clinic, now):
    second = factories.PatientFactory(clinic=clinic)
    facts = {"phone": str(caregiver.phone), "relation": "", "language": "en", "name": "Carla C."}
    invitations.invite(patient=second, by=nurse, now=now, **facts, sameness=Sameness(same_as=caregiver.pk))

    number_changes.change(user=caregiver, phone=NEW, now=now)

    assert Invitation.objects.get().phone == NEW
    assert Message.objects.get(purpose="invite").to == NEW


def test_a_test_text_to_the_old_number_proves_nothing(patient, caregiver, nurse, now):
    preparation.send_trial_texts(patient_id=patient.pk, by=nurse, now=now)
    Message.objects.update(state="delivered", due_at=None)
    assert proven(patient, now)

    number_changes.change(user=caregiver, phone=NEW, now=now + timedelta(minutes=1))
    Consent.objects.create(
        phone=NEW, topics=["reminders"], text_version="x", language="en", source="page", given_by=caregiver.pk
    )

    assert not proven(patient, now + timedelta(minutes=2))


def proven(patient, now):
    lines = go_home_check.of_patient(patient=patient, now=now).requirements
    return next(line.is_met for line in lines if line.code == "text")


def test_texts_to_the_old_number_stay_on_the_timeline(patient, caregiver, queued, now):
    patient.care_team.update(started_at=now - timedelta(days=1))
    queued(caregiver)
    Message.objects.update(state="sent", due_at=None)

    number_changes.change(user=caregiver, phone=NEW, now=now + timedelta(minutes=1))

    entries = timeline.of_patient(patient=patient, language="en", older_than="").entries
    assert "to Carla Caregiver" in [one.who for one in entries]
