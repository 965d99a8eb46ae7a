"""How a clinic pages: its numbers, and each person's own channels."""

from django.db import models
from django.utils import timezone


class PagingLadder(models.Model):
    """One a clinic, read by rules.ladder. Running escalations keep the copy that they opened with."""

    clinic = models.OneToOneField("clinic.Clinic", on_delete=models.PROTECT, related_name="paging_ladder")
    document = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"ladder of {self.clinic_id}"


class PagingOrder(models.Model):
    """By which channels one person wants to be paged, read by rules.channels; without a row the default."""

    staff = models.OneToOneField("clinic.Staff", on_delete=models.PROTECT, related_name="paging_order")
    turns = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"channels of {self.staff_id}"
