"""Who does not want texts: opened by a STOP, a sentence, the carrier or a person; ended by a START."""

from datetime import datetime

from django.db import transaction

from notifications.models import OptOut
from notifications.models.opt_out import OptOutSource


def record(*, phone: str, service: str, source: str, now: datetime) -> bool:
    """Stop one sender's texts to a number; False when they are stopped already."""
    with transaction.atomic():
        _, created = OptOut.objects.get_or_create(
            phone=phone,
            service=service,
            ended_at=None,
            defaults={"source": source, "created_at": now},
        )
        if not created and source != OptOutSource.SENTENCE:
            # What only paused texts until somebody asked back is now a clear word.
            stopped = OptOut.objects.filter(phone=phone, service=service, ended_at=None)
            stopped.filter(source=OptOutSource.SENTENCE).update(source=source)
    return created


def end(*, phone: str, service: str, now: datetime) -> bool:
    """Let one sender text a number again; False when nothing stopped it."""
    ended = OptOut.objects.filter(phone=phone, service=service, ended_at=None).update(ended_at=now)
    return bool(ended)
