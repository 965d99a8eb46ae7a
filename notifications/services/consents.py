"""Who has agreed to be texted, about what, and when that ended."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from notifications.models import Consent, PhoneTrouble
from notifications.models.consent import ConsentEnd, ConsentSource
from notifications.rules import timing
from notifications.services import opt_outs


@transaction.atomic
def record(
    *,
    phone: str,
    topics: Sequence[str],
    text_version: str,
    language: str,
    source: ConsentSource,
    given_by: uuid.UUID,
    now: datetime,
) -> Consent:
    """Store what a person agreed to; an older consent of the number and an earlier STOP end."""
    _end(Consent.objects.filter(phone=phone), ConsentEnd.REPLACED, now)
    for topic in topics:
        opt_outs.end(phone=phone, service=topic, now=now)
    return Consent.objects.create(
        phone=phone,
        topics=list(topics),
        text_version=text_version,
        language=language,
        source=source,
        given_by=given_by,
        given_at=now,
    )


def withdraw(*, phone: str, because: ConsentEnd, now: datetime) -> bool:
    """End what a number has agreed to; False when there was nothing."""
    return _end(Consent.objects.filter(phone=phone), because, now) > 0


def end_unreachable(*, now: datetime) -> int:
    """End the consents of numbers where nothing has arrived for thirty days; returns how many."""
    gone = PhoneTrouble.objects.filter(since__lte=now - timing.UNREACHABLE_VOIDS_AFTER)
    return _end(Consent.objects.filter(phone__in=gone.values("phone")), ConsentEnd.UNREACHABLE, now)


def _end(consents: QuerySet[Consent], because: ConsentEnd, now: datetime) -> int:
    return int(consents.filter(ended_at=None).update(ended_at=now, ended_because=because))
