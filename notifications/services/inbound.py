"""Takes in what people text to us: keywords act at once, what a person must read goes to the listeners.

The rest gets one answer. A text that tells of a death gets none: whoever wrote it is to hear a person.
"""

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
from notifications.rules.keywords import Kind, Reading, read
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
    reading = read(body, ours=queries.last_bodies_to(from_phone))
    with transaction.atomic():
        received, created = InboundSms.objects.get_or_create(
            sid=sid,
            defaults={
                "from_phone": from_phone,
                "to_phone": to_phone,
                "body": body,
                "kind": reading.kind,
                "service": service or queries.last_service_to(from_phone) or Service.REMINDERS,
                "created_at": now,
            },
        )
        if created:
            _apply_keyword(received, reading, now)
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


def _apply_keyword(received: InboundSms, reading: Reading, now: datetime) -> None:
    """What a text does, in the transaction that stores it: a STOP holds from the same moment."""
    phone, service = received.from_phone, received.service
    if reading.kind is Kind.STOP:
        opened = [
            opt_outs.record(phone=phone, service=one, source=OptOutSource.KEYWORD, now=now)
            for one in _stopped_by(received, reading)
        ]
        if any(opened) and not reading.is_carriers and service == Service.REMINDERS:
            _confirm_stop(received, now)
    elif reading.kind is Kind.REVIEW or reading.pauses:
        opt_outs.record(phone=phone, service=service, source=OptOutSource.SENTENCE, now=now)
    # "Yes" from somebody who never stopped anything is a text like any other.
    elif reading.kind is Kind.START and not opt_outs.end(phone=phone, service=service, now=now):
        received.kind = Kind.TEXT
        received.save(update_fields=["kind"])


def _stopped_by(received: InboundSms, reading: Reading) -> list[str]:
    """A carrier's word stops the sender that it answers; whoever writes another means reminders too."""
    if reading.is_carriers:
        return [received.service]
    return sorted({received.service, Service.REMINDERS.value})


def _confirm_stop(received: InboundSms, now: datetime) -> None:
    """Once: the provider confirms its own words by itself and knows nothing of these."""
    language = queries.last_language_to(received.from_phone)
    with translation.override(language):
        body = gettext("You get no more reminders from us. Reply START to get them again.")
    outbox.queue(
        to=received.from_phone,
        body=body,
        purpose=Purpose.STOPPED,
        dedupe_key=f"stopped:{received.pk}",
        service=received.service,
        expires_at=None,
        language=language,
        now=now,
    )


def _handle(received: InboundSms, now: datetime) -> None:
    """Tell the listeners, then queue the answer. Repeated after a crash; the answer has a key of its own."""
    answers = _notify_listeners(received, now)
    words = hooks.said(answers)
    with transaction.atomic():
        if words:
            _reply_in_words_of_listener(received, words, now)
        elif received.kind in {Kind.TEXT, Kind.HELP, Kind.URGENT} and not hooks.is_silence_wanted(answers):
            _auto_reply(received, now)
        if not _is_told_again(received, answers, now):
            received.handled_at = now
            received.save(update_fields=["handled_at"])


def _is_told_again(received: InboundSms, answers: Sequence[tuple[object, object]], now: datetime) -> bool:
    """What a person must read is told until every listener has heard it; the tick brings it back."""
    failed = any(isinstance(answer, Exception) for _, answer in answers)
    if failed:
        logger.error("a text that came in could not be told", extra={"inbound_id": str(received.pk)})
    cries = received.kind in {Kind.URGENT, Kind.DEATH}
    return failed and cries and now - received.created_at < timing.TOLD_FOR


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
