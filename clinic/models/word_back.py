"""Word back: what a family hears after a person at the clinic acted on what it sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WordBackKind(models.TextChoices):
    """What became of it; stored codes."""

    TAKEN = "taken", _("Somebody has it")
    UNREACHED = "unreached", _("We called and nobody answered")
    CLOSED = "closed", _("It is closed")


class WordBackChannel(models.TextChoices):
    """By which way somebody wants to hear. Nothing chosen: by text, if they have agreed to our texts."""

    UNCHOSEN = "", _("Not chosen yet")
    NOT_AT_ALL = "none", _("Not at all")
    TEXT = "text", _("By text")
    PUSH = "push", _("On my devices")


class WordBack(models.Model):
    """One word to one caregiver. `turn` is the event that it answers: a rise of the escalation, a call.

    So each of a family's calls for help is answered once, whoever takes it and however often. `due_at` is
    set while it waits for the end of quiet hours, `queued_at` once it is in the outbox. Neither: it came to
    nothing.
    """

    escalation = models.ForeignKey("clinic.Escalation", on_delete=models.PROTECT, related_name="words_back")
    user = models.ForeignKey("clinic.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=WordBackKind.choices)
    turn = models.BigIntegerField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # clinic.services.patients.word_back.queue_due: what waits for the morning.
            models.Index(fields=["due_at"], name="word_back_due", condition=models.Q(due_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "user", "kind", "turn"], name="word_back_once"),
            models.CheckConstraint(
                name="word_back_waits_or_is_queued",
                condition=models.Q(due_at__isnull=True) | models.Q(queued_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.escalation_id}"
