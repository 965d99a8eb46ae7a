"""A mild finding that a person expects for a while after closing an escalation."""

from django.db import models
from django.utils import timezone


class KnownFinding(models.Model):
    """No worse until `expected_until`, it updates instead of paging. A report that pages ends it."""

    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="known_findings")
    # With which it was named; what is held back is put on this one's history.
    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, related_name="known_findings"
    )
    item = models.CharField(max_length=60)
    # A worse answer pages as ever.
    answer = models.PositiveSmallIntegerField()
    # The rules that had fired in the escalation: another one pages as ever.
    rules = models.JSONField(default=list)
    expected_from = models.DateTimeField(default=timezone.now)
    expected_until = models.DateTimeField()
    named_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # clinic.services.escalations.known: what is expected of a patient now.
            models.Index(
                fields=["patient", "expected_until"],
                name="known_finding_in_force",
                condition=models.Q(ended_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "item"], name="known_finding_once"),
            models.CheckConstraint(
                name="known_finding_ends",
                condition=models.Q(expected_until__gt=models.F("expected_from")),
            ),
            models.CheckConstraint(name="known_finding_with_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(name="known_finding_is_there", condition=models.Q(answer__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.patient_id}"
