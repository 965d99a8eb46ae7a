"""Browsers on which somebody, of staff or of a family, receives push notifications."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Staff, User
from clinic.services.core import audit
from notifications.services import push_subscriptions
from notifications.services.push_subscriptions import NotAPushAddress

# Under this name a session keeps the device that it asked to notify: signing out there ends the notices too.
SESSION_KEY = "notified_device"

__all__ = ["SESSION_KEY", "NotAPushAddress", "add", "remove", "remove_all", "remove_all_of_leaver"]


def add(*, by: User, endpoint: str, p256dh: str, auth: str, label: str, now: datetime) -> UUID:
    """Notify this browser from now on; the id of the device. NotAPushAddress."""
    push_subscriptions.require_outside(endpoint)
    with transaction.atomic():
        subscription = push_subscriptions.subscribe(
            owner_id=by.pk, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, now=now
        )
        audit.record(action="device.added", by=by, now=now, subject_type="device", subject_id=subscription.pk)
    return subscription.pk


@transaction.atomic
def remove(*, by: User, device_id: UUID, now: datetime) -> bool:
    """Notify this browser no more; False when it is not this person's."""
    if not push_subscriptions.delete(owner_id=by.pk, subscription_id=device_id):
        return False
    audit.record(action="device.removed", by=by, now=now, subject_type="device", subject_id=device_id)
    return True


@transaction.atomic
def remove_of(*, owner: User, device_id: UUID, by: User, now: datetime) -> None:
    """Stop notifying one of a person's browsers, whoever has ended it."""
    if push_subscriptions.delete(owner_id=owner.pk, subscription_id=device_id):
        audit.record(action="device.removed", by=by, now=now, subject_type="device", subject_id=device_id)


@transaction.atomic
def remove_all(*, owner: User, keep_id: UUID | None, by: User | None, now: datetime) -> None:
    """Stop notifying all of a person's browsers, except the one in use."""
    for device_id in push_subscriptions.delete_all(owner_id=owner.pk, keep_id=keep_id):
        audit.record(action="device.removed", by=by, now=now, subject_type="device", subject_id=device_id)


@transaction.atomic
def remove_all_of_leaver(*, leaver: User, by: User, now: datetime) -> None:
    """Stop notifying a person who may no longer sign in or has no role left; otherwise do nothing."""
    if not (leaver.is_active and Staff.objects.filter(user=leaver, ended_at__isnull=True).exists()):
        remove_all(owner=leaver, keep_id=None, by=by, now=now)
