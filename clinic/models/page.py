"""One page to one member of staff: a step of the chain that runs until a person answers."""

import uuid

from django.db import models
from django.utils import timezone

from clinic.rules.paging.channels import Channel


class PageState(models.TextChoices):
    """Due at a time, then handed to the outbox, or cancelled because a person answered.

    Held back: too many pages went to that phone just now, so this one leaves with the next bundle.
    """

    DUE = "due"
    HELD = "held"
    SENT = "sent"
    CANCELLED = "cancelled"


class Page(models.Model):
    """Timers live here, in the database: a lost broker delays a page by one tick, never loses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("clinic.Escalation", on_delete=models.PROTECT, related_name="pages")
    # 1, 2, 3 … within one escalation; with the constraint below no step can be paged twice.
    number = models.PositiveIntegerField()
    # Whose chain this is: a role that must answer, or empty where anybody may.
    role = models.CharField(max_length=20, blank=True)
    # Restarts at 0 whenever the chain starts again (a rise); chooses the person.
    step = models.PositiveIntegerField(default=0)
    # Which of the person's channels, 0 first, and when the step with the first of them began.
    attempt = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=5, choices=[(one.value, one.value) for one in Channel], blank=True)
    # Where it went: a person who texts back is known by it. The clinic's own line has no person.
    phone = models.CharField(max_length=16, blank=True)
    to_line = models.BooleanField(default=False)
    # Asks whoever had it, before the chain goes on: what they took has become worse.
    to_holder = models.BooleanField(default=False, db_default=False)
    # What to text back, beside the 1, to take this one.
    code = models.CharField(max_length=4, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PageState.choices, default=PageState.DUE)
    staff = models.ForeignKey(
        "clinic.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="pages"
    )
    message_id = models.UUIDField(null=True, blank=True)
    # When our outbox took it, and when a provider did: only then has anybody been paged.
    sent_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            # clinic.services.paging.chain.send_due: what is due now.
            models.Index(fields=["due_at"], name="page_due", condition=models.Q(state="due")),
            # clinic.services.paging.bundles.send_due: what waits for a bundle.
            models.Index(fields=["due_at"], name="page_held", condition=models.Q(state="held")),
            # clinic.queries.paging.pages: the last pages to a phone.
            models.Index(fields=["phone", "-sent_at"], name="page_to_phone"),
            # clinic.services.paging.undelivered: the pages that a message carried.
            models.Index(fields=["message_id"], name="page_message"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="page_number_per_escalation"),
            models.UniqueConstraint(
                fields=["escalation", "role"], condition=models.Q(state="due"), name="page_one_due_per_chain"
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.escalation_id}"
