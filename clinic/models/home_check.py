"""One thinking check at home, or the usual score that staff put on record."""

import uuid

from django.db import models
from django.utils import timezone

from clinic.rules.reports.home_checks import HIGHEST


class HomeCheck(models.Model):
    """Who did it, in which language, and the points. A baseline is what others are read against."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="home_checks")
    author = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    # Spoken to the patient in this language: points in a foreign language mislead.
    language = models.CharField(max_length=10)
    # {"year": true, …}; empty where staff put a score on record, or the person could not be kept awake.
    given = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    # The answer to the protocol's question on wakefulness, where that ended the check.
    alertness = models.PositiveSmallIntegerField(null=True, blank=True)
    is_baseline = models.BooleanField(default=False)
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["patient", "-done_at"], name="home_check_of_patient")]
        constraints = [
            models.CheckConstraint(
                name="home_check_score_in_range",
                condition=models.Q(score__isnull=True) | models.Q(score__lte=HIGHEST),
            ),
            # Sleeping through it is an answer, not a skip: one of the two is always there.
            models.CheckConstraint(
                name="home_check_scored_or_asleep",
                condition=models.Q(score__isnull=False, alertness__isnull=True)
                | models.Q(score__isnull=True, alertness__isnull=False),
            ),
            models.CheckConstraint(
                name="home_check_baseline_has_score",
                condition=models.Q(is_baseline=False) | models.Q(score__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"home check {self.id}"
