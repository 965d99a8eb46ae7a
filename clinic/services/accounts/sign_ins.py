"""What somebody does about their own sign-in, and what is tried at it, for the leads of their clinics."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clinic import row_scope
from clinic.models import Staff, User
from clinic.services.core import audit


def record_own(*, action: str, user: User, now: datetime, detail: Mapping[str, Any] | None = None) -> None:
    """The person themselves has done it."""
    _record(action, by=user, user=user, now=now, detail=detail)


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
