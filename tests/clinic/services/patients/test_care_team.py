from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from caregiver.services.phone import tokens
from clinic.access import NotVisible
from clinic.models import AuditEvent, Escalation, SystemAlarm, User
from clinic.services.checkins import plan, reminders
from clinic.services.core import alarms
from clinic.services.escalations import life_events, missed
from clinic.services.patients import care_team, invitations
from clinic.services.patients.invitees import Sameness
from notifications.models import Message
from tests import factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def is_signed_in(client):
    return "_auth_user_id" in client.session and client.get("/history/").status_code == 200


def test_lost_phone_ends_every_session_and_token_at_once_and_access_stays(patient, caregiver, nurse, now):
    browsers = [signed_in(caregiver), signed_in(caregiver)]
    token = tokens.enrol(by=caregiver, now=now)

    care_team.sign_out_everywhere(member_id=patient.care_team.get().pk, by=nurse, now=now)

    assert [browser.get("/history/").status_code for browser in browsers] == [302, 302]
    assert tokens.phone_of(token=token, now=now) is None
    assert patient.care_team.get().ended_at is None
    assert AuditEvent.objects.get(action="care_team.signed_out").actor_id == nurse.pk


def test_after_signing_in_again_a_new_token_works_so_that_the_queue_is_taken(patient, caregiver, nurse, now):
    care_team.sign_out_everywhere(member_id=patient.care_team.get().pk, by=nurse, now=now)

    later = now + timedelta(minutes=1)
    token = tokens.enrol(by=User.objects.get(pk=caregiver.pk), now=later)

    assert tokens.phone_of(token=token, now=later).user == caregiver


def test_end_of_the_last_access_ends_the_sessions_too(patient, caregiver, nurse, now):
    browser = signed_in(caregiver)

    care_team.end_access(member_id=patient.care_team.get().pk, by=nurse, now=now)

    assert browser.get("/history/").status_code == 302


def test_who_looks_after_somebody_else_stays_signed_in(patient, caregiver, nurse, now):
    factories.CareTeamMemberFactory(user=caregiver, patient__clinic=patient.clinic)
    browser = signed_in(caregiver)

    care_team.end_access(member_id=patient.care_team.get().pk, by=nurse, now=now)

    assert is_signed_in(browser)


def test_staff_who_look_after_somebody_keep_their_password(patient, nurse, other_nurse, now):
    member = factories.CareTeamMemberFactory(patient=patient, user=other_nurse)
    password = other_nurse.password

    care_team.sign_out_everywhere(member_id=member.pk, by=nurse, now=now)

    other_nurse.refresh_from_db()
    assert other_nurse.password == password


def test_outsider_signs_nobody_out(patient, caregiver, other_nurse, now):
    with pytest.raises(NotVisible):
        care_team.sign_out_everywhere(member_id=patient.care_team.get().pk, by=other_nurse, now=now)


GUEST = {"phone": "+16175550140", "name": "Ana", "relation": "sister", "language": "en"}


def test_printed_link_texts_nothing_works_once_and_signs_a_new_person_in(patient, nurse, now):
    printed = invitations.print_out(patient=patient, by=nurse, now=now, **GUEST)
    token = printed.url.rstrip("/").rsplit("/", 1)[1]

    joined = invitations.redeem(token=token, now=now)

    assert (joined.is_proven, Message.objects.count()) == (True, 0)
    assert joined.user.terms.get().source == "join"
    with pytest.raises(invitations.InvitationUsed):
        invitations.redeem(token=token, now=now)


def test_paper_does_not_sign_in_as_somebody_who_is_known_already(patient, caregiver, nurse, now):
    """Else whoever prints a link could look at that person's patients at other clinics."""
    printed = invitations.print_out(
        patient=patient,
        by=nurse,
        now=now,
        **{**GUEST, "phone": str(caregiver.phone)},
        sameness=Sameness(same_as=caregiver.pk),
    )

    browser = Client()
    with time_machine.travel(now, tick=False):
        answer = browser.post(urlsplit(printed.url).path)

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert "_auth_user_id" not in browser.session
    assert not caregiver.terms.exists()


