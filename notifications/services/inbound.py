"""Takes in what people text to us. Nobody reads it: keywords act at once, the rest gets one answer."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from notifications import queries
from notifications.hooks import sms_received
from notifications.models import InboundSms
from notifications.models.opt_out import OptOutSource
from notifications.rules import timing
from notifications.rules.keywords import Kind, keyword, wants_to_stop
from notifications.rules.purposes import Purpose, Service
from notifications.services import opt_outs, outbox


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
            _act(received, now)
            transaction.on_commit(lambda: _tell(received, now), robust=True)
        return created


def _kind(body: str) -> Kind:
    """A sentence that asks for no more texts is a STOP: any reasonable wording revokes consent."""
    kind = keyword(body)
    return Kind.STOP if kind is Kind.TEXT and wants_to_stop(body) else kind


def _act(received: InboundSms, now: datetime) -> None:
    phone, service = received.from_phone, received.service
    if received.kind == Kind.STOP:
        said = keyword(received.body) is Kind.STOP
        source = OptOutSource.KEYWORD if said else OptOutSource.SENTENCE
        opt_outs.record(phone=phone, service=service, source=source, now=now)
        return
    # "Yes" from somebody who never stopped anything is a text like any other.
    if received.kind == Kind.START and opt_outs.end(phone=phone, service=service, now=now):
        return
    _answer(received, now)


def _answer(received: InboundSms, now: datetime) -> None:
    """One automatic answer an hour; its key holds the hour, so two workers at once make one row."""
    phone = received.from_phone
    if queries.replied_since(phone, now - timing.REPLY_AT_MOST_EVERY):
        return
    language = queries.last_language_to(phone)
    with translation.override(language):
        body = gettext("Nobody reads texts to this number. Open the app, or call your clinic or 911.")
    outbox.queue(
        to=phone,
        body=body,
        purpose=Purpose.REPLY,
        dedupe_key=f"reply:{phone}:{now:%Y%m%d%H}",
        service=received.service,
        expires_at=None,
        language=language,
        now=now,
    )


def _tell(received: InboundSms, now: datetime) -> None:
    inbound_id: uuid.UUID = received.id
    sms_received.send_robust(
        sender=InboundSms,
        inbound_id=inbound_id,
        from_phone=received.from_phone,
        body=received.body,
        kind=received.kind,
        service=received.service,
        now=now,
    )
