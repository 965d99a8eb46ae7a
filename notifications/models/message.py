"""One message by one channel to one number, browser or address: the row of the outbox."""

import uuid

from django.db import models
from django.utils import timezone

from notifications.rules.channels import Channel
from notifications.rules.purposes import Purpose, Service
from notifications.rules.states import State


class Message(models.Model):
    """The id travels to the provider in the callback address, so every callback finds its row.

    `due_at` is when the dispatcher must look at the row next; null means that nothing is left to do.
    `lease_until` is set while a worker holds it; a lease that has run out means that the worker died.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(
        max_length=5, choices=[(c.value, c.value) for c in Channel], default=Channel.SMS.value
    )
    # A phone number, the id of a push subscription, or an e-mail address.
    to = models.CharField(max_length=254)
    # The number that a call comes from, where it is not the installation's own.
    caller = models.CharField(max_length=20, blank=True, default="", db_default="")
    # What is texted or said; of a push the address at its end is what it opens. Of a code or a link nothing
    # is left when its message is final (services/secrets.py).
    body = models.TextField()
    purpose = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Purpose])
    service = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Service])
    language = models.CharField(max_length=10, default="en")
    priority = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in State], default=State.PENDING.value
    )
    due_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    # When the provider was asked what became of it, because nobody had told.
    asked_at = models.DateTimeField(null=True, blank=True)
    provider_sid = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=20, blank=True)
    # Where it goes when the provider is down: {"body": …, "to": [[channel, to], …]}; empty for families.
    other_way = models.JSONField(null=True, blank=True)
    # The text or call in whose place this one goes (services/stand_ins.py).
    instead_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="stand_ins", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            # services.dispatch.send_due: what is due, pages first.
            models.Index(
                fields=["priority", "due_at"], name="message_due", condition=models.Q(due_at__isnull=False)
            ),
            # services.inbound: the last text to a number. queries.sent_messages: newest first.
            models.Index(fields=["to", "-created_at"], name="message_to"),
            models.Index(fields=["-created_at", "-id"], name="message_newest"),
            # services.stand_ins, and whoever asks how far a page has come.
            models.Index(
                fields=["instead_of"],
                name="message_instead_of",
                condition=models.Q(instead_of__isnull=False),
            ),
            # services.secrets.blank: codes and links that are still written here.
            models.Index(
                fields=["expires_at"],
                name="message_secret",
                condition=models.Q(purpose__in=["code", "invite"]) & ~models.Q(body=""),
            ),
            # services.polling.ask: what was taken and never reported.
            models.Index(
                fields=["attempted_at"],
                name="message_unreported",
                condition=models.Q(state__in=["accepted", "sent"], asked_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lease_until__isnull=True) | models.Q(due_at__isnull=False),
                name="message_held_is_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
