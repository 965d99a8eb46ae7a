"""Other systems of a clinic that are told of events, and what each is told."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Listener(models.Model):
    """One address of a clinic's own system. Its secret is sealed; whoever registers it sees it once.

    `after` is the last audit row that was looked at for it. While the system does not answer it rests until
    `next_try_at`; `lease_until` is set while a worker is at it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="listeners")
    address = models.CharField(max_length=1100)
    secret = models.TextField()
    # The one before, which signs beside it until then, so that the other side can change at its own time.
    old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "clinic.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "address"],
                condition=Q(ended_at__isnull=True),
                name="listener_address_once",
            ),
            models.CheckConstraint(
                name="listener_ended_at_with_by",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"listener {self.id}"


class ListenerEvent(models.Model):
    """One event for one listener: the row of its outbox. The id travels as `webhook-id`.

    `due_at` is when it must be looked at next; null means that nothing is left to do. Those of one `line` (a
    patient, or "" for what is about none) go one after the other, in the order of `event_id`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listener = models.ForeignKey(Listener, on_delete=models.PROTECT, related_name="events")
    clinic = models.ForeignKey("clinic.Clinic", on_delete=models.PROTECT, related_name="+")
    # The audit row that tells of it.
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    line = models.CharField(max_length=36, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    # A word such as "http_503" or "timeout"; never what the other side said.
    error = models.CharField(max_length=20, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listener", "event_id"], name="listener_event_once"),
            models.CheckConstraint(
                name="listener_event_taken_is_final",
                condition=Q(taken_at__isnull=True) | Q(due_at__isnull=True),
            ),
        ]
        indexes = [
            # services.watch.listener_events: what is next, line by line.
            models.Index(
                fields=["listener", "line", "event_id"],
                condition=Q(due_at__isnull=False),
                name="listener_event_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
