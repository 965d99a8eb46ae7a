from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, CareTeamMember, Invitation, User
from clinic.services.patients import care_team, invitations, number_changes, own_facts
from notifications.models import Message, PhoneTrouble
from tests import factories

PHONE = "+12065550102"


@pytest.fixture
def invite(patient, nurse, now):
    def _invite(**changes):
        facts = {
            "patient": patient,
            "by": nurse,
            "phone": PHONE,
            "name": "Dana",
            "relation": "sister",
            "language": "es",
            "now": now,
        }
        return invitations.invite(**{**facts, **changes})

    return _invite


def token_of(url):
    return url.rstrip("/").rsplit("/", 1)[1]


def test_invite_texts_a_link_and_stores_only_its_hash(invite):
    invited = invite()

    message = Message.objects.get()
    assert (message.to, message.purpose) == (PHONE, "invite")
    assert invited.url in message.body
    assert token_of(invited.url) not in str(Invitation.objects.values().get())


def test_redeem_links_a_new_person_once(invite, patient, now):
    token = token_of(invite().url)

    redeemed = invitations.redeem(token=token, now=now)

    assert (redeemed.patient, redeemed.user.name, redeemed.user.language) == (patient, "Dana", "es")
    assert str(redeemed.user.phone) == PHONE
    assert CareTeamMember.objects.get().relation == "sister"
    with pytest.raises(invitations.InvitationUsed) as used:
        invitations.redeem(token=token, now=now)
    assert used.value.clinic == patient.clinic


def test_redeem_links_a_known_phone_to_another_patient(invite, clinic, now):
    invitations.redeem(token=token_of(invite().url), now=now)
    second = factories.PatientFactory(clinic=clinic)

    redeemed = invitations.redeem(token=token_of(invite(patient=second).url), now=now)

    assert User.objects.filter(phone=PHONE).count() == 1
    assert redeemed.user.care_links.count() == 2


def test_look_up_changes_nothing(invite, now):
    token = token_of(invite().url)

    for _ in range(3):
        assert invitations.find_usable(token=token, now=now).redeemed_at is None


def test_expired_revoked_and_unknown_links_say_so(invite, nurse, patient, now):
    old, back = invite(phone="+12065550103"), invite()
    invitations.revoke(invitation_id=back.invitation.pk, by=nurse, now=now)

    with pytest.raises(invitations.InvitationExpired):
        invitations.find_usable(token=token_of(old.url), now=now + timedelta(hours=72))
    with pytest.raises(invitations.InvitationRevoked) as revoked:
        invitations.find_usable(token=token_of(back.url), now=now)
    with pytest.raises(invitations.InvitationUnknown) as unknown:
        invitations.find_usable(token="no-such-link\udc80", now=now)
    assert (revoked.value.clinic, unknown.value.clinic) == (patient.clinic, None)


def test_new_invitation_kills_the_old_link(invite, now):
    old = invite()
    invite()

    with pytest.raises(invitations.InvitationRevoked):
        invitations.redeem(token=token_of(old.url), now=now)


def test_resend_texts_a_fresh_link_to_the_same_phone(invite, now):
    old = invite()
    later = now + timedelta(hours=73)

    invitations.send_fresh_link(token=token_of(old.url), now=later)

    fresh = Message.objects.order_by("-created_at").first()
    assert (Message.objects.count(), fresh.to) == (2, PHONE)
    assert fresh.body != Message.objects.order_by("created_at").first().body


def test_resend_stops_after_a_few_an_hour(invite, now):
    token = token_of(invite().url)

    for second in range(6):
        invitations.send_fresh_link(token=token, now=now + timedelta(seconds=second + 1))

    assert Message.objects.count() == invitations.RESENDS_AN_HOUR
    assert Invitation.objects.filter(revoked_at__isnull=True).count() == 1


def test_resend_brings_nothing_for_revoked_unknown_or_ended(invite, nurse, now):
    back, used = invite(phone="+12065550103"), invite()
    invitations.revoke(invitation_id=back.invitation.pk, by=nurse, now=now)
    invitations.redeem(token=token_of(used.url), now=now)
    care_team.end_access(member_id=CareTeamMember.objects.get().pk, by=nurse, now=now)
    before = Message.objects.count()

    for token in (token_of(back.url), token_of(used.url), "unknown"):
        invitations.send_fresh_link(token=token, now=now + timedelta(hours=2))

    assert Message.objects.count() == before


def test_whose_access_has_ended_is_not_let_in_by_an_older_link(invite, nurse, now):
    replaced, used = invite(), invite(now=now + timedelta(hours=1))
    invitations.redeem(token=token_of(used.url), now=now + timedelta(hours=2))
    later = now + timedelta(hours=3)
    care_team.end_access(member_id=CareTeamMember.objects.get().pk, by=nurse, now=later)
    before = Message.objects.count()

    invitations.send_fresh_link(token=token_of(replaced.url), now=later + timedelta(hours=1))

    assert Message.objects.count() == before


