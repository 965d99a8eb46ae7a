"""Takes in what people text to us. Nobody reads it: keywords act at once, the rest gets one answer."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from notifications import hooks, queries
from notifications.models import InboundSms
from notifications.models.opt_out import OptOutSource
from notifications.rules import timing
from notifications.rules.keywords import Kind, kind_of_text, wants_to_stop
from notifications.rules.purposes import Purpose, Service
from notifications.services import opt_outs, outbox

logger = logging.getLogger(__name__)

_AT_MOST = 100


def receive(
    *, sid: str, from_phone: str, to_phone: str, body: str, service: str | None, now: datetime
) -> bool:
    """Store a text once and act on it; False when the provider repeats one that is here.

    `service` is None when the provider does not say which sender it came to.
    """
    with transaction.atomic():
        received, created = InboundSms.objects.get_or_create(
            sid=sid,
            defaults={
                "from_phone": from_phone,
                "to_phone": to_phone,
                "body": body,
                "kind": _kind(body),
                "service": service or queries.last_service_to(from_phone) or Service.REMINDERS,
                "created_at": now,
            },
        )
        if created:
            _apply_keyword(received, now)
    if created:
        _handle(received, now)
    return created


def finish_unhandled(*, now: datetime) -> int:
    """Tell and answer what a worker that died has only stored; returns how many. One fault stops no other."""
    left = InboundSms.objects.filter(handled_at=None, created_at__lt=now - timing.HANDLED_WITHIN)
    finished = 0
    for received in left.order_by("created_at")[:_AT_MOST]:
        try:
            _handle(received, now)
            finished += 1
        except Exception:
            logger.exception("a text that came in cannot be handled", extra={"inbound_id": str(received.pk)})
    return finished


def _kind(body: str) -> Kind:
    """A sentence that asks for no more texts is not a keyword, but any reasonable wording counts."""
    kind = kind_of_text(body)
    return Kind.REVIEW if kind is Kind.TEXT and wants_to_stop(body) else kind


def _apply_keyword(received: InboundSms, now: datetime) -> None:
    """What a keyword does, in the transaction that stores it: a STOP holds from the same moment."""
    phone, service = received.from_phone, received.service
    if received.kind == Kind.STOP:
        opt_outs.record(phone=phone, service=service, source=OptOutSource.KEYWORD, now=now)
    elif received.kind == Kind.REVIEW:
        opt_outs.record(phone=phone, service=service, source=OptOutSource.SENTENCE, now=now)
    # "Yes" from somebody who never stopped anything is a text like any other.
    elif received.kind == Kind.START and not opt_outs.end(phone=phone, service=service, now=now):
        received.kind = Kind.TEXT
        received.save(update_fields=["kind"])


def _handle(received: InboundSms, now: datetime) -> None:
    """Tell the listeners, then queue the answer. Repeated after a crash; the answer has a key of its own."""
    words = hooks.said(_notify_listeners(received, now))
    with transaction.atomic():
        if words:
            _reply_in_words_of_listener(received, words, now)
        elif received.kind in {Kind.TEXT, Kind.HELP}:
            _auto_reply(received, now)
        received.handled_at = now
        received.save(update_fields=["handled_at"])


def _reply_in_words_of_listener(received: InboundSms, words: str, now: datetime) -> None:
    """What a listener says. A machine at the other end would go on for ever, so there is an end to it."""
    since = now - timing.REPLY_AT_MOST_EVERY
    if queries.replies_since(received.from_phone, since) < timing.REPLIES_AT_MOST:
        _queue_reply(received, words, f"reply:{received.pk}", now)


def _auto_reply(received: InboundSms, now: datetime) -> None:
    """One automatic answer an hour; its key holds the hour, so two workers at once make one row."""
    phone = received.from_phone
    if queries.replies_since(phone, now - timing.REPLY_AT_MOST_EVERY):
        return
    with translation.override(queries.last_language_to(phone)):
        body = gettext("Nobody reads texts to this number. Open the app, or call your clinic or 911.")
    _queue_reply(received, body, f"reply:{phone}:{now:%Y%m%d%H}", now)


def _queue_reply(received: InboundSms, body: str, key: str, now: datetime) -> None:
    outbox.queue(
        to=received.from_phone,
        body=body,
        purpose=Purpose.REPLY,
        dedupe_key=key,
        service=received.service,
        expires_at=None,
        language=queries.last_language_to(received.from_phone),
        now=now,
    )


def _notify_listeners(received: InboundSms, now: datetime) -> Sequence[tuple[object, object]]:
    return hooks.sms_received.send_robust(
        sender=InboundSms,
        inbound_id=received.id,
        from_phone=received.from_phone,
        body=received.body,
        kind=received.kind,
        service=received.service,
        received_at=received.created_at,
        now=now,
    )
