"""Taking somebody's lost second factor away needs two people, and neither is the one concerned."""

import uuid

from django.db import models
from django.db.models import F, Q


class FactorReset(models.Model):
    """Asked for by one who manages staff, done when a second agrees; else it lapses (services/accounts)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="factor_resets")
    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    # Done by the second person, or withdrawn by either; until then it is open.
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="factor_reset_one_open",
            ),
            models.CheckConstraint(
                name="factor_reset_done_at_with_by",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="factor_reset_withdrawn_at_with_by",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            # Two people, and neither is the one whose factor goes.
            models.CheckConstraint(
                name="factor_reset_two_others",
                condition=~Q(asked_by=F("user"))
                & (Q(done_by__isnull=True) | ~(Q(done_by=F("user")) | Q(done_by=F("asked_by")))),
            ),
        ]

    def __str__(self) -> str:
        return f"reset of {self.user_id}"
