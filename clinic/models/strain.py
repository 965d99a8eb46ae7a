"""How a caregiver bears it. Theirs alone until they share it; no part of the patient's record."""

import uuid

from django.db import models
from django.db.models import Q


class StrainAnswer(models.Model):
    """Two answers of one caregiver, 0 (well) to 3. `id` is made before it is sent, so a double tap is one.

    Nobody but the author reads one that is not shared; a shared one waits for the clinic's social worker
    until `due_at`. What the answers mean: rules/checkins/strain.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    sleep = models.PositiveSmallIntegerField()
    coping = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()
    is_shared = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["patient", "author", "-answered_at"], name="strain_answer_newest"),
            # clinic.queries.checkins.strain.queue: what waits for the social worker.
            models.Index(
                fields=["due_at"], name="strain_answer_waits", condition=Q(is_shared=True, closed_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="strain_answer_on_scale", condition=Q(sleep__lte=3) & Q(coping__lte=3)
            ),
            models.CheckConstraint(
                name="strain_answer_due_if_shared",
                condition=Q(is_shared=True, due_at__isnull=False) | Q(is_shared=False, due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="strain_answer_closed_at_with_by",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="strain_answer_closed_if_shared", condition=Q(closed_at__isnull=True) | Q(is_shared=True)
            ),
        ]

    def __str__(self) -> str:
        return f"strain {self.id}"


class HelpRequest(models.Model):
    """One caregiver asks the others of the family who can help tonight; once a night for each who asks."""

    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    # The day on which the night begins, where the patient is.
    night_date = models.DateField()
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "asked_by", "night_date"], name="help_request_once"),
            models.CheckConstraint(
                name="help_request_answered_at_with_by",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"help in the night of {self.night_date}"
