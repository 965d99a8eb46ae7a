"""Proof that a person can be reached: codes for a number, notices of shifts, weekly test pages."""

import uuid

from django.db import models
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField


class PhoneCode(models.Model):
    """A code texted to a number that a member of staff wants to be paged on; only its HMAC is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="phone_codes")
    phone = PhoneNumberField()
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "-asked_at"], name="phone_code_of_staff")]

    def __str__(self) -> str:
        return f"code of {self.staff_id}"


class ShiftNotice(models.Model):
    """The text before a shift, and what became of it. One per person and beginning."""

    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="shift_notices")
    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="shift_notices")
    layer = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    lead_told_at = models.DateTimeField(null=True, blank=True)
    # When the person was told that the shift is over.
    end_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "layer", "starts_at"], name="shift_notice_once"),
        ]

    def __str__(self) -> str:
        return f"notice of {self.starts_at:%Y-%m-%d %H:%M}"


class PagerDrill(models.Model):
    """A page that says it is a test. Unanswered it ends the trust in a number, and the lead hears of it."""

    staff = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="drills")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    lead_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "-sent_at"], name="drill_of_staff")]

    def __str__(self) -> str:
        return f"drill {self.sent_at:%Y-%m-%d}"


class CalendarFeed(models.Model):
    """A secret address that shows one person's shifts to their calendar. Only its hash is kept."""

    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(revoked_at__isnull=True),
                name="calendar_feed_one_per_user",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
