"""Devices on which a member of staff is told that somebody needs them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import User
from clinic.services import audit
from notifications.services import subscriptions
from notifications.services.subscriptions import NotAPushAddress

__all__ = ["NotAPushAddress", "add", "remove"]


@transaction.atomic
def add(*, by: User, endpoint: str, p256dh: str, auth: str, label: str, now: datetime) -> None:
    """Notify this browser from now on. NotAPushAddress."""
    kept = subscriptions.subscribe(
        owner_id=by.pk, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, now=now
    )
    audit.record(action="device.added", by=by, now=now, subject_type="device", subject_id=kept.pk)


@transaction.atomic
def remove(*, by: User, device_id: UUID, now: datetime) -> bool:
    """Notify this browser no more; False when it is not this person's."""
    if not subscriptions.forget(owner_id=by.pk, subscription_id=device_id):
        return False
    audit.record(action="device.removed", by=by, now=now, subject_type="device", subject_id=device_id)
    return True
