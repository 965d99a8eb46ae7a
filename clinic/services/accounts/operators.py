"""What operators do in their admin: a row for the leads of each clinic, and an alarm where it opens a way in.

What lets somebody in where people work already takes a lead as well (access_requests.py); what is done at
once cannot stay unseen. A new operator is told to every clinic: they could be asked to be the second person.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from clinic.models import Clinic, Staff, User
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, audit, tokens

# Of a sign-in: with these somebody else gets in, or gets further.
OPENS = frozenset({"email", "password", "is_active", "is_staff", "is_superuser"})
# Of these, what makes an operator.
MAKES_OPERATOR = frozenset({"is_staff", "is_superuser"})
# Ending has a row of its own (services/accounts/leaving).
_ENDS = frozenset({"ended_at"})


def record_role(
    *,
    staff: Staff,
    fields: Collection[str],
    is_new: bool,
    by: User,
    now: datetime,
    is_agreed: bool = False,
) -> None:
    """A role was given or changed; `is_agreed`: a lead of the clinic knows, because they agreed."""
    changed = sorted(set(fields) - _ENDS)
    if not (is_new or changed):
        return
    audit.record(
        action="staff.added" if is_new else "staff.changed",
        by=by,
        now=now,
        clinic_id=staff.clinic_id,
        subject_type="user",
        subject_id=staff.user_id,
        detail={"role": staff.role, "staff": staff.pk, "fields": [] if is_new else changed},
    )
    if not is_agreed:
        _alarm([staff.clinic_id], staff.user_id, now)


def record_sign_in(
    *,
    user: User,
    fields: Collection[str],
    is_new: bool,
    by: User,
    now: datetime,
    agreed_at: Collection[UUID] = (),
) -> None:
    """A sign-in was made or changed; its roles' clinics hear of what opens a way in.

    `agreed_at` are clinics where a lead knows, because they agreed.
    """
    if not (is_new or fields):
        return
    rows = Staff.objects.filter(user=user, ended_at__isnull=True)
    clinics = list(rows.values_list("clinic_id", flat=True))
    audit.record_at_clinics(
        action="user.added" if is_new else "user.changed",
        by=by,
        now=now,
        clinic_ids=clinics,
        subject_type="user",
        subject_id=user.pk,
        detail={"fields": [] if is_new else sorted(fields)},
    )
    if {"email", "password"} & set(fields):
        tokens.revoke_all(user=user, because="password", by=by, now=now)
    if MAKES_OPERATOR & set(fields) and user.is_staff:
        clinics = list(Clinic.objects.values_list("pk", flat=True))
    if OPENS & set(fields):
        _alarm((one for one in clinics if one not in agreed_at), user.pk, now)


def record_clinic(*, clinic: Clinic, fields: Collection[str], is_new: bool, by: User, now: datetime) -> None:
    """A clinic was made or its settings changed."""
    if is_new or fields:
        audit.record(
            action="clinic.added" if is_new else "clinic.changed",
            by=by,
            now=now,
            clinic_id=clinic.pk,
            subject_type="clinic",
            subject_id=clinic.pk,
            detail={"fields": [] if is_new else sorted(fields)},
        )


def _alarm(clinic_ids: Iterable[UUID], user_id: UUID, now: datetime) -> None:
    for clinic_id in clinic_ids:
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.ACCESS_GIVEN, subject=user_id, now=now)
