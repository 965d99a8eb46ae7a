from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from caregiver.services.phone import tokens
from clinic.access import NotVisible
from clinic.models import AuditEvent, User
from clinic.services.patients import care_team, invitations
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
    assert tokens.owner_of_phone(token=token, now=now) is None
    assert patient.care_team.get().ended_at is None
    assert AuditEvent.objects.get(action="care_team.signed_out").actor_id == nurse.pk


def test_after_signing_in_again_a_new_token_works_so_that_the_queue_is_taken(patient, caregiver, nurse, now):
    care_team.sign_out_everywhere(member_id=patient.care_team.get().pk, by=nurse, now=now)

    later = now + timedelta(minutes=1)
    token = tokens.enrol(by=User.objects.get(pk=caregiver.pk), now=later)

    assert tokens.owner_of_phone(token=token, now=later) == caregiver


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
        patient=patient, by=nurse, now=now, **{**GUEST, "phone": str(caregiver.phone)}
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
