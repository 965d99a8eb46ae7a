"""Planned check-ins and the reminders that go with them."""

import uuid

from django.db import models
from django.utils import timezone

from clinic.models.report import LEVELS


class CheckinState(models.TextChoices):
    """Planned until a report answers it, or until it is replaced by a new plan."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class CheckinKind(models.TextChoices):
    """From the plan of the phase, or asked for by one report: measure again."""

    SCHEDULED = "scheduled"
    RECHECK = "recheck"


class Checkin(models.Model):
    """One planned check-in of one patient, from the phases of the protocol."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="checkins")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CheckinState.choices, default=CheckinState.PLANNED)
    report = models.ForeignKey(
        "clinic.Report", on_delete=models.PROTECT, null=True, blank=True, related_name="checkins"
    )
    kind = models.CharField(
        max_length=10,
        choices=CheckinKind.choices,
        default=CheckinKind.SCHEDULED,
        db_default=CheckinKind.SCHEDULED.value,
    )
    # The report that asked for this one; a report asks once, however often it is scored.
    recheck_of = models.OneToOneField(
        "clinic.Report", on_delete=models.PROTECT, null=True, blank=True, related_name="recheck"
    )
    # The level that silence since this check-in has raised so far, so that each step is raised once.
    silence_level = models.CharField(max_length=10, choices=LEVELS, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="checkin_due", condition=models.Q(state="planned")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["patient", "due_at"], name="checkin_once"),
            models.CheckConstraint(
                name="checkin_recheck_names_its_report",
                condition=models.Q(kind="scheduled", recheck_of__isnull=True)
                | models.Q(kind="recheck", recheck_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"check-in {self.due_at:%Y-%m-%d %H:%M}"


class ReminderState(models.TextChoices):
    """Planned, then queued in the outbox; or cancelled by a report; or expired unsent."""

    PLANNED = "planned"
    QUEUED = "queued"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Reminder(models.Model):
    """One reminder of one check-in to one caregiver, at that caregiver's own wall-clock time.

    Everybody's are planned; when one is due, it goes only to whom the family's order names then.
    """

    checkin = models.ForeignKey(Checkin, on_delete=models.PROTECT, related_name="reminders")
    caregiver = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="reminders")
    # Minutes after the check-in's own time: 0, 60, 180 in the first weeks.
    offset_minutes = models.PositiveIntegerField(default=0)
    # Asks the others in the family once nobody has answered the reminders.
    to_backup = models.BooleanField(default=False, db_default=False)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ReminderState.choices, default=ReminderState.PLANNED)
    message_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            # clinic.services.checkins.reminders.queue_due: what is due now.
            models.Index(fields=["due_at"], name="reminder_due", condition=models.Q(state="planned")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["checkin", "caregiver", "offset_minutes"], name="reminder_once"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.due_at:%Y-%m-%d %H:%M}"
