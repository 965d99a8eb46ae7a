"""A browser that may be told to ring: where its maker takes pushes, and the keys to seal them with."""

import uuid

from django.db import models
from django.utils import timezone


class PushSubscription(models.Model):
    """`owner_id` is whoever asked for it, a UUID of another app's; this app does not know people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.UUIDField(db_index=True)
    # Chosen by the browser's maker; one browser has one, so a new owner takes it over.
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    # What the owner recognises the device by, such as "Firefox on Android".
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"push subscription {self.id}"
