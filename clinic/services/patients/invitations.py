"""Invites a caregiver by a single-use link, texted to one phone or handed over on paper."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.access import AnyUser, get_invitation, require_managing
from clinic.models import CareTeamMember, Clinic, Invitation, Patient, User
from clinic.queries.core import recipients
from clinic.rules.core.zones import zone_names
from clinic.rules.patients.life_events import OVER
from clinic.services.core import audit
from clinic.services.core.tokens import hash_of
from clinic.services.patients import invitees, own_facts, terms, text_consent, watchers
from clinic.services.patients.invitees import UNDECIDED, Invitee, Sameness
from notifications.rules.recipients import Refusal
from notifications.services import nudge, outbox

EXPIRES_AFTER = timedelta(hours=72)
RESENDS_AN_HOUR = 3


class InvitationProblem(Exception):
    """The link cannot be used; `clinic` is who to call, or None where nothing is known."""

    def __init__(self, clinic: Clinic | None = None) -> None:
        super().__init__(type(self).__name__)
        self.clinic = clinic


class InvitationUnknown(InvitationProblem):
    """There is no such link."""


class InvitationUsed(InvitationProblem):
    """Somebody has used it."""


class InvitationExpired(InvitationProblem):
    """It is too old."""


class InvitationRevoked(InvitationProblem):
    """The clinic, or a newer link, took it back."""


class InvitationReplaced(InvitationRevoked):
    """A newer link went to the same person, who is to use that one."""


class CannotBeTexted(Exception):
    """A text does not reach this number: `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


class CareOver(Exception):
    """The patient has died, or is monitored no more: nobody is invited to help."""


@dataclass(frozen=True)
class SentInvitation:
    """The invitation, and the only copy of its link."""

    invitation: Invitation
    url: str


@dataclass(frozen=True)
class RedeemedInvitation:
    """Who joined, and whom they look after now.

    `is_proven`: the link was made for this phone alone, so it may be signed in. `is_let_in`: they looked
    after nobody before, so there is nothing that the phone could read but what the clinic opens now.
    """

    user: User
    patient: Patient
    is_proven: bool
    is_let_in: bool


@transaction.atomic
def invite(
    *,
    patient: Patient,
    by: User,
    phone: str,
    name: str,
    relation: str,
    language: str,
    now: datetime,
    sameness: Sameness = UNDECIDED,
) -> SentInvitation:
    """Make a link, text it, and take back older open links to the same person.

    NotAllowed, CareOver, CannotBeTexted; NumberKnown until staff have said who it is.
    """
    guest = _prepare(patient, by, Invitee(phone, name, relation, language), sameness, now)
    return _send(patient, by, guest, now)


@transaction.atomic
def print_out(
    *,
    patient: Patient,
    by: User,
    phone: str,
    name: str,
    relation: str,
    language: str,
    now: datetime,
    sameness: Sameness = UNDECIDED,
) -> SentInvitation:
    """The same link on paper: nothing is texted now, and whoever holds the paper can use it once.

    The number is where sign-in codes go. NotAllowed, CareOver, CannotBeTexted, NumberKnown.
    """
    guest = _prepare(patient, by, Invitee(phone, name, relation, language), sameness, now)
    return _create_invitation(patient, by, guest, now, is_printed=True)


def find_usable(*, token: str, now: datetime) -> Invitation:
    """The invitation behind a link, unchanged; raises the InvitationProblem that tells why not."""
    invitation = (
        Invitation.objects.select_related("patient__clinic").filter(token_hash=hash_of(token)).first()
    )
    return _require_usable(invitation, now)


@transaction.atomic
def redeem(
    *,
    token: str,
    agreed_to: str = "",
    time_zone: str = "",
    shown_terms: Collection[str] = (),
    now: datetime,
) -> RedeemedInvitation:
    """Use the link: link its phone's person to the patient. Works once; else an InvitationProblem.

    `agreed_to` is the version of the wording about reminders that they ticked, if they did; `time_zone` is
    where their clock stands, as they or their phone said. One that we do not know says nothing.
    `shown_terms` are the clinic's own that stood on the page.
    """
    patients = Patient.objects.filter(invitations__token_hash=hash_of(token))
    patient = patients.select_for_update(of=("self",), no_key=True).first()
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .filter(token_hash=hash_of(token))
        .first()
    )
    invitation = _require_usable(locked, now)
    user, is_new = invitees.find_or_create_user(invitation)
    if user is None or not user.is_active or patient is None or patient.status in OVER:
        # The clinic has shut this person out, or the care is over; the link is worth nothing and not used up.
        raise InvitationRevoked(invitation.patient.clinic)
    is_let_in = not user.care_links.filter(ended_at__isnull=True).exists()
    CareTeamMember.objects.get_or_create(
        user=user,
        patient=invitation.patient,
        ended_at=None,
        defaults={"relation": invitation.relation, "started_at": now},
    )
    invitation.redeemed_at, invitation.redeemed_by = now, user
    invitation.save(update_fields=["redeemed_at", "redeemed_by"])
    watchers.sync(patient=patient, now=now)
    # Paper proves no phone. Somebody who is known already may look after patients of other clinics too,
    # so whoever holds the paper neither signs in as them nor agrees to anything for them.
    is_proven = is_new or not invitation.is_printed
    if is_proven:
        clinics = [invitation.patient.clinic]
        terms.accept(user=user, source="join", clinics=clinics, shown=shown_terms, now=now)
    if is_proven and agreed_to:
        text_consent.agree(by=user, text_version=agreed_to, now=now)
    if is_proven and time_zone in zone_names():
        own_facts.set_zone(by=user, zone=time_zone, now=now)
    _audit(invitation, "invitation.redeemed", user, now)
    nudge.after_commit("clinic.tasks.plan")
    return RedeemedInvitation(user=user, patient=invitation.patient, is_proven=is_proven, is_let_in=is_let_in)


@transaction.atomic
def send_fresh_link(*, token: str, now: datetime) -> None:
    """Text a fresh link to the same phone for a used, expired or replaced one. Silent in every case.

    Where the clinic took the newest link back, or ended the access that it gave, nothing is sent; and one
    phone gets a few an hour at most.
    """
    old = Invitation.objects.select_related("patient__clinic").filter(token_hash=hash_of(token)).first()
    if old is None or _lock_status(old.patient_id) in OVER:
        return
    same_phone = invitees.named(Invitation.objects.filter(patient=old.patient, phone=old.phone), [old.name])
    newest = same_phone.order_by("-invited_at", "-expires_at")[0]
    if newest.revoked_at is not None or _access_ended(newest):
        return
    if same_phone.filter(invited_at__gt=now - timedelta(hours=1)).count() >= RESENDS_AN_HOUR:
        return
    _revoke_open(same_phone, old.invited_by, now)
    _send(old.patient, old.invited_by, _invitee_of(old), now)


def send_again(*, invitation_id: UUID, by: User, now: datetime) -> Invitation:
    """Staff text a fresh link in place of one that was not used.

    NotVisible, NotAllowed, CareOver, InvitationUsed, CannotBeTexted.
    """
    visible = get_invitation(by, invitation_id)
    require_managing(by, visible.patient)
    _require_textable(str(visible.phone))
    with transaction.atomic():
        _require_going_on(visible.patient_id)
        return _replace_and_send(visible.pk, by, now)


def withdraw_all(*, patient: Patient, by: User, now: datetime) -> tuple[int, int]:
    """Nobody joins any more: revoke the open links; returns how many, and how many texts were taken back.

    Runs in the caller's transaction, which holds the lock on the patient's row.
    """
    return _revoke_open(Invitation.objects.filter(patient=patient), by, now)


def withdraw_from(*, member: CareTeamMember, by: User, now: datetime) -> int:
    """Whose access has ended does not let themselves in again; returns how many texts were taken back.

    Runs in the caller's transaction, which holds the lock on the patient's row.
    """
    return _revoke_open(invitees.to_member(member), by, now)[1]


def revoke(*, invitation_id: UUID, by: User, now: datetime) -> Invitation:
    """Take an unused link back. NotVisible, NotAllowed; a used one raises InvitationUsed."""
    visible = get_invitation(by, invitation_id)
    require_managing(by, visible.patient)
    return _revoke(visible.pk, by, now)


@transaction.atomic
def _revoke(invitation_id: UUID, by: User, now: datetime) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("patient__clinic")
        .get(pk=invitation_id)
    )
    if invitation.redeemed_at is not None:
        raise InvitationUsed(invitation.patient.clinic)
    _revoke_open(Invitation.objects.filter(pk=invitation.pk), by, now)
    return invitation


@transaction.atomic
def _replace_and_send(invitation_id: UUID, by: User, now: datetime) -> Invitation:
    invitations = Invitation.objects.select_for_update(of=("self",)).select_related("patient__clinic")
    old = invitations.get(pk=invitation_id)
    if old.redeemed_at is not None:
        raise InvitationUsed(old.patient.clinic)
    same_phone = Invitation.objects.filter(patient=old.patient, phone=old.phone)
    _revoke_open(invitees.named(same_phone, [old.name]), by, now)
    return _send(old.patient, by, _invitee_of(old), now).invitation


def _require_going_on(patient_id: UUID) -> None:
    if _lock_status(patient_id) in OVER:
        raise CareOver


def _lock_status(patient_id: UUID) -> str:
    """Locked, so that whoever records a death at this moment finds every link, or comes first."""
    patients = Patient.objects.select_for_update(no_key=True).filter(pk=patient_id)
    return str(patients.values_list("status", flat=True).get())


def _prepare(patient: Patient, by: User, guest: Invitee, sameness: Sameness, now: datetime) -> Invitee:
    """What stands before every new link: nothing speaks against it, it is known who it is, older ones end."""
    require_managing(by, patient)
    _require_going_on(patient.pk)
    _require_textable(guest.phone)
    decided, names = invitees.decide(guest, patient=patient, sameness=sameness, now=now)
    _revoke_open(
        invitees.named(Invitation.objects.filter(patient=patient, phone=guest.phone), names), by, now
    )
    return decided


def _require_textable(phone: str) -> None:
    reason = recipients.why_not(phone)
    if reason is not None:
        raise CannotBeTexted(reason)


def _invitee_of(invitation: Invitation) -> Invitee:
    return Invitee(
        str(invitation.phone),
        invitation.name,
        invitation.relation,
        invitation.language,
        invitation.person,
        invitation.is_another_person,
    )


def _send(patient: Patient, by: User, guest: Invitee, now: datetime) -> SentInvitation:
    invited = _create_invitation(patient, by, guest, now)
    outbox.queue(
        to=guest.phone,
        body=_text_body(patient.clinic, invited.url, guest.language),
        purpose="invite",
        dedupe_key=f"invite:{invited.invitation.pk}",
        service="reminders",
        expires_at=invited.invitation.expires_at,
        language=guest.language,
        now=now,
    )
    return invited


def _create_invitation(
    patient: Patient, by: User, guest: Invitee, now: datetime, *, is_printed: bool = False
) -> SentInvitation:
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        patient=patient,
        token_hash=hash_of(token),
        invited_at=now,
        invited_by=by,
        expires_at=now + EXPIRES_AFTER,
        is_printed=is_printed,
        **vars(guest),
    )
    _audit(invitation, "invitation.printed" if is_printed else "invitation.sent", by, now)
    return SentInvitation(invitation=invitation, url=f"{settings.PUBLIC_BASE_URL}/join/{token}/")


def _require_usable(invitation: Invitation | None, now: datetime) -> Invitation:
    if invitation is None:
        raise InvitationUnknown
    clinic = invitation.patient.clinic
    if invitation.redeemed_at is not None:
        raise InvitationUsed(clinic)
    if invitation.revoked_at is not None:
        raise InvitationReplaced(clinic) if _has_newer(invitation) else InvitationRevoked(clinic)
    if invitation.expires_at <= now:
        raise InvitationExpired(clinic)
    return invitation


def has_joined_by(*, token: str, by: AnyUser) -> bool:
    """Whether it was this person who used the link."""
    used = Invitation.objects.filter(token_hash=hash_of(token), redeemed_at__isnull=False)
    return by.is_authenticated and used.filter(redeemed_by=by.pk).exists()


def clinic_of(*, token: str) -> Clinic | None:
    """Whose invitation it is, whatever has become of it."""
    found = Invitation.objects.select_related("patient__clinic").filter(token_hash=hash_of(token)).first()
    return found.patient.clinic if found else None


def _has_newer(invitation: Invitation) -> bool:
    later = Invitation.objects.filter(
        patient=invitation.patient_id, phone=invitation.phone, invited_at__gte=invitation.invited_at
    )
    others = invitees.named(later, [invitation.name]).exclude(pk=invitation.pk)
    return others.filter(revoked_at__isnull=True).exists()


def _access_ended(invitation: Invitation) -> bool:
    """The clinic ended this person's access after they had joined by this link."""
    if invitation.redeemed_by is None:
        return False
    links = CareTeamMember.objects.filter(user=invitation.redeemed_by, patient=invitation.patient)
    return not links.filter(ended_at__isnull=True).exists()


def _revoke_open(invitations: QuerySet[Invitation], by: User, now: datetime) -> tuple[int, int]:
    """How many links, and how many of their texts had not left."""
    revoked = texts = 0
    for invitation in invitations.filter(redeemed_at__isnull=True, revoked_at__isnull=True):
        invitation.revoked_at, invitation.revoked_by = now, by
        invitation.save(update_fields=["revoked_at", "revoked_by"])
        texts += outbox.take_back_keyed(prefix=f"invite:{invitation.pk}", now=now)
        _audit(invitation, "invitation.revoked", by, now)
        revoked += 1
    return revoked, texts


def _audit(invitation: Invitation, action: str, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=invitation.patient.clinic_id,
        subject_type="invitation",
        subject_id=invitation.pk,
        patient_id=invitation.patient_id,
    )


def _text_body(clinic: Clinic, url: str, language: str) -> str:
    with translation.override(language):
        return _("%(brand)s: you are invited to help with check-ins. Open this link: %(url)s") % {
            "brand": clinic.sms_brand,
            "url": url,
        }
