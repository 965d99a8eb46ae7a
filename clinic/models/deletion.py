"""Taking a person out of the record on request, and what forbids it: both are facts with their people."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DeletionGround(models.TextChoices):
    """Why somebody is deleted; what was written beside it goes with them."""

    ASKED = "asked", _("The person, or who speaks for them, asked for it")
    MISTAKE = "mistake", _("They were enrolled or invited by mistake")
    ORDERED = "ordered", _("A court or an authority ordered it")
    EXPIRED = "expired", _("There is no reason to keep it any more")


class Deletion(models.Model):
    """Of one patient, or of one caregiver (`user`). One asks, a second agrees; else it lapses.

    It stays as the proof that it was done: with ids, people of the clinic and a ground, and no name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="deletions")
    patient = models.ForeignKey(
        "clinic.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="deletions"
    )
    user = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="deletions"
    )
    ground = models.CharField(max_length=10, choices=DeletionGround.choices)
    # For the second person to read; emptied when it is done.
    note = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
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
            models.CheckConstraint(
                name="deletion_of_one_person",
                condition=Q(patient__isnull=True, user__isnull=False)
                | Q(patient__isnull=False, user__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="deletion_of_patient_one_open",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="deletion_of_user_one_open",
            ),
            models.CheckConstraint(
                name="deletion_done_at_with_by",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="deletion_withdrawn_at_with_by",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="deletion_two_people",
                condition=Q(done_by__isnull=True) | ~Q(done_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="deletion_done_empties_note", condition=Q(done_at__isnull=True) | Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"deletion {self.id}"


class RecordHold(models.Model):
    """A legal hold: while it stands, nothing of this patient is deleted, on request or by time."""

    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at__isnull=True), name="record_hold_one_open"
            ),
            models.CheckConstraint(
                name="record_hold_ended_at_with_by",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(name="record_hold_with_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"hold on {self.patient_id}"


class RetentionRun(models.Model):
    """One night's look for what has been kept long enough, and how much of each kind went."""

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # {kind: rows}, kinds as docs/data.md names them.
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"retention {self.day}"
