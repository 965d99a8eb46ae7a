"""A call in which a family reports by telephone keypad: how far it has come, until its report is sent."""

import uuid

from django.db import models
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField


class KeypadStage(models.TextChoices):
    """Where the call is. Refused, left and done are ends; done has a report."""

    BEGIN = "begin"
    LANGUAGE = "language"
    CODE = "code"
    PATIENT = "patient"
    QUESTIONS = "questions"
    DONE = "done"
    REFUSED = "refused"
    LEFT = "left"


class KeypadCall(models.Model):
    """One call, ours or theirs. What was answered stands in `progress` until the report is sent, 12 hours at
    most; whoever calls again within an hour goes on from there.

    `turn` counts what has been asked: a request of the telephone company about an earlier one changes
    nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    # The telephone company's name of the call.
    sid = models.CharField(max_length=64, unique=True)
    # Of ours: the message in the outbox that it is.
    message_id = models.UUIDField(null=True, blank=True)
    # The number at the other end; empty where it is withheld.
    phone = PhoneNumberField(blank=True)
    # Known from the code on.
    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    patient = models.ForeignKey(
        "clinic.Patient", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Pinned: a check-in that began on one version is finished and scored on it.
    protocol_version = models.ForeignKey(
        "clinic.ProtocolVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    language = models.CharField(max_length=10, default="en")
    stage = models.CharField(max_length=10, choices=KeypadStage.choices)
    turn = models.PositiveIntegerField(default=0)
    misses = models.PositiveSmallIntegerField(default=0)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    progress = models.JSONField(default=dict)
    # Becomes the report's, so that sending it twice stores one.
    report_id = models.UUIDField(default=uuid.uuid4)
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    # The level of which the caller has been told so far.
    told_level = models.CharField(max_length=10, blank=True, default="")
    # When somebody has to look whether it was cut off, and what is to follow; empty: nothing is.
    next_at = models.DateTimeField(null=True, blank=True)
    # Of one that was cut off: how often we have called back, and by which message the last time.
    call_backs = models.PositiveSmallIntegerField(default=0)
    call_back_id = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [
            # caregiver.services.keypad.identity: wrong codes of a number in the last hour.
            models.Index(fields=["phone", "-started_at"], name="keypad_call_of_phone"),
            # caregiver.services.keypad.left: calls that may have been cut off.
            models.Index(
                fields=["next_at"], name="keypad_call_next", condition=models.Q(next_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="keypad_call_questions_of_somebody",
                condition=~models.Q(stage__in=["questions", "done"])
                | models.Q(user__isnull=False, patient__isnull=False, protocol_version__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"keypad call {self.id}"
