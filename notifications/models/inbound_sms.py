"""A text that somebody sent to one of our numbers."""

import uuid

from django.db import models
from django.utils import timezone

from notifications.rules.keywords import Kind
from notifications.rules.purposes import Service


class InboundSms(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The provider repeats a webhook that it thinks was lost; the second one finds this taken.
    sid = models.CharField(max_length=64, unique=True)
    from_phone = models.CharField(max_length=20)
    to_phone = models.CharField(max_length=20, blank=True)
    body = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in Kind])
    service = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Service])
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the listeners had been told and the answer queued; a text without it is finished by the tick.
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["from_phone", "-created_at"], name="inbound_from"),
            # services.inbound.finish: what a crash has left.
            models.Index(
                fields=["created_at"], name="inbound_open", condition=models.Q(handled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
