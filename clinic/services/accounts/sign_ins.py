"""What somebody does about their own sign-in, and what is tried at it, for the leads of their clinics."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic import row_scope
from clinic.models import Staff, User
from clinic.services.core import audit, devices, tokens


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
    clinics = Staff.objects.filter(user=user, ended_at__isnull=True).values_list("clinic_id", flat=True)
    audit.record_at_clinics(
        action=action,
        by=by,
        now=now,
        clinic_ids=list(clinics),
        subject_type="user",
        subject_id=user.pk,
        detail=detail,
    )
