"""What somebody does about their own sign-in, and what is tried at it, for the leads of their clinics."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import row_scope
from clinic.models import Staff, User
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, audit, devices, known_devices, tokens


def record_own(*, action: str, user: User, now: datetime, detail: Mapping[str, Any] | None = None) -> None:
    """The person themselves has done it."""
    _record(action, by=user, user=user, now=now, detail=detail)


@transaction.atomic
def record_secret_changed(
    *, action: str, because: str, user: User, now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """A password is another, or a factor is gone: API tokens that were made before it end."""
    record_own(action=action, user=user, now=now, detail=detail)
    tokens.revoke_all(user=user, because=because, by=user, now=now)


@transaction.atomic
def end_elsewhere(*, user: User, keep_device_id: UUID | None, now: datetime) -> None:
    """Notices and API tokens of a person who has signed out everywhere else, as after losing a phone."""
    devices.remove_all(owner=user, keep_id=keep_device_id, by=user, now=now)
    tokens.revoke_all(user=user, because="lost_phone", by=user, now=now)


def record_attempt(
    *, action: str, user: User, now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Somebody has tried it, who may not be that person."""
    _record(action, by=None, user=user, now=now, detail=detail)


@row_scope.everything()
def tell_of_guessing(*, email: str, now: datetime) -> None:
    """So many wrong passwords came for a member of staff that the next wait: their leads hear of it."""
    user = User.objects.filter(email=email.strip().lower()).first() if email else None
    if user is not None:
        for clinic_id in _clinics_of(user):
            alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.PASSWORDS_TRIED, subject=user.pk, now=now)


def is_known_device(*, email: str, marks: Collection[str]) -> bool:
    """Whether the person of this address has been signed in on the browser with these marks."""
    user = User.objects.filter(email=email.strip().lower()).first() if email and marks else None
    return user is not None and known_devices.mark_of(user) in marks


def record_failure(*, email: str, now: datetime) -> None:
    """A wrong password, or an address that nobody has; what was typed is not kept."""
    user = User.objects.filter(email=email.strip().lower()).first() if email else None
    if user is None:
        audit.record(action="sign_in.failed", by=None, now=now, actor_kind="visitor")
    else:
        record_attempt(action="sign_in.failed", user=user, now=now)


@row_scope.everything()
def _record(
    action: str, *, by: User | None, user: User, now: datetime, detail: Mapping[str, Any] | None
) -> None:
    audit.record_at_clinics(
        action=action,
        by=by,
        now=now,
        clinic_ids=_clinics_of(user),
        subject_type="user",
        subject_id=user.pk,
        detail=detail,
    )


def _clinics_of(user: User) -> list[UUID]:
    return list(Staff.objects.filter(user=user, ended_at__isnull=True).values_list("clinic_id", flat=True))
