"""A browser on which somebody of a family has signed in: what it may read waits until it is confirmed."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class FamilyDevice(models.Model):
    """One browser of one person: waiting, confirmed, then ended. Of two who share a phone each has a row.

    What decides it is in clinic/services/patients/family_devices.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("clinic.User", on_delete=models.CASCADE, related_name="family_devices")
    # Hash of a secret that the browser keeps in a cookie.
    browser_hash = models.CharField(max_length=64)
    # Browser and system as codes, such as "Chrome|Android"; nothing else of what a browser says of itself.
    kind = models.CharField(max_length=40, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    # To the hour.
    last_seen_at = models.DateTimeField(default=timezone.now)
    # By the person themselves where it was their first, or one of their phones said so.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # How staff knew that it was them, where it was staff.
    confirmed_reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Somebody said: this was not us.
    is_refused = models.BooleanField(default=False)
    # It came by a link, which anybody may have been passed: it waits for the code that goes to the number.
    opens_by_code = models.BooleanField(default=False, db_default=False)
    # Ids of reports and worries that were handed in from here while it waited: all that it may open.
    sent = models.JSONField(default=list)
    # The push subscription that was made here; it ends with the device.
    push_subscription = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "browser_hash"],
                condition=Q(ended_at__isnull=True),
                name="family_device_once_a_browser",
            ),
            models.CheckConstraint(
                name="family_device_confirmed_at_with_by",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="family_device_ended_at_with_by",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="family_device_refused_is_ended",
                condition=Q(is_refused=False) | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            # clinic.services.patients.family_devices: who else uses this browser.
            models.Index(fields=["browser_hash"], name="family_device_by_browser"),
        ]

    def __str__(self) -> str:
        return f"family device {self.id}"

    @property
    def waits(self) -> bool:
        """It may hand in reports and read nothing else."""
        return self.confirmed_at is None and self.ended_at is None

    @property
    def is_known(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None
