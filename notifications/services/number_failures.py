"""Delivery failures of a number, over several texts."""

from datetime import datetime

from django.db import transaction

from notifications.models import PhoneTrouble
from notifications.rules.errors import Mark

STRIKES = 2


def record(*, phone: str, mark: Mark, now: datetime) -> None:
    """Remember a failure; two strikes, or one clear word, and reminders stop going there."""
    if mark is Mark.NONE:
        return
    with transaction.atomic():
        trouble, _ = PhoneTrouble.objects.select_for_update().get_or_create(
            phone=phone, defaults={"since": now}
        )
        trouble.strikes += 1
        if mark is Mark.NO_TEXTS or trouble.strikes >= STRIKES:
            trouble.no_texts_at = trouble.no_texts_at or now
        trouble.save(update_fields=["strikes", "no_texts_at"])


def clear(*, phone: str) -> None:
    """A text arrived: whatever was wrong is over."""
    PhoneTrouble.objects.filter(phone=phone).delete()
