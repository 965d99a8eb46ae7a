"""Two people of a family on one phone: asked about, two persons, and the same text goes there once."""

from datetime import timedelta

import pytest

from clinic.models import Checkin, Invitation, Reminder, SystemAlarm, User, WordBack
from clinic.queries.desk import alarms
from clinic.queries.patients import shared_numbers
from clinic.services.answers import text_alarms
from clinic.services.checkins import nights, plan, reminders
from clinic.services.escalations import lifecycle
from clinic.services.patients import care_team, invitations, invitees, preparation
from clinic.services.patients.invitees import Sameness
from notifications.models import Message
from tests import cases, factories


@pytest.fixture
def june(patient, caregiver):
    User.objects.filter(pk=caregiver.pk).update(name="June Parker")
    caregiver.refresh_from_db()
    return caregiver


@pytest.fixture
def invite(patient, nurse, june, now):
    def make(name="Harold Parker", **changes):
        facts = {"phone": str(june.phone), "relation": "husband", "language": "en", "name": name}
        return invitations.invite(
            patient=changes.pop("patient", patient), by=nurse, now=now, **facts, **changes
        )

    return make


@pytest.fixture
def harold(patient, june):
    return factories.CareTeamMemberFactory(
        patient=patient, user__phone=str(june.phone), user__name="Harold Parker", relation="husband"
    )


def join(invited, now):
    return invitations.redeem(token=invited.url.rstrip("/").rsplit("/", 1)[1], now=now).user


def test_a_known_number_under_another_name_is_asked_about(invite, june):
    with pytest.raises(invitees.NumberKnown) as asked:
        invite()

    assert [(one.name, one.id) for one in asked.value.people] == [("June Parker", june.pk)]
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_two_people_stay_two(invite, june, patient, now):
    harold = join(invite(sameness=Sameness(are_two=True)), now)

    assert harold != june
    assert (harold.name, harold.phone) == ("Harold Parker", june.phone)
    assert sorted(link.user.name for link in patient.care_team.all()) == ["Harold Parker", "June Parker"]


def test_the_same_person_stays_one_under_the_name_they_have(invite, june, clinic, now):
    second = factories.PatientFactory(clinic=clinic)

    joined = join(invite("J. Parker", patient=second, sameness=Sameness(same_as=june.pk)), now)

    assert joined == june
    assert june.name == "June Parker"


def test_the_same_name_is_no_question(invite, june, clinic, now):
    second = factories.PatientFactory(clinic=clinic)

    assert join(invite("june  PARKER", patient=second), now) == june


def test_two_open_links_to_one_phone_both_work(nurse, patient, now):
    facts = {"phone": "+12065550155", "relation": "", "language": "en"}
    first = invitations.invite(patient=patient, by=nurse, now=now, name="June", **facts)
    with pytest.raises(invitees.NumberKnown):
        invitations.invite(patient=patient, by=nurse, now=now, name="Harold", **facts)
    second = invitations.invite(
        patient=patient, by=nurse, now=now, name="Harold", **facts, sameness=Sameness(are_two=True)
    )

    harold, june = join(second, now), join(first, now)

    assert (harold.name, june.name) == ("Harold", "June")


def test_a_name_of_another_clinic_is_not_told(nurse, patient, stranger, now):
    facts = {"phone": str(stranger.phone), "relation": "", "language": "en", "name": "Sue"}

    joined = join(invitations.invite(patient=patient, by=nurse, now=now, **facts), now)

    assert (joined.name, joined == stranger) == ("Sue", False)


def test_who_shares_a_phone(june, harold, patient):
    other = factories.CareTeamMemberFactory(patient=patient).user

    assert shared_numbers.sharers_of(user=june, patient=patient) == [june, harold.user]
    assert shared_numbers.sharers_of(user=other, patient=patient) == []
    User.objects.filter(pk=harold.user_id).update(is_active=False)
    assert shared_numbers.sharers_of(user=june, patient=patient) == []


def test_the_same_text_goes_once(june, harold, patient, nurse, now):
    third = factories.CareTeamMemberFactory(patient=patient).user
    plan.plan_patient(patient=patient, now=now - timedelta(hours=3))

    nights.follow_up_due(now=now - timedelta(hours=1))
    preparation.send_trial_texts(patient_id=patient.pk, by=nurse, now=now)
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    for prefix in ("night:", "trial:", "word:"):
        sent = Message.objects.filter(dedupe_key__startswith=prefix).values_list("to", flat=True)
        assert sorted(sent) == sorted([str(june.phone), str(third.phone)]), prefix


def test_two_languages_on_one_phone_are_two_texts(june, harold, patient, nurse, now):
    User.objects.filter(pk=harold.user_id).update(language="es")

    preparation.send_trial_texts(patient_id=patient.pk, by=nurse, now=now)

    assert Message.objects.count() == 2


def test_the_others_are_asked_once_a_phone(june, harold, patient, now):
    first = factories.CareTeamMemberFactory(patient=patient).user
    factories.ReportFactory(patient=patient, author=first, received_at=now - timedelta(hours=5))
    checkin = Checkin.objects.create(patient=patient, due_at=now)
    rows = [
        Reminder.objects.create(checkin=checkin, caregiver=person, due_at=now, to_backup=True)
        for person in (june, harold.user)
    ]

    assert reminders.queue_due(now=now) == 1

    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["queued", "cancelled"]


def test_one_persons_end_leaves_the_other_and_takes_only_their_own_texts(june, harold, patient, nurse, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    checkin = Checkin.objects.create(patient=patient, due_at=now)
    own = Reminder.objects.create(checkin=checkin, caregiver=june, due_at=now)
    assert reminders.queue_if_due(reminder_id=own.pk, now=now)
    theirs = Reminder.objects.create(checkin=checkin, caregiver=harold.user, due_at=now, offset_minutes=60)
    member = patient.care_team.get(user=june)

    care_team.end_access(member_id=member.pk, by=nurse, now=now)

    own.refresh_from_db()
    assert Message.objects.get(pk=own.message_id).state == "suppressed"
    assert patient.care_team.get(ended_at=None).user == harold.user
    word = WordBack.objects.get()
    assert word.user == harold.user
    assert Message.objects.get(dedupe_key__startswith=f"word:{word.pk}:").state == "pending"
    theirs.refresh_from_db()
    assert theirs.state == "planned"


def test_a_cry_from_a_shared_phone_is_one_task_that_names_both(june, harold, patient, now):
    text_alarms.raise_for_text(from_phone=str(june.phone), kind="urgent", inbound_id=1, now=now)

    assert SystemAlarm.objects.filter(kind="help_asked").count() == 1
    [shown] = alarms.open_alarms(clinics=[patient.clinic])
    assert shown.about.caregiver_name == "June Parker, Harold Parker"


def test_a_lost_phone_signs_out_everybody_on_it(june, harold, patient, nurse, now):
    member = patient.care_team.get(user=june)

    care_team.sign_out_everywhere(member_id=member.pk, by=nurse, now=now)

    assert User.objects.filter(signed_out_at=now).count() == 2
