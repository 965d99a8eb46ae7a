"""Devices on which a member of staff is told that somebody needs them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Staff, User
from clinic.services.core import audit
from notifications.services import push_subscriptions
from notifications.services.push_subscriptions import NotAPushAddress

__all__ = ["NotAPushAddress", "add", "left", "remove", "remove_all"]


@transaction.atomic
def add(*, by: User, endpoint: str, p256dh: str, auth: str, label: str, now: datetime) -> UUID:
    """Notify this browser from now on; the id of the device. NotAPushAddress."""
    kept = push_subscriptions.subscribe(
        owner_id=by.pk, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, now=now
    )
    audit.record(action="device.added", by=by, now=now, subject_type="device", subject_id=kept.pk)
    return kept.pk


@transaction.atomic
def remove(*, by: User, device_id: UUID, now: datetime) -> bool:
    """Notify this browser no more; False when it is not this person's."""
    if not push_subscriptions.forget(owner_id=by.pk, subscription_id=device_id):
        return False
    audit.record(action="device.removed", by=by, now=now, subject_type="device", subject_id=device_id)
    return True


@transaction.atomic
def remove_all(*, of: User, but: UUID | None, by: User, now: datetime) -> None:
    """Notify none of a person's browsers any more, at most the one that they hold."""
    for device_id in push_subscriptions.forget_all(owner_id=of.pk, but=but):
        audit.record(action="device.removed", by=by, now=now, subject_type="device", subject_id=device_id)


@transaction.atomic
def left(*, of: User, by: User, now: datetime) -> None:
    """Notify nobody who may not sign in or has no role any more; whoever is still one of us is left alone."""
    if not (of.is_active and Staff.objects.filter(user=of, ended_at__isnull=True).exists()):
        remove_all(of=of, but=None, by=by, now=now)
