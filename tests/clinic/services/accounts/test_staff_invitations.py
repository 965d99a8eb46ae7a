from datetime import timedelta

import pytest
from django.db import IntegrityError

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Staff, StaffInvitation, SystemAlarm, User
from clinic.models.system_alarm import AlarmKind
from clinic.services.accounts import leaving, staff_invitations
from clinic.services.accounts.staff_invitations import InvitationRefused, LinkRefused, SignInFirst
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "ruby-lantern-gravel-otter"


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def invite(clinic, lead, now):
    def call(email="New@River.example", role="nurse", by=lead, at=now):
        return staff_invitations.invite(
            clinic_id=clinic.pk, email=email, name=" Nia New ", role=role, by=by, now=at
        )

    return call


def token_of(sent):
    return sent.url.rstrip("/").rsplit("/", 1)[1]


def join(sent, at):
    return staff_invitations.join(token=token_of(sent), name="Nia New", password=PASSWORD, now=at)


def test_link_goes_by_mail_once_and_is_stored_as_a_hash(invite):
    sent = invite()

    message = Message.objects.get()
    assert (message.channel, message.to, message.purpose) == ("email", "new@river.example", "invite")
    assert sent.url in message.body
    assert token_of(sent) not in str(StaffInvitation.objects.values().get())
    assert AuditEvent.objects.get(action="staff_invitation.sent").subject_id == str(sent.invitation.pk)


def test_who_joins_has_the_role_and_the_leads_hear_of_it(invite, clinic, now):
    staff = join(invite(role="physician"), now)

    assert (staff.clinic, staff.role, staff.user.email) == (clinic, "physician", "new@river.example")
    assert staff.user.check_password(PASSWORD)
    assert not (staff.user.is_staff or staff.user.is_superuser)
    alarm = SystemAlarm.objects.get(kind=AlarmKind.ACCESS_GIVEN)
    assert (alarm.clinic, alarm.subject) == (clinic, str(staff.user.pk))
    assert AuditEvent.objects.filter(action="staff_invitation.accepted", actor_id=staff.user.pk).exists()


def test_link_works_once(invite, now):
    sent = invite()
    join(sent, now)

    with pytest.raises(LinkRefused) as refused:
        join(sent, now)
    assert refused.value.code == "used"
    assert Staff.objects.filter(user__email="new@river.example").count() == 1


def test_link_ends_after_three_days(invite, now):
    sent = invite()

    with pytest.raises(LinkRefused) as refused:
        join(sent, now + timedelta(hours=72))
    assert refused.value.code == "expired"


def test_newer_link_takes_the_place_of_the_older_one(invite, now):
    old = invite()
    new = invite(role="educator")

    with pytest.raises(LinkRefused) as refused:
        join(old, now)
    assert refused.value.code == "revoked"
    states = {message.dedupe_key.rpartition(":")[2]: message.state for message in Message.objects.all()}
    assert states == {str(old.invitation.pk): "suppressed", str(new.invitation.pk): "pending"}
    assert join(new, now).role == "educator"


def test_fresh_link_and_withdrawal(invite, lead, now):
    first = invite()
    again = staff_invitations.send_again(invitation_id=first.invitation.pk, by=lead, now=now)
    staff_invitations.revoke(invitation_id=again.invitation.pk, by=lead, now=now)

    with pytest.raises(LinkRefused):
        join(again, now)
    assert not Message.objects.filter(state="pending").exists()


def test_used_link_is_neither_sent_again_nor_withdrawn(invite, lead, now):
    sent = invite()
    join(sent, now)

    for act in (staff_invitations.send_again, staff_invitations.revoke):
        with pytest.raises(LinkRefused):
            act(invitation_id=sent.invitation.pk, by=lead, now=now)


def test_who_signs_in_already_keeps_the_password_and_takes_it_up_signed_in(invite, other_nurse, lead, now):
    sent = invite(email=other_nurse.email)

    with pytest.raises(SignInFirst):
        join(sent, now)
    with pytest.raises(NotVisible):
        staff_invitations.accept(token=token_of(sent), by=lead, now=now)
    staff = staff_invitations.accept(token=token_of(sent), by=other_nurse, now=now)

    other_nurse.refresh_from_db()
    assert other_nurse.check_password(factories.PASSWORD)
    assert staff.user == other_nurse
    assert other_nurse.staff_roles.filter(ended_at=None).count() == 2


def test_whose_sign_in_was_closed_meanwhile_gets_no_role(invite, other_nurse, now):
    sent = invite(email=other_nurse.email)
    User.objects.filter(pk=other_nurse.pk).update(is_active=False)
    other_nurse.refresh_from_db()

    with pytest.raises(LinkRefused):
        staff_invitations.accept(token=token_of(sent), by=other_nurse, now=now)


def test_who_has_a_role_here_or_a_closed_sign_in_is_not_invited(invite, nurse):
    with pytest.raises(InvitationRefused, match="has_role"):
        invite(email=nurse.email.upper())
    shut = factories.UserFactory(is_active=False)
    with pytest.raises(InvitationRefused, match="shut"):
        invite(email=shut.email)


def test_nothing_is_promised_where_no_mail_can_leave(invite, settings):
    settings.DEMO, settings.EMAIL_SERVER = False, None

    with pytest.raises(InvitationRefused, match="no_mail"):
        invite()
    assert not StaffInvitation.objects.exists()


def test_only_who_manages_staff_there_invites(invite, nurse, other_nurse, other_clinic):
    with pytest.raises(NotAllowed):
        invite(by=nurse)
    with pytest.raises(NotVisible):
        invite(by=factories.StaffFactory(clinic=other_clinic, role="administrator").user)


def test_the_database_keeps_one_open_link_an_address(clinic):
    factories.StaffInvitationFactory(clinic=clinic, email="twice@river.example")

    with pytest.raises(IntegrityError, match=r"staff_invitation_one_open|UNIQUE"):
        factories.StaffInvitationFactory(clinic=clinic, email="twice@river.example")


def test_who_leaves_comes_back_by_no_link_of_before(invite, clinic, lead, now):
    """One to themselves, while the role came another way; and one to another address, sent while they led."""
    colleague = factories.StaffFactory(clinic=clinic, role="administrator").user
    to_them = invite()
    leaver = factories.StaffFactory(
        clinic=clinic, role="administrator", user__email="new@river.example", user__name="Nia New"
    )
    by_them = invite(email="nia.at.home@mail.example", role="administrator", by=leaver.user)
    by_others = invite(email="other@river.example", by=colleague)

    leaving.end_role(staff_id=leaver.pk, by=lead, now=now)

    for sent in (to_them, by_them):
        with pytest.raises(LinkRefused, match="revoked"):
            staff_invitations.find_usable(token=token_of(sent), now=now)
    with pytest.raises(LinkRefused, match="revoked"):
        staff_invitations.accept(token=token_of(to_them), by=leaver.user, now=now)
    assert not Message.objects.filter(to="nia.at.home@mail.example", due_at__isnull=False).exists()
    assert staff_invitations.find_usable(token=token_of(by_others), now=now)
    # Somebody whom they had invited rightly is invited by another lead.
    anew = staff_invitations.send_again(invitation_id=by_them.invitation.pk, by=lead, now=now)
    assert staff_invitations.find_usable(token=token_of(anew), now=now)
