"""A number that does not want texts from one of the senders."""

from django.db import models
from django.utils import timezone

from notifications.rules.purposes import Service


class OptOutSource(models.TextChoices):
    """How we know: a keyword, a sentence that asks for it, the carrier's refusal, or a person."""

    KEYWORD = "keyword"
    SENTENCE = "sentence"
    CARRIER = "carrier"
    PERSON = "person"


class OptOut(models.Model):
    phone = models.CharField(max_length=16)
    service = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Service])
    source = models.CharField(max_length=10, choices=OptOutSource.choices)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone", "service"],
                condition=models.Q(ended_at__isnull=True),
                name="opt_out_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
