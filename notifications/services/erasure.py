"""Takes what was written, and to which number, out of the rows of messages; that they were sent stays."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils.crypto import salted_hmac

from notifications.models import Consent, InboundSms, Message, OptOut, PhoneTrouble
from notifications.models.consent import ConsentEnd
from notifications.services import consents, outbox

_AT_ONCE = 500


class OnItsWay(Exception):
    """A message to the number is with a worker at this moment; a minute later it is not."""


def empty_bodies(*, message_ids: Iterable[uuid.UUID], key_prefixes: Sequence[str] = ()) -> None:
    """What these messages said, those with their ids and those under keys that begin so, goes."""
    ids = list(message_ids)
    for start in range(0, len(ids), _AT_ONCE):
        _empty(Q(pk__in=ids[start : start + _AT_ONCE]) | Q(instead_of__in=ids[start : start + _AT_ONCE]))
    for prefix in key_prefixes:
        _empty(Q(dedupe_key__startswith=prefix))


def empty_inbound(*, phones: Iterable[str]) -> None:
    """What was written from these numbers goes; that something came in stays."""
    InboundSms.objects.filter(from_phone__in=list(phones)).exclude(body="").update(body="")


def forget_number(*, phone: str, now: datetime) -> None:
    """The number stands nowhere any more, and nothing that was texted to it or came from it. OnItsWay.

    Of what it had agreed to, and of its STOP, stays the proof under a keyed hash: whoever has the number and
    the key can still show that they belong together.
    """
    waiting = Message.objects.filter(to=phone, due_at__isnull=False)
    for message_id in list(waiting.values_list("pk", flat=True)):
        outbox.cancel(message_id=message_id, now=now)
    if waiting.exists():
        raise OnItsWay
    Message.objects.filter(to=phone).update(
        to="",
        body="",
        other_way=None,
        # The key of some texts ends with their number.
        dedupe_key=Replace("dedupe_key", Value(phone), Value(pseudonym(phone))),
    )
    InboundSms.objects.filter(from_phone=phone).update(from_phone="", body="")
    consents.withdraw(phone=phone, because=ConsentEnd.WITHDRAWN, now=now)
    OptOut.objects.filter(phone=phone, ended_at__isnull=True).update(ended_at=now)
    Consent.objects.filter(phone=phone).update(phone=pseudonym(phone))
    OptOut.objects.filter(phone=phone).update(phone=pseudonym(phone))
    PhoneTrouble.objects.filter(phone=phone).delete()


def pseudonym(phone: str) -> str:
    """As long as the column holds, and never a number."""
    return f"#{salted_hmac('notifications.number', phone, algorithm='sha256').hexdigest()[:15]}"


def _empty(which: Q) -> None:
    """What has not left yet keeps its words: it goes out, or is taken back, before anything is deleted."""
    Message.objects.filter(which, due_at__isnull=True).exclude(body="").update(body="", other_way=None)
