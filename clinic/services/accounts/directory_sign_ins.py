"""Somebody comes in by the hospital's directory: who they are here, and which roles follow from its groups.

Nobody gets in without a role: by a group, by an invitation to their address, or by one that they have. A role
that a group gave ends when no group gives it any more, at the next sign-in; one that people gave is theirs to
end. Operators come in by their own password and factor only.
"""

from collections.abc import Mapping
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from clinic import row_scope
from clinic.models import Clinic, Staff, StaffInvitation, User
from clinic.models.system_alarm import AlarmKind
from clinic.rules.accounts.directory import Identity, roles_of
from clinic.services.accounts import leaving, sign_ins, staff_invitations
from clinic.services.core import alarms, audit

ACTOR = "directory"


class DirectoryRefused(Exception):
    """Nobody comes in. `code`: "no_email" (the directory answers for none), "operator", "shut", "another"
    (the address is linked to another of its people) or "no_role"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_linked(*, user: User) -> bool:
    """Whether this person has come in by the directory before."""
    return bool(SocialAccount.objects.filter(user=user).exists())


@row_scope.everything()
def enter(*, identity: Identity, linked: User | None, now: datetime) -> User:
    """Whoever this is here, with the roles that they have as of now; made if a group or an invitation asks.

    `linked`: who came in as this person of the directory before. DirectoryRefused, which is on record.
    """
    user = linked or _of_address(identity, now)
    if user is not None:
        _require_open(user, now)
    wanted = roles_of(identity.groups, settings.OIDC_GROUPS)
    if user is not None:
        _end_what_no_group_gives(user, wanted, now)
    user = _with_roles(user, identity, wanted, now)
    if user is None or not user.staff_roles.filter(ended_at=None).exists():
        raise _refused("no_role", user, now)
    return user


def _of_address(identity: Identity, now: datetime) -> User | None:
    """The sign-in of that address, where nobody else of the directory has it."""
    if not identity.email:
        raise _refused("no_email", None, now)
    user = User.objects.filter(email=identity.email).first()
    if user is not None and is_linked(user=user):
        # An address that went to somebody new, as hospitals do: whose it was before is somebody else.
        raise _refused("another", user, now)
    return user


def _require_open(user: User, now: datetime) -> None:
    if user.is_staff or user.is_superuser:
        raise _refused("operator", user, now)
    if not user.is_active:
        raise _refused("shut", user, now)


def _end_what_no_group_gives(user: User, wanted: Mapping[str, str], now: datetime) -> None:
    """Each in a transaction of its own, so that a refusal that follows takes nothing back."""
    roles = user.staff_roles.filter(ended_at=None, from_directory=True).select_related("clinic")
    for staff in list(roles):
        if wanted.get(staff.clinic.slug) != staff.role:
            leaving.end_by_directory(
                staff=staff, goes_on=bool(wanted.get(staff.clinic.slug)), actor=ACTOR, now=now
            )


@transaction.atomic
def _with_roles(
    user: User | None, identity: Identity, wanted: Mapping[str, str], now: datetime
) -> User | None:
    clinics = {clinic.slug: clinic for clinic in Clinic.objects.filter(slug__in=wanted)}
    invitations = _open_invitations(identity, now)
    if user is None:
        if not (clinics or invitations):
            return None
        zone = clinics[next(slug for slug in wanted if slug in clinics)] if clinics else invitations[0].clinic
        user = User.objects.create_user(
            email=identity.email, name=identity.name or identity.email, time_zone=zone.time_zone
        )
        audit.record(
            action="user.added",
            by=None,
            now=now,
            clinic_id=zone.pk,
            subject_type="user",
            subject_id=user.pk,
            actor_kind=ACTOR,
        )
    for slug, clinic in clinics.items():
        _give(user, clinic, wanted[slug], now)
    for invitation in invitations:
        staff_invitations.take_up(invitation=invitation, user=user, now=now)
    return user


def _give(user: User, clinic: Clinic, role: str, now: datetime) -> None:
    """The role, unless they have one there already: one that people gave stands."""
    # Who changed role keeps the number that they had proven.
    before = Staff.objects.filter(user=user, clinic=clinic).order_by("-pk").first()
    kept = (
        {
            "phone": before.phone,
            "phone_verified_at": before.phone_verified_at,
            "phone_tested_at": before.phone_tested_at,
        }
        if before and before.from_directory and before.ended_at == now
        else {}
    )
    staff, is_new = Staff.objects.get_or_create(
        user=user,
        clinic=clinic,
        ended_at=None,
        defaults={"role": role, "from_directory": True, "created_at": now, **kept},
    )
    if not is_new:
        return
    if user.has_usable_password():
        # Else a password would still open what the directory has closed.
        user.set_unusable_password()
        user.save(update_fields=["password"])
        sign_ins.record_secret_changed(action="password.removed", because="directory", user=user, now=now)
    audit.record(
        action="staff.added",
        by=None,
        now=now,
        clinic_id=clinic.pk,
        subject_type="user",
        subject_id=user.pk,
        actor_kind=ACTOR,
        detail={"role": role, "staff": staff.pk},
    )
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.ACCESS_GIVEN, subject=user.pk, now=now)


def _open_invitations(identity: Identity, now: datetime) -> list[StaffInvitation]:
    """Whoever the directory names as owner of the address need not open the link that went there."""
    if not identity.email:
        return []
    rows = StaffInvitation.objects.select_for_update(of=("self",)).select_related("clinic")
    return list(
        rows.filter(email=identity.email, accepted_at=None, revoked_at=None, expires_at__gt=now).order_by(
            "pk"
        )
    )


def _refused(code: str, user: User | None, now: datetime) -> DirectoryRefused:
    detail = {"by": ACTOR, "code": code}
    if user is None:
        audit.record(action="sign_in.refused", by=None, now=now, actor_kind=ACTOR, detail=detail)
    else:
        sign_ins.record_attempt(action="sign_in.refused", user=user, now=now, detail=detail)
    return DirectoryRefused(code)
