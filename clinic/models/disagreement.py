"""Two people of one household saw different things within the hour."""

from django.db import models
from django.utils import timezone


class Disagreement(models.Model):
    """Both reports stand and the higher level counts; whoever closes says which one was confirmed."""

    escalation = models.ForeignKey(
        "clinic.Escalation", on_delete=models.PROTECT, related_name="disagreements"
    )
    earlier = models.ForeignKey("clinic.Report", on_delete=models.PROTECT, related_name="+")
    later = models.ForeignKey("clinic.Report", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)
    # Empty although settled: the clinic could not tell.
    confirmed = models.ForeignKey(
        "clinic.Report", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="disagreement_once"),
            models.CheckConstraint(
                name="disagreement_settled_at_with_by",
                condition=models.Q(settled_at__isnull=True, settled_by__isnull=True)
                | models.Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="disagreement_confirmed_is_settled",
                condition=models.Q(confirmed__isnull=True) | models.Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_id} and {self.later_id} differ"
