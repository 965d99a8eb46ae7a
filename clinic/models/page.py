"""One page to one member of staff: a step of the chain that runs until a person answers."""

import uuid

from django.db import models
from django.utils import timezone


class PageState(models.TextChoices):
    """Due at a time, then handed to the outbox, or cancelled because a person answered."""

    DUE = "due"
    SENT = "sent"
    CANCELLED = "cancelled"


class Page(models.Model):
    """Timers live here, in the database: a lost broker delays a page by one tick, never loses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("clinic.Escalation", on_delete=models.PROTECT, related_name="pages")
    # 1, 2, 3 … within one escalation; with the constraint below no step can be paged twice.
    number = models.PositiveIntegerField()
    # Restarts at 0 whenever the chain starts again (a rise); chooses the person.
    step = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PageState.choices, default=PageState.DUE)
    staff = models.ForeignKey(
        "clinic.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="pages"
    )
    message_id = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            # clinic.services.paging.send_due: what is due now.
            models.Index(fields=["due_at"], name="page_due", condition=models.Q(state="due")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="page_number_per_escalation"),
            models.UniqueConstraint(
                fields=["escalation"], condition=models.Q(state="due"), name="page_one_due_per_escalation"
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.escalation_id}"
