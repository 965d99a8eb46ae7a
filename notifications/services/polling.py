"""Asks the provider once about messages without a final status, because a callback can be lost."""

from datetime import datetime

from notifications.models import Message
from notifications.providers.chosen import provider
from notifications.rules import timing
from notifications.rules.channels import NOT_BY_PHONE
from notifications.rules.states import State
from notifications.services import receipts

# One tick's share: each is a request.
_AT_MOST = 20


def poll_provider(*, now: datetime) -> int:
    """Ask about what was taken an hour ago and is not final; returns how many were asked about.

    Ends at the first that gets no answer; it is asked about again at the next tick. What a carrier never
    reports stays `sent`, and is not asked about twice.
    """
    waiting = Message.objects.filter(
        state__in=[State.ACCEPTED, State.SENT],
        asked_at=None,
        attempted_at__lte=now - timing.ASK_AFTER,
        attempted_at__gt=now - timing.DAY,
    ).exclude(channel__in=NOT_BY_PHONE)
    polled = 0
    for message in waiting.exclude(provider_sid="").order_by("attempted_at")[:_AT_MOST]:
        status = provider(message.channel).status(message.provider_sid, message.channel)
        if status is None:
            break
        Message.objects.filter(pk=message.pk).update(asked_at=now)
        receipts.record(
            message_id=message.pk,
            sid=message.provider_sid,
            status=status.status,
            error_code=status.error_code,
            now=now,
        )
        polled += 1
    return polled
