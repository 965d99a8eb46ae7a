"""Breaking the glass: somebody of the staff opens one record beyond their role, for an hour at most."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Finding(models.TextChoices):
    """What a lead found when they looked at it afterwards."""

    RIGHT = "right", _("It was right to open the record")
    DOUBTFUL = "doubtful", _("It may have been right: somebody speaks with them")
    WRONG = "wrong", _("It was not right to open the record")


class EmergencyAccess(models.Model):
    """One person, one patient, a reason, an end, and afterwards the finding of somebody else.

    It ends by itself, by hand, or with the last role of its person; services/accounts/emergency_access.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="emergency_accesses")
    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="emergency_accesses")
    reason = models.TextField()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Nobody where its time was over.
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the person did, in their own words, for whoever looks at it afterwards.
    account = models.TextField(blank=True)
    # When the leads last heard of it.
    told_at = models.DateTimeField()
    finding = models.CharField(max_length=10, choices=Finding.choices, blank=True)
    review_note = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            # kinwatch_clinics_of (config/row_security.py) asks with every request.
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="emergency_access_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"],
                condition=Q(ended_at__isnull=True),
                name="emergency_access_one_open",
            ),
            models.CheckConstraint(name="emergency_access_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="emergency_access_ends", condition=Q(ends_at__gt=F("opened_at"))),
            models.CheckConstraint(
                name="emergency_access_ended_by_with_at",
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="emergency_access_finding_known", condition=Q(finding__in=["", *Finding.values])
            ),
            models.CheckConstraint(
                name="emergency_access_reviewed_at_with_by",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
            ),
            # Afterwards, and by somebody else.
            models.CheckConstraint(
                name="emergency_access_reviewed_by_another",
                condition=Q(finding="", reviewed_at__isnull=True, reviewed_by__isnull=True)
                | (
                    ~Q(finding="")
                    & Q(reviewed_at__isnull=False, reviewed_by__isnull=False, ended_at__isnull=False)
                    & ~Q(reviewed_by=F("user"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"emergency access {self.id}"
