"""A code that shows the emergency card to an emergency room, without a sign-in, for a few hours."""

import uuid

from django.db import models


class CardLink(models.Model):
    """Only a hash of its token is stored. Who opened it is in the audit trail, under this row's id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The codes of a patient that may still be open (caregiver/queries/card/cards.py).
            models.Index(fields=["patient", "expires_at"], name="card_link_of_patient"),
        ]

    def __str__(self) -> str:
        return f"card link {self.id}"
