"""Somebody is invited to a role: a link to one e-mail address, used once, to set a password of their own.

So no administrator ever knows a colleague's first password, and nobody needs an operator to begin.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from clinic import row_scope
from clinic.access import NotVisible, Permission, get_clinic, get_staff_invitation, require
from clinic.models import Clinic, Staff, StaffInvitation, User
from clinic.models.staff import Role
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, audit
from clinic.services.core.tokens import hash_of
from notifications.rules.channels import Channel
from notifications.services import outbox

LASTS = timedelta(hours=72)


class InvitationRefused(Exception):
    """Nobody is invited: `code` is "has_role", "shut" (a closed sign-in) or "no_mail" (none can leave)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LinkRefused(Exception):
    """The link opens nothing: `code` is "unknown", "used", "expired" or "revoked"; `clinic` where known."""

    def __init__(self, code: str, clinic: Clinic | None = None) -> None:
        super().__init__(code)
        self.code, self.clinic = code, clinic


class SignInFirst(Exception):
    """The address has a sign-in, by a password or the directory: only who is signed in takes the role up."""


@dataclass(frozen=True)
class SentStaffInvitation:
    """The invitation, and the only copy of its link."""

    invitation: StaffInvitation
    url: str


def invite(
    *, clinic_id: UUID, email: str, name: str, role: str, by: User, now: datetime
) -> SentStaffInvitation:
    """Send a link by e-mail; an open one to the same address ends.

    NotVisible, NotAllowed, InvitationRefused.
    """
    clinic = get_clinic(by, clinic_id)
    require(by, Permission.MANAGE_STAFF, clinic)
    _require_invitable(clinic, email)
    if not (settings.EMAIL_SERVER or settings.DEMO):
        raise InvitationRefused("no_mail")
    with transaction.atomic():
        return _send(_make(clinic, email, name, role, by, now), now)


def send_again(*, invitation_id: UUID, by: User, now: datetime) -> SentStaffInvitation:
    """A fresh link in place of one that was not used.

    NotVisible, NotAllowed, LinkRefused, InvitationRefused.
    """
    old = _managed(invitation_id, by)
    _require_unused(old)
    return invite(clinic_id=old.clinic_id, email=old.email, name=old.name, role=old.role, by=by, now=now)


def revoke(*, invitation_id: UUID, by: User, now: datetime) -> StaffInvitation:
    """Take an unused link back. NotVisible, NotAllowed; LinkRefused("used")."""
    _managed(invitation_id, by)
    with transaction.atomic():
        invitation = _locked().get(pk=invitation_id)
        if invitation.accepted_at is not None:
            raise LinkRefused("used", invitation.clinic)
        _revoke_open(StaffInvitation.objects.filter(pk=invitation.pk), by, now)
        return invitation


def revoke_of_leaver(*, staff: Staff, by: User, now: datetime) -> None:
    """Whoever leaves comes back by no link to themselves, nor by one that they sent before they went.

    Runs in the caller's transaction, after the role has ended. Another lead may invite the same people anew.
    """
    to_them = Q(email=(staff.user.email or "").lower()) if staff.user.email else Q(pk=None)
    sent = StaffInvitation.objects.filter(to_them | Q(invited_by=staff.user_id), clinic=staff.clinic_id)
    _revoke_open(sent, by, now)


@transaction.atomic
def print_first(*, clinic: Clinic, administrator: User, now: datetime) -> SentStaffInvitation:
    """The link of a clinic's first administrator, for the operator who sets it up: nothing is sent."""
    return _make(
        clinic,
        str(administrator.email),
        administrator.name,
        Role.ADMINISTRATOR,
        administrator,
        now,
        is_by_operator=True,
    )


@row_scope.everything()
def find_usable(*, token: str, now: datetime) -> StaffInvitation:
    """The invitation behind a link, unchanged; LinkRefused says why not."""
    found = StaffInvitation.objects.select_related("clinic").filter(token_hash=hash_of(token)).first()
    return _require_usable(found, now)


@row_scope.everything()
def needs_password(*, invitation: StaffInvitation) -> bool:
    """Whether the address has no sign-in with a password yet, so that the link may set one."""
    user = _user_of(invitation)
    return user is None or not _has_door(user)


@row_scope.everything()
@transaction.atomic
def join(*, token: str, name: str, password: str, now: datetime) -> Staff:
    """Take the role up with a new sign-in. LinkRefused; SignInFirst where the address has one already.

    The caller has checked that the password is good enough.
    """
    invitation = _require_usable(_locked().filter(token_hash=hash_of(token)).first(), now)
    user = _user_of(invitation)
    if user is not None and _has_door(user):
        raise SignInFirst
    if user is None:
        user = User(email=invitation.email, time_zone=invitation.clinic.time_zone)
    user.name = name
    user.set_password(password)
    user.save()
    return take_up(invitation=invitation, user=user, now=now)


