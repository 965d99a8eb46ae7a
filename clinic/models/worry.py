"""The family is worried and asks to be called. No question was answered and no rule was asked."""

import uuid

from django.db import models
from django.utils import timezone


class Worry(models.Model):
    """`id` is made before it is sent, so a double tap or a second try is stored once.

    The time from `told_at` to `called_back_at` is the clinic's promise, measured.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="worries")
    author = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="worries")
    # None where the patient had died: nobody is paged, and staff are asked to call the family.
    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, null=True, blank=True, related_name="worries"
    )
    # The highest answer of the protocol's own worry question was given.
    is_strong = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    # When the button was pressed; `received_at` is later where there was no signal.
    told_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    called_back_at = models.DateTimeField(null=True, blank=True)
    called_back_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="worry_called_back_at_with_by",
                condition=models.Q(called_back_at__isnull=True, called_back_by__isnull=True)
                | models.Q(called_back_at__isnull=False, called_back_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"worry {self.id}"