def test_new_text_takes_the_place_of_a_link_that_was_not_used(patient, nurse, now):
    old = invitations.print_out(patient=patient, by=nurse, now=now, **GUEST)

    fresh = invitations.send_again(invitation_id=old.invitation.pk, by=nurse, now=now)

    old.invitation.refresh_from_db()
    assert (old.invitation.revoked_at, fresh.is_printed, fresh.phone) == (now, False, GUEST["phone"])
    assert Message.objects.get().to == GUEST["phone"]
    invitation = factories.InvitationFactory(patient=patient, redeemed_at=now, redeemed_by=nurse)
    with pytest.raises(invitations.InvitationUsed):
        invitations.send_again(invitation_id=invitation.pk, by=nurse, now=now)


# --- Who watches now ---


@pytest.fixture
def watched(clinic, now):
    """Monitored, with one caregiver who has been reminded this minute; the clinic is closed until Monday."""
    staff = factories.CoveringStaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=staff)
    patient = factories.PatientFactory(clinic=clinic, monitored_since=now - timedelta(days=2))
    factories.CareTeamMemberFactory(patient=patient)
    plan.plan_all(now=now - timedelta(hours=1))
    reminders.queue_due(now=now)
    return patient


def end_all(patient, nurse, now):
    for member in patient.care_team.filter(ended_at=None):
        care_team.end_access(member_id=member.pk, by=nurse, now=now)


def asks_who_watches():
    return SystemAlarm.objects.filter(kind="nobody_watches", cleared_at=None).exists()


def test_end_of_the_last_access_asks_at_once_who_watches_and_nothing_leaves(watched, nurse, now):
    assert Message.objects.filter(purpose="reminder", due_at__isnull=False).exists()

    end_all(watched, nurse, now)

    assert not Message.objects.filter(purpose="reminder", due_at__isnull=False).exists()
    assert asks_who_watches()
    [text] = Message.objects.filter(purpose="page")
    # Monday 08:00 in New York: it can wait until somebody reads.
    assert text.due_at == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert "Nobody of one family can report any more." in text.body
    assert text.body.endswith("/console/")


def test_while_that_is_asked_no_silence_is_counted(watched, nurse, now):
    end_all(watched, nurse, now)

    missed.escalate_due(now=now + timedelta(hours=40))

    assert not Escalation.objects.exists()
    assert asks_who_watches()


def test_silence_counts_from_the_moment_at_which_staff_have_dealt_with_the_question(watched, nurse, now):
    """They call the family themselves; what was missed while nobody could report pages nobody."""
    end_all(watched, nurse, now)
    later = now + timedelta(hours=40)
    plan.plan_all(now=later)

    alarms.dismiss(alarm_id=SystemAlarm.objects.get(kind="nobody_watches").pk, by=nurse, now=later)
    missed.escalate_due(now=later + timedelta(minutes=1))

    assert not Escalation.objects.exists()
    missed.escalate_due(now=later + timedelta(hours=40))
    assert Escalation.objects.get().level == "urgent"


def test_nobody_is_asked_while_somebody_is_left(watched, nurse, now):
    factories.CareTeamMemberFactory(patient=watched)

    care_team.end_access(member_id=watched.care_team.order_by("pk")[0].pk, by=nurse, now=now)

    assert not asks_who_watches()


def test_who_joins_watches_again_and_silence_counts_from_then(watched, nurse, now):
    end_all(watched, nurse, now)
    later = now + timedelta(hours=30)
    link = invitations.invite(patient=watched, by=nurse, now=later, **GUEST).url

    invitations.redeem(token=link.rstrip("/").rsplit("/", 1)[1], now=later)
    plan.plan_all(now=later)
    missed.escalate_due(now=later + timedelta(minutes=1))

    watched.refresh_from_db()
    assert (asks_who_watches(), watched.monitored_since) == (False, later)
    assert not Escalation.objects.exists()
    assert not Message.objects.filter(purpose="page", due_at__isnull=False).exists()
    missed.escalate_due(now=later + timedelta(hours=40))
    assert Escalation.objects.exists()


def test_question_ends_with_monitoring_and_comes_with_a_discharge(watched, nurse, now):
    type(watched).objects.filter(pk=watched.pk).update(created_at=now - timedelta(days=9))
    end_all(watched, nurse, now)
    facts = {"patient_id": watched.pk, "by": nurse, "at": now, "reason": "", "now": now}

    life_events.record(kind="admitted", **facts)
    assert not asks_who_watches()
    life_events.record(kind="discharged", **facts)
    assert asks_who_watches()
    life_events.record(kind="died", **facts)
    assert not asks_who_watches()
