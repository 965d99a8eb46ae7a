"""Calls to the family about an escalation: who was called, and whether they were reached."""

from django.db import models
from django.utils import timezone


class Contact(models.Model):
    """One call. `who` keeps the name as it was, for the day when the link to the family has ended."""

    escalation = models.ForeignKey("clinic.Escalation", on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        "clinic.CareTeamMember", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=200)
    reached = models.BooleanField()
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["escalation", "at"], name="contact_of_escalation")]

    def __str__(self) -> str:
        return f"call {self.at:%H:%M}"
