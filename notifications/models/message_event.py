"""What happened to a message: every callback and every change of state. Rows are only added."""

from django.db import models
from django.utils import timezone


class EventSource(models.TextChoices):
    """Who says so: this program, or the provider."""

    OURS = "ours"
    PROVIDER = "provider"


class MessageEvent(models.Model):
    message = models.ForeignKey("notifications.Message", on_delete=models.CASCADE, related_name="events")
    source = models.CharField(max_length=10, choices=EventSource.choices)
    status = models.CharField(max_length=30)
    sid = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            # The provider repeats callbacks; one that is here already is not news.
            models.UniqueConstraint(
                fields=["message", "sid", "status", "error_code"],
                condition=models.Q(source="provider"),
                name="message_event_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} of {self.message_id}"
