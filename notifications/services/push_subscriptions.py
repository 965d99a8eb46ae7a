"""Browsers that receive push notifications for their owner."""

import uuid
from datetime import datetime

from django.db import transaction

from notifications.models import PushSubscription
from notifications.providers.chosen import leads_inside, may_push

# More than anybody carries; the oldest gives way.
AT_MOST = 10


class NotAPushAddress(ValueError):
    """The address is not one of a known browser maker's."""


def require_outside(endpoint: str) -> None:
    """NotAPushAddress for what is no maker's address, or leads to a machine of ours. Asks the DNS."""
    if not may_push(endpoint) or leads_inside(endpoint):
        raise NotAPushAddress


@transaction.atomic
def subscribe(
    *, owner_id: uuid.UUID, endpoint: str, p256dh: str, auth: str, label: str, now: datetime
) -> PushSubscription:
    """Remember a browser; one that is known already belongs to its new owner. NotAPushAddress."""
    if not may_push(endpoint):
        raise NotAPushAddress
    kept, _ = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "owner_id": owner_id,
            "p256dh": p256dh,
            "auth": auth,
            "label": label[:80],
            "created_at": now,
        },
    )
    mine = PushSubscription.objects.filter(owner_id=owner_id).order_by("-created_at", "pk")
    PushSubscription.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[AT_MOST:])).delete()
    return kept


def delete(*, owner_id: uuid.UUID, subscription_id: uuid.UUID) -> bool:
    """Send nothing more to this browser; False when it was not this person's."""
    deleted, _ = PushSubscription.objects.filter(pk=subscription_id, owner_id=owner_id).delete()
    return deleted > 0


@transaction.atomic
def delete_all(*, owner_id: uuid.UUID, keep_id: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Send nothing more to any browser of a person, who left or lost a device; the ids of what is forgotten.

    `but`: the one that they hold in their hand.
    """
    mine = PushSubscription.objects.select_for_update().filter(owner_id=owner_id)
    gone = [pk for pk in mine.values_list("pk", flat=True) if pk != keep_id]
    PushSubscription.objects.filter(pk__in=gone).delete()
    return gone
