"""Who did or saw what, when. Append-only: database triggers refuse change and deletion."""

import uuid

from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """No foreign keys, so history never blocks or follows a deletion. No clinical text, ids only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    clinic_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=12)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    patient_id = models.UUIDField(null=True)
    # Codes and ids that explain the action, such as {"from": "open", "to": "acknowledged"}.
    detail = models.JSONField(default=dict)
    correlation_id = models.UUIDField(default=uuid.uuid4)

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "-at"], name="audit_of_patient"),
            models.Index(fields=["clinic_id", "-at"], name="audit_of_clinic"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M:%S}"
