"""The outbox: a text that must go is a row first, committed with what caused it."""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from notifications import queries
from notifications.models import Message
from notifications.rules.channels import Channel, OtherWay
from notifications.rules.purposes import Purpose, Service, handling_of
from notifications.rules.states import State
from notifications.rules.text import health_words
from notifications.services import message_changes, nudge

logger = logging.getLogger(__name__)

# A push has a worker woken for it. In the tick it comes last: a maker of browsers that hangs must not keep
# texts and calls waiting.
_AFTER_ALL = 9


def queue(
    *,
    to: str,
    body: str,
    purpose: str,
    dedupe_key: str,
    service: str,
    expires_at: datetime | None,
    not_before: datetime | None = None,
    language: str = "en",
    channel: str = Channel.SMS,
    caller: str = "",
    other_way: OtherWay | None = None,
    instead_of: Message | None = None,
    now: datetime,
) -> Message:
    """Put a message into the outbox; the same key gives the row that is there already.

    By `sms` the body is texted to the number. By `voice` it is what the call says before it asks for a
    digit, and `caller` the number that it comes from, if that is not the installation's. By `push`, `to` is
    the id of a subscription (queries.push_targets), and the address at the end of the body is what a tap
    opens, so one body serves a text and a push. By `email`, `to` is an address, and the first sentence of the
    body is the subject.
    `other_way` is where a page or a text to staff goes while the provider is down. `instead_of` is set by
    services/stand_ins.py alone.
    Call it inside the transaction of its cause: either both are stored or neither is.
    """
    if health_words(body):
        # Every template is checked by a test; this is a name or an address that a clinic has set. The text
        # still goes: a page that is held back can cost more than a word that is told.
        logger.error("A text of purpose %s holds a word about health", purpose)
    rules = handling_of(Purpose(purpose))
    message, created = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "channel": Channel(channel),
            "to": str(to),
            "caller": caller,
            "body": body,
            "purpose": Purpose(purpose),
            "service": Service(service),
            "language": language,
            "priority": _AFTER_ALL if channel == Channel.PUSH else rules.priority,
            "due_at": not_before or now,
            "expires_at": expires_at or (not_before or now) + rules.lasts,
            "other_way": other_way.as_json() if other_way else None,
            "instead_of": instead_of,
            "created_at": now,
            "changed_at": now,
        },
    )
    if created:
        message_changes.add_event(message=message, status=State.PENDING, now=now)
        if rules.at_once and (not_before is None or not_before <= now):
            nudge.after_commit("notifications.tasks.send_message", message.id)
    return message


def queue_again(*, message: Message, at: datetime, now: datetime) -> Message | None:
    """Plan the one new try of a text that did not arrive; None when it is too late or was the second."""
    if message.dedupe_key.endswith(":again") or at >= message.expires_at or not message.body:
        return None
    return queue(
        to=message.to,
        body=message.body,
        purpose=message.purpose,
        dedupe_key=queries.second_try_key(message),
        service=message.service,
        expires_at=message.expires_at,
        not_before=at,
        language=message.language,
        channel=message.channel,
        caller=message.caller,
        other_way=OtherWay.from_json(message.other_way),
        now=now,
    )


def cancel(*, message_id: uuid.UUID, now: datetime) -> bool:
    """Take a message back; True when it provably has not left and never will.

    One that may have left already is at least not sent a second time.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            return False
        cancel_stand_ins(message=message, now=now)
        again = Message.objects.filter(
            dedupe_key=queries.second_try_key(message), due_at__isnull=False
        ).first()
        if again is not None:
            cancel(message_id=again.pk, now=now)
            return False
        if message.due_at is None:
            return False
        if message.state in {State.PENDING, State.SENDING} and message.lease_until is None:
            message_changes.move_message(
                message=message, to=State.SUPPRESSED, due_at=None, error_code="cancelled", now=now
            )
            return True
        message.expires_at = now
        message.save(update_fields=["expires_at"])
        return False


def cancel_stand_ins(*, message: Message, now: datetime) -> None:
    """Take back what has not left in place of a locked message: it has left itself, or shall not."""
    if message.other_way is not None:
        for stand_in in message.stand_ins.filter(due_at__isnull=False).order_by("pk"):
            cancel(message_id=stand_in.pk, now=now)


def take_back_keyed(*, prefix: str, now: datetime) -> int:
    """Take back everything that still waits under keys that begin so; returns how many."""
    waiting = Message.objects.filter(dedupe_key__startswith=prefix, due_at__isnull=False)
    return sum(cancel(message_id=pk, now=now) for pk in list(waiting.values_list("pk", flat=True)))


def redirect_keyed(*, prefix: str, old: str, to: str, now: datetime) -> int:
    """What still waits for a number under this key, and keys below it, goes to another one; returns how many.

    What a worker holds at this moment leaves as it is.
    """
    keyed = Q(dedupe_key=prefix) | Q(dedupe_key__startswith=f"{prefix}:")
    waiting = Message.objects.filter(keyed, to=old, due_at__isnull=False)
    free = waiting.filter(state__in=[State.PENDING, State.SENDING], lease_until__isnull=True)
    return free.update(to=to, changed_at=now)


def take_back(*, phones: Iterable[str], purpose: str, now: datetime) -> int:
    """Take back everything of a purpose that still waits for these numbers; returns how many."""
    waiting = Message.objects.filter(to__in=list(phones), purpose=Purpose(purpose), due_at__isnull=False)
    return sum(cancel(message_id=pk, now=now) for pk in list(waiting.values_list("pk", flat=True)))
