"""What one member of staff asks of another about an escalation: to take it over, or what they think."""

import uuid

from django.db import models
from django.utils import timezone


class RequestKind(models.TextChoices):
    """Taking over moves the responsibility once it is accepted; an opinion moves nothing."""

    TRANSFER = "transfer"
    OPINION = "opinion"


class RequestState(models.TextChoices):
    """Pending until the colleague answers, the asker takes it back, or the escalation moves on without."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ColleagueRequest(models.Model):
    """At most one of a kind is pending for an escalation. Until a transfer is accepted the asker has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    escalation = models.ForeignKey("clinic.Escalation", on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.PENDING)
    asked_by = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey("clinic.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    text = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "kind"],
                condition=models.Q(state="pending"),
                name="colleague_request_one_pending",
            ),
            models.CheckConstraint(
                name="colleague_request_closed_at_once_answered",
                condition=models.Q(state="pending", closed_at__isnull=True)
                | (~models.Q(state="pending") & models.Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="colleague_request_known",
                condition=models.Q(kind__in=RequestKind.values, state__in=RequestState.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
