"""What was said on the telephone: a call between staff and a family, and who told a report to staff."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CallDirection(models.TextChoices):
    """Who called whom."""

    IN = "in", _("The family called")
    OUT = "out", _("Staff called the family")


class PhoneCall(models.Model):
    """One call, noted from the patient's page. `id` is made with the form, so that a call is noted once.

    `who` and `relation` keep the words as they were. With a `contact` it is also in the log of the alert that
    was open then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    patient = models.ForeignKey("clinic.Patient", on_delete=models.PROTECT, related_name="phone_calls")
    at = models.DateTimeField()
    noted_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        "clinic.CareTeamMember", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=200)
    relation = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=3, choices=CallDirection.choices)
    reached = models.BooleanField()
    words = models.TextField(blank=True)
    contact = models.OneToOneField(
        "clinic.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="phone_call"
    )

    class Meta:
        indexes = [models.Index(fields=["patient", "-at"], name="phone_call_of_patient")]
        constraints = [
            models.CheckConstraint(
                name="phone_call_not_ahead", condition=models.Q(at__lte=models.F("noted_at"))
            ),
            models.CheckConstraint(
                name="phone_call_taken_was_answered",
                condition=models.Q(direction="out") | models.Q(direction="in", reached=True),
            ),
        ]

    def __str__(self) -> str:
        return f"phone call {self.id}"


class ToldReport(models.Model):
    """A report that a member of staff, its author, has written down for somebody on the telephone."""

    report = models.OneToOneField(
        "clinic.Report", on_delete=models.PROTECT, primary_key=True, related_name="told"
    )
    member = models.ForeignKey(
        "clinic.CareTeamMember", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=200)
    relation = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="told_report_by_somebody", condition=~models.Q(who=""))]

    def __str__(self) -> str:
        return f"report {self.report_id} by telephone"
