"""Takes in what the provider tells about a text or a call, in any order and however often."""

import logging
import uuid
from datetime import datetime

from django.db import transaction

from notifications import metrics
from notifications.models import Message, MessageEvent
from notifications.models.message_event import EventSource
from notifications.rules.channels import Channel
from notifications.rules.states import State, from_call, from_provider, rank
from notifications.services import message_changes, number_failures, send_results

logger = logging.getLogger(__name__)


def record(*, message_id: uuid.UUID, sid: str, status: str, error_code: str, now: datetime) -> bool:
    """Store a callback once and move its message forward; False for a repeat or for no message of ours."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            # An answer with an error would make the provider repeat it for nothing.
            metrics.unmatched_webhooks.inc()
            logger.warning("A callback came for message %s, which is not here", message_id)
            return False
        _, created = MessageEvent.objects.get_or_create(
            message=message,
            source=EventSource.PROVIDER,
            sid=sid,
            status=status,
            error_code=error_code,
            defaults={"created_at": now},
        )
        if created:
            _apply(message, sid, status, error_code, now)
        return created


def _apply(message: Message, sid: str, status: str, error_code: str, now: datetime) -> None:
    reported = from_call(status) if message.channel == Channel.VOICE else from_provider(status)
    if reported is None:
        logger.error("The provider reported a status that is not in the table: %s", status)
        return
    if rank(reported) <= rank(message.state):
        return
    code = error_code if reported is State.FAILED else ""
    message_changes.move_message(
        message=message, to=reported, due_at=None, error_code=code, provider_sid=sid, now=now
    )
    if reported is State.FAILED:
        send_results.follow_up_failure(message=message, error_code=code, now=now)
    if reported is State.DELIVERED and message.channel == Channel.SMS:
        number_failures.clear(phone=message.to)
