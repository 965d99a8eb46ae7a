"""A check-in that somebody has begun and not sent."""

import uuid

from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """What both kinds hold. Its report id becomes the report's, so sending twice stores one."""

    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey("clinic.Patient", on_delete=models.CASCADE, related_name="+")
    report_id = models.UUIDField(default=uuid.uuid4)
    # Pinned: a check-in that began on one version is finished and scored on it.
    protocol_version = models.ForeignKey("clinic.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    # The sent report that this one takes the place of, if it does.
    corrects = models.ForeignKey(
        "clinic.Report", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    answers = models.JSONField(default=dict)
    pages_done = models.JSONField(default=list)
    # "key:code:typed" of unlikely readings that the person has said are right.
    confirmed = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"draft of report {self.report_id}"


class CheckinDraft(Draft):
    """One per person and patient, on whichever of their devices they go on with it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "patient"], name="draft_one_per_person_and_patient"),
            models.UniqueConstraint(fields=["report_id"], name="draft_report_once"),
        ]


class DeviceDraft(Draft):
    """Begun on a device that waited to be confirmed: no answer of another device is in it, or lost by it."""

    device = models.ForeignKey("clinic.FamilyDevice", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "patient"], name="device_draft_one_per_patient"),
            models.UniqueConstraint(fields=["report_id"], name="device_draft_report_once"),
        ]