@row_scope.everything()
@transaction.atomic
def accept(*, token: str, by: User, now: datetime) -> Staff:
    """Take the role up with the sign-in that one has. LinkRefused; NotVisible where it is another's link."""
    invitation = _require_usable(_locked().filter(token_hash=hash_of(token)).first(), now)
    if (by.email or "").lower() != invitation.email:
        raise NotVisible("staff_invitation")
    return take_up(invitation=invitation, user=by, now=now)


def take_up(*, invitation: StaffInvitation, user: User, now: datetime) -> Staff:
    """Give the role to whoever has proven to be meant; the invitation is locked and good. LinkRefused."""
    if not user.is_active:
        raise LinkRefused("revoked", invitation.clinic)
    staff, is_new = Staff.objects.get_or_create(
        user=user,
        clinic=invitation.clinic,
        ended_at=None,
        defaults={"role": invitation.role, "created_at": now},
    )
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _audit(invitation, "staff_invitation.accepted", user, now)
    if is_new:
        alarms.raise_alarm(
            clinic_id=invitation.clinic_id, kind=AlarmKind.ACCESS_GIVEN, subject=user.pk, now=now
        )
    return staff


def _make(
    clinic: Clinic,
    email: str,
    name: str,
    role: str,
    by: User,
    now: datetime,
    *,
    is_by_operator: bool = False,
) -> SentStaffInvitation:
    email = email.strip().lower()
    _revoke_open(StaffInvitation.objects.filter(clinic=clinic, email=email), by, now)
    token = secrets.token_urlsafe(24)
    invitation = StaffInvitation.objects.create(
        clinic=clinic,
        token_hash=hash_of(token),
        email=email,
        name=name.strip(),
        role=role,
        invited_at=now,
        invited_by=by,
        expires_at=now + LASTS,
    )
    _audit(invitation, "staff_invitation.sent", None if is_by_operator else by, now)
    return SentStaffInvitation(invitation, f"{settings.PUBLIC_BASE_URL}/accounts/invited/{token}/")


def _send(sent: SentStaffInvitation, now: datetime) -> SentStaffInvitation:
    invitation = sent.invitation
    known = User.objects.filter(email=invitation.email).first()
    language = (known or invitation.invited_by).language
    with translation.override(language):
        body = _(
            "%(brand)s invites you to its team. Open this link within three days and follow the page: %(url)s"
        ) % {"brand": invitation.clinic.sms_brand, "url": sent.url}
    outbox.queue(
        to=invitation.email,
        body=body,
        purpose="invite",
        dedupe_key=_key(invitation),
        service="paging",
        channel=Channel.EMAIL,
        expires_at=invitation.expires_at,
        language=language,
        now=now,
    )
    return sent


def _require_invitable(clinic: Clinic, email: str) -> None:
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        return
    if not user.is_active:
        raise InvitationRefused("shut")
    if Staff.objects.filter(user=user, clinic=clinic, ended_at__isnull=True).exists():
        raise InvitationRefused("has_role")


def _managed(invitation_id: UUID, by: User) -> StaffInvitation:
    invitation = get_staff_invitation(by, invitation_id)
    require(by, Permission.MANAGE_STAFF, invitation.clinic_id)
    return invitation


def _locked() -> QuerySet[StaffInvitation]:
    return StaffInvitation.objects.select_for_update(of=("self",)).select_related("clinic")


def _user_of(invitation: StaffInvitation) -> User | None:
    return User.objects.filter(email=invitation.email).first()


def _has_door(user: User) -> bool:
    """Whether they can sign in already. A link that set a password would be a way around the directory."""
    return user.has_usable_password() or SocialAccount.objects.filter(user=user).exists()


def _require_usable(invitation: StaffInvitation | None, now: datetime) -> StaffInvitation:
    if invitation is None:
        raise LinkRefused("unknown")
    _require_unused(invitation)
    if invitation.revoked_at is not None:
        raise LinkRefused("revoked", invitation.clinic)
    if invitation.expires_at <= now:
        raise LinkRefused("expired", invitation.clinic)
    return invitation


def _require_unused(invitation: StaffInvitation) -> None:
    if invitation.accepted_at is not None:
        raise LinkRefused("used", invitation.clinic)


def _revoke_open(invitations: QuerySet[StaffInvitation], by: User, now: datetime) -> None:
    for invitation in invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True):
        invitation.revoked_at, invitation.revoked_by = now, by
        invitation.save(update_fields=["revoked_at", "revoked_by"])
        outbox.take_back_keyed(prefix=_key(invitation), now=now)
        _audit(invitation, "staff_invitation.revoked", by, now)


def _key(invitation: StaffInvitation) -> str:
    return f"staff-invite:{invitation.pk}"


def _audit(invitation: StaffInvitation, action: str, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=invitation.clinic_id,
        subject_type="staff_invitation",
        subject_id=invitation.pk,
        detail={"role": invitation.role},
    )
