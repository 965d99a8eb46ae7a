"""A person's word that we may text them: what they read, in which language, when, and by whom it is known."""

from django.db import models
from django.utils import timezone


class ConsentSource(models.TextChoices):
    """How it was given: on one of our pages, or told to a person of the clinic who wrote it down."""

    PAGE = "page"
    PERSON = "person"


class ConsentEnd(models.TextChoices):
    """Why it no longer holds."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    NUMBER_CHANGED = "number_changed"
    # For thirty days nothing arrived: the number may be somebody else's by now.
    UNREACHABLE = "unreachable"


class Consent(models.Model):
    """It belongs to the number: another number needs another one. Rows are ended, never deleted."""

    phone = models.CharField(max_length=16)
    # The senders that it covers, such as ["reminders"].
    topics = models.JSONField()
    # Which wording was on the page, and in which language it was read.
    text_version = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    source = models.CharField(max_length=10, choices=ConsentSource.choices)
    # Who gave it or wrote it down, a UUID of another app's.
    given_by = models.UUIDField()
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=20, blank=True, choices=ConsentEnd.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=models.Q(ended_at__isnull=True), name="consent_one_open"
            ),
            models.CheckConstraint(
                name="consent_ended_with_reason",
                condition=models.Q(ended_at__isnull=True, ended_because="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