def test_end_of_access_takes_back_what_would_let_the_same_person_in_again(invite, patient, nurse, now):
    invitations.redeem(token=token_of(invite().url), now=now)
    again, another = invite(), invite(phone="+12065550103", name="Dario")
    member = CareTeamMember.objects.get()

    care_team.end_access(member_id=member.pk, by=nurse, now=now)

    with pytest.raises(invitations.InvitationRevoked):
        invitations.redeem(token=token_of(again.url), now=now)
    assert Message.objects.get(dedupe_key__startswith=f"invite:{again.invitation.pk}").due_at is None
    assert invitations.redeem(token=token_of(another.url), now=now).user != member.user

    # The clinic may have changed its mind.
    anew = invite(now=now + timedelta(hours=1))
    assert invitations.redeem(token=token_of(anew.url), now=now + timedelta(hours=2)).user == member.user


def test_end_of_access_finds_links_to_a_number_and_a_name_of_before(invite, nurse, now):
    invitations.redeem(token=token_of(invite().url), now=now)
    # By the words of the invitation that they used, and by the number that they had then.
    open_link = invite()
    Invitation.objects.filter(pk=open_link.invitation.pk).update(person=None)
    person = User.objects.get(phone=PHONE)
    own_facts.set_name(by=person, name="Daniela", now=now)
    number_changes.change(user=person, phone="+12065550104", now=now)

    care_team.end_access(member_id=CareTeamMember.objects.get().pk, by=nurse, now=now)

    with pytest.raises(invitations.InvitationRevoked):
        invitations.redeem(token=token_of(open_link.url), now=now)


def test_revoke_of_a_used_link_says_so(invite, nurse, now):
    invited = invite()
    invitations.redeem(token=token_of(invited.url), now=now)

    with pytest.raises(invitations.InvitationUsed):
        invitations.revoke(invitation_id=invited.invitation.pk, by=nurse, now=now)


def test_only_the_clinics_staff_may_invite_revoke_and_end(invite, other_nurse, caregiver, patient, now):
    invited = invite()

    for person in (other_nurse, caregiver):
        with pytest.raises(NotAllowed):
            invite(by=person)
    with pytest.raises(NotVisible):
        invitations.revoke(invitation_id=invited.invitation.pk, by=other_nurse, now=now)
    with pytest.raises(NotVisible):
        care_team.end_access(member_id=patient.care_team.get().pk, by=other_nurse, now=now)


def test_refused_attempts_leave_a_trace(invite, other_nurse, caregiver, patient, now):
    invited = invite()

    with pytest.raises(NotVisible):
        invitations.revoke(invitation_id=invited.invitation.pk, by=other_nurse, now=now)
    with pytest.raises(NotVisible):
        care_team.end_access(member_id=patient.care_team.get().pk, by=other_nurse, now=now)

    denied = AuditEvent.objects.filter(action="access.denied", actor_id=other_nurse.pk)
    assert set(denied.values_list("subject_type", flat=True)) == {"invitation", "care_team_member"}


def test_person_who_was_shut_out_cannot_join_and_the_link_is_not_used_up(invite, now):
    factories.CaregiverFactory(phone=PHONE, is_active=False)
    token = token_of(invite().url)

    with pytest.raises(invitations.InvitationRevoked):
        invitations.redeem(token=token, now=now)

    assert Invitation.objects.get().redeemed_at is None


def test_end_access_is_immediate_and_idempotent(nurse, caregiver, patient, now):
    member = patient.care_team.get()

    care_team.end_access(member_id=member.pk, by=nurse, now=now)
    again = care_team.end_access(member_id=member.pk, by=nurse, now=now + timedelta(hours=1))

    assert (again.ended_at, again.ended_by) == (now, nurse)
    assert not caregiver.care_links.filter(ended_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_redeemed_by_ten_at_once_works_once(invite, now):
    token = token_of(invite().url)
    barrier, results = Barrier(10), []

    def use() -> None:
        barrier.wait()
        try:
            results.append(invitations.redeem(token=token, now=now).user.pk)
        except invitations.InvitationUsed:
            results.append(None)
        finally:
            connection.close()

    threads = [Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [bool(result) for result in sorted(results, key=bool)] == [False] * 9 + [True]
    assert CareTeamMember.objects.count() == 1


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("+447911123456", "country"),
        ("+18002345678", "toll_free"),
        ("+12015550101", "ours"),
        ("+12015550102", "ours"),
        ("+16175550177", "no_texts"),
    ],
)
def test_number_that_cannot_be_texted_is_refused_before_anything_is_said(
    invite, patient, nurse, now, settings, phone, reason
):
    settings.SMS_COUNTRIES = ["US", "CA"]
    PhoneTrouble.objects.create(phone="+16175550177", since=now, no_texts_at=now)
    facts = {"patient": patient, "by": nurse, "name": "Dana", "relation": "", "language": "en", "now": now}

    for door in (invitations.invite, invitations.print_out):
        with pytest.raises(invitations.CannotBeTexted) as refused:
            door(phone=phone, **facts)
        assert refused.value.reason == reason
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_link_is_not_sent_again_to_a_number_that_texts_do_not_reach(invite, nurse, now):
    invited = invite()
    PhoneTrouble.objects.create(phone=PHONE, since=now, no_texts_at=now)

    with pytest.raises(invitations.CannotBeTexted):
        invitations.send_again(invitation_id=invited.invitation.pk, by=nurse, now=now)
    invited.invitation.refresh_from_db()
    assert invited.invitation.revoked_at is None
