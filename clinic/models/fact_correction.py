"""What was put right about a patient: from what, to what, by whom and why. Never changed afterwards."""

import uuid

from django.db import models


class FactCorrection(models.Model):
    """The audit row of the act holds dates and codes and points here; names and numbers stand only here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="fact_corrections")
    at = models.DateTimeField()
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    # {field: {"from": old, "to": new}}, values as they are stored.
    changes = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="fact_correction_of_patient")]
        constraints = [
            models.CheckConstraint(name="fact_correction_with_reason", condition=~models.Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"{', '.join(self.changes)} at {self.at:%Y-%m-%d %H:%M:%S}"
